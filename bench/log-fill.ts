import { createHash } from 'node:crypto';
import { type NewEvent, PostgresEventStore } from '@kontor/event-store';
import type pg from 'pg';

const WRITERS = 200;
/** Lives that go on at the same time: each append but the first of a life finds its stream some thousand events earlier. */
const COHORT = 500;
const ACTOR = uuid('actor');

export type Fact = readonly [type: string, data: object];

/** What is appended at once in the life of a stream; so many events each time. */
export interface Chapter {
  readonly events: number;
  readonly tell: (life: number, id: string) => readonly Fact[];
}

/** A log made of many lives of one kind, one stream each. */
export interface Lives {
  /** Of the service, also the prefix of its event types: `accounts`. */
  readonly service: string;
  readonly category: string;
  readonly idOf: (life: number) => string;
  readonly chapters: readonly Chapter[];
}

interface OneAppend {
  readonly stream: string;
  readonly after: bigint | 'none';
  readonly facts: readonly Fact[];
}

/** Uniform and the same in every run: figures differ by the machine alone. */
export function uuid(name: string): string {
  const hex = createHash('sha1').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function day(life: number, after: number): string {
  return new Date(Date.UTC(2024, 0, 1 + (life % 500) + after)).toISOString().slice(0, 10);
}

export function schemaOfLog(service: string): string {
  return `${service}_log`;
}

/** The same mixture of new and known streams from the first cohorts to the last. */
function* appends({ category, idOf, chapters }: Lives, events: number): Generator<OneAppend> {
  const eventsOfLife = chapters.reduce((sum, chapter) => sum + chapter.events, 0);
  const cohorts = Math.ceil(events / eventsOfLife / COHORT);
  for (let step = 0; step < cohorts + 2 * (chapters.length - 1); step += 1) {
    for (let n = 0; n < COHORT; n += 1) {
      let before = 0;
      for (const [chapter, { tell, events: told }] of chapters.entries()) {
        const cohort = step - 2 * chapter;
        if (cohort >= 0 && cohort < cohorts) {
          const life = cohort * COHORT + n;
          const id = idOf(life);
          const after = before === 0 ? 'none' : BigInt(before - 1);
          yield { stream: `${category}-${id}`, after, facts: tell(life, id) };
        }
        before += told;
      }
    }
  }
}

function newEvent(service: string, stream: string, [type, data]: Fact, revision: bigint): NewEvent {
  const commandId = uuid(`${stream} ${type} ${revision}`);
  const { businessDate } = data as { businessDate: string };
  return {
    id: commandId,
    type: `${service}.${type}.v1`,
    data: Buffer.from(JSON.stringify(data)),
    metadata: {
      occurredAt: `${businessDate}T09:30:00.000Z`,
      actor: ACTOR,
      origin: 'person',
      commandId,
      requestHash: '',
      correlationId: commandId,
      businessDate,
    },
  };
}

/** Fills a service's log as the store would have got it; tells of every append. The position of the last event. */
export async function fillLog(
  pool: pg.Pool,
  lives: Lives,
  events: number,
  appended: (events: number) => void = () => undefined,
): Promise<bigint> {
  const { service } = lives;
  await PostgresEventStore.migrate(pool, schemaOfLog(service));
  const store = new PostgresEventStore({ pool, schema: schemaOfLog(service) });
  try {
    const next = appends(lives, events);
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        for (const { stream, after, facts } of next) {
          const first = after === 'none' ? 0n : after + 1n;
          await store.append(
            stream,
            after,
            facts.map((fact, n) => newEvent(service, stream, fact, first + BigInt(n))),
          );
          appended(facts.length);
        }
      }),
    );
    return (await store.head()).position;
  } finally {
    await store.close();
  }
}
