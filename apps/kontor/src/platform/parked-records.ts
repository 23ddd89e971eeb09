import { inTransaction } from '@kontor/feed';
import { fromRecord, type KeptDeadLetter } from '@kontor/feed/kafka';
import { RebuildRegistry } from '@kontor/projections';
import { type Topics, topicSubscription } from '../composition/kafka-transport.ts';
import type { RunningService } from '../composition/running-service.ts';
import type { Outcome, ParkingSubscription } from './parked-subscriptions.ts';

const SHOWN = 500;
const LANE = /^(\d{1,9}):(\d{1,18})$/;

/** A record as it lies in a topic. */
export interface LostRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly headers: KeptDeadLetter['headers'];
  /** As text where they are text, and in any case in base64. */
  readonly key: Bytes | null;
  readonly value: Bytes | null;
}

interface Bytes {
  readonly text: string | null;
  readonly base64: string;
}

/** There is no such dead letter, or it was dealt with meanwhile. */
class NoSuchLetter extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'NoSuchLetter';
  }
}

/**
 * Records of a service's topic that nobody could read. No event is lost by them: what of ours was damaged is read from history,
 * because the record behind it names it. So a retry reads the record anew, and a skip says that somebody has looked at it.
 */
export function ofTopic(service: RunningService, { deadLetters, topicOf }: Topics): ParkingSubscription {
  const name = topicOf(service.name);
  const registry = new RebuildRegistry(service.pool);
  const inLane = async (lane: string, limit: number) => {
    const [, partition, offset] = LANE.exec(lane) ?? [];
    const letters = (await deadLetters.open(name, SHOWN)).filter((one) => laneOf(one) === `${partition}:${offset}`);
    if (letters.length === 0) throw new NoSuchLetter(`${name} has no dead letter ${lane}: it is partition:offset`);
    return letters.slice(0, limit);
  };
  const resolved = async (letter: KeptDeadLetter, act: 'ParkedStreamRetried' | 'EventSkipped', who: Who) =>
    inTransaction(service.pool, 'begin', async (client) => {
      const { id, partition, offset } = letter;
      if (!(await deadLetters.resolve(client, id, act === 'EventSkipped' ? 'skipped' : 'readable')))
        throw new NoSuchLetter(`the dead letter ${id} of ${name} was dealt with meanwhile`);
      // Not the error itself: it may quote the record, and what a log holds it holds for ever.
      const details = { topic: name, partition, offset, letterId: id };
      await registry.tell(client, { projection: topicSubscription(service.name), act, ...who, details });
    });
  return {
    service,
    name,
    list: async () =>
      (await deadLetters.open(name, SHOWN)).map((letter) => ({
        ...{ service: service.name, kind: 'topic', name, lane: laneOf(letter) },
        ...{ eventId: letter.id, error: letter.error, letters: 1 },
      })),
    letters: async (lane, limit) =>
      (await inLane(lane, limit)).map((letter) => ({
        ...{ service: service.name, position: letter.offset, eventId: letter.id, error: letter.error },
        contract: recordOf(letter),
      })),
    retry: async (lane, actor) => {
      let applied = 0;
      let error: string | null = null;
      for (const letter of await inLane(lane, SHOWN)) {
        error = reasonAgainst(letter);
        if (error === null) {
          await resolved(letter, 'ParkedStreamRetried', { actor, reason: null });
          applied += 1;
        } else await deadLetters.setError(letter.id, error);
      }
      return { lane, applied, error } satisfies Outcome;
    },
    skip: async (eventId, who) => {
      const [letter] = await deadLetters.open(name, 1, eventId);
      if (letter === undefined) throw new NoSuchLetter(`${name} has no dead letter ${eventId}`);
      await resolved(letter, 'EventSkipped', who);
      return { lane: laneOf(letter), applied: 0, error: null };
    },
  };
}

interface Who {
  readonly actor: string;
  readonly reason: string | null;
}

function laneOf({ partition, offset }: KeptDeadLetter): string {
  return `${partition}:${offset}`;
}

/** Why the record still cannot be read; null: it can be, by the code of today. */
function reasonAgainst({ service, partition, key, value, headers, offset }: KeptDeadLetter): string | null {
  try {
    const message = { key, value, offset, timestamp: '0', attributes: 0, headers: { ...headers } as never };
    fromRecord(service, partition, message);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function recordOf({ topic, partition, offset, headers, key, value }: KeptDeadLetter): LostRecord {
  return { topic, partition, offset, headers, key: bytesOf(key), value: bytesOf(value) };
}

function bytesOf(bytes: Buffer | null): Bytes | null {
  if (bytes === null) return null;
  const base64 = bytes.toString('base64');
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), base64 };
  } catch {
    return { text: null, base64 };
  }
}
