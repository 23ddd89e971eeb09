import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { connectKafka, KafkaFeed, KafkaRelay, WATERMARK_TYPE } from '@kontor/feed/kafka';
import { PARTITIONS } from '@kontor/kernel';
import { type Ended, eventually, StartedAhead, testDatabase, type TestDatabase, testKafka } from '@kontor/testing';
import { foldInMemory, readTables } from './fold-in-memory.ts';
import { appendAll, noteEvents, notesLog, notesProjection, published } from './notes.scenarios.ts';
import { ProjectionRunner } from './projection-runner.ts';

const DEADLINE_MS = 180_000;
const CATCH_UP_MS = 30_000;

let db: TestDatabase;
let source: LogSource;
beforeAll(async () => {
  db = await testDatabase();
  await PostgresEventStore.migrate(db.pool, 'notes_log');
  source = notesLog(db.pool);
});
afterAll(async () => {
  await source.store.close();
  await db.drop();
});

const { brokers, prefix } = testKafka();
const topic = `${prefix}.notes`;

const SCRIPT = join(import.meta.dirname, 'killed-relay.scenarios.ts');
/** The first statements make tables that are there already. */
const FIRST_NTH = 5;

/** How the relay in its own process ended; true when it was killed. */
function wasKilled({ code, signal, output }: Ended): boolean {
  if (signal === 'SIGKILL') return true;
  if (code !== 0 || !output.includes('done')) throw new Error(`the relay ended with ${code}: ${output}`);
  return false;
}

interface TopicContents {
  /** By partition, in the order of the topic, repetitions included. */
  readonly events: readonly (readonly {
    readonly id: string;
    readonly position: bigint;
    readonly previous: string;
  }[])[];
}

async function contents(upTo: bigint): Promise<TopicContents> {
  const events = Array.from({ length: PARTITIONS }, (): { id: string; position: bigint; previous: string }[] => []);
  const passed = Array.from({ length: PARTITIONS }, () => 0n);
  const consumer = connectKafka({ brokers, clientId: 'check' }).consumer({ groupId: `${topic}.check` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message: { headers = {} } }) => {
      const position = BigInt(String(headers.ce_position));
      if (position > (passed[partition] ?? 0n)) passed[partition] = position;
      if (String(headers.ce_type) === WATERMARK_TYPE) return;
      events[partition]?.push({
        id: String(headers.ce_id),
        position,
        previous: String(headers.ce_previousposition),
      });
    },
  });
  await eventually('the topic was read', () => passed.every((position) => position >= upTo), CATCH_UP_MS);
  await consumer.disconnect();
  return { events };
}

it(
  'fault row 12: a relay killed between acknowledgement and checkpoint: nothing lost, order kept, one effect',
  async () => {
    const feed = new KafkaFeed({
      kafka: { brokers, clientId: 'projector' },
      history: new LogFeed([source]),
      topicPrefix: prefix,
    });
    const runner = new ProjectionRunner(db.pool, feed, notesProjection());
    await runner.start();
    let kills = 0;
    for (const moment of ['before', 'during'] as const) {
      const step = moment === 'before' ? 1 : 2;
      const relays = new StartedAhead(SCRIPT, (index) => [
        ...[db.url, brokers.join(','), prefix],
        ...[String(FIRST_NTH + index * step), moment],
      ]);
      try {
        for (let nth = FIRST_NTH, killed = true; killed; nth += step) {
          await appendAll(source, noteEvents(`relay ${moment} ${nth}`, 40));
          killed = wasKilled(await relays.next());
          if (killed) kills += 1;
        }
      } finally {
        await relays.dispose();
      }
    }
    expect(kills).toBeGreaterThan(4);

    // The last round's relay has ended at the head; one more brings its watermarks to whoever has not heard them.
    const relay = new KafkaRelay({
      kafka: { brokers, clientId: 'relay' },
      service: 'notes',
      feed: new LogFeed([source]),
      pool: db.pool,
      topicPrefix: prefix,
    });
    await relay.start();
    const { position } = await source.store.head();
    const { events } = await contents(position);
    await relay.stop();

    const wanted = await published(source);
    const first = new Map<string, bigint>();
    let repeated = 0;
    for (const partition of events) {
      let last = 0n;
      const previous = new Map<string, string>();
      for (const event of partition) {
        // A stretch that was sent again is the same, byte for byte in what orders it.
        if (first.has(event.id)) {
          repeated += 1;
          expect(previous.get(event.id)).toBe(event.previous);
          continue;
        }
        expect(event.previous).toBe(String(last));
        expect(event.position > last).toBe(true);
        last = event.position;
        first.set(event.id, event.position);
        previous.set(event.id, event.previous);
      }
    }
    expect([...first].sort(([, left], [, right]) => (left < right ? -1 : 1)).map(([id]) => id)).toEqual(
      wanted.map(({ id }) => id),
    );
    // Otherwise nothing was killed where it matters.
    expect(repeated).toBeGreaterThan(0);

    await runner.waitFor(`notes:${position}`, CATCH_UP_MS);
    await runner.stop();
    await feed.close();
    expect(await readTables(db.pool, notesProjection())).toEqual(foldInMemory(notesProjection(), wanted).tables);
  },
  DEADLINE_MS,
);
