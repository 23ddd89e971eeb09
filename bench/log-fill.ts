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

/** Fills a service's log as the store would have got it, in as many parts as one likes. */
export class LogFill {
  readonly #lives: Lives;
  readonly #store: PostgresEventStore;
  readonly #next: Generator<OneAppend>;
  #due = 0;

  private constructor(lives: Lives, store: PostgresEventStore, events: number) {
    this.#lives = lives;
    this.#store = store;
    this.#next = appends(lives, events);
  }

  /** `events`: how many there will be in all; lives begin until then. */
  static async begin(pool: pg.Pool, lives: Lives, events: number): Promise<LogFill> {
    const schema = schemaOfLog(lives.service);
    await PostgresEventStore.migrate(pool, schema);
    return new LogFill(lives, new PostgresEventStore({ pool, schema }), events);
  }

  /** Appends so many more, or what there is left; tells of every append. */
  async more(events: number, appended: (events: number) => void = () => undefined): Promise<void> {
    this.#due = events;
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        while (this.#due > 0) {
          const { value, done } = this.#next.next();
          if (done === true) return;
          const { stream, after, facts } = value;
          this.#due -= facts.length;
          const first = after === 'none' ? 0n : after + 1n;
          await this.#store.append(
            stream,
            after,
            facts.map((fact, n) => newEvent(this.#lives.service, stream, fact, first + BigInt(n))),
          );
          appended(facts.length);
        }
      }),
    );
  }

  /** The position of the last event. */
  async end(): Promise<bigint> {
    const { position } = await this.#store.head();
    await this.#store.close();
    return position;
  }
}

export async function fillLog(pool: pg.Pool, lives: Lives, events: number): Promise<bigint> {
  const fill = await LogFill.begin(pool, lives, events);
  await fill.more(Number.POSITIVE_INFINITY);
  return fill.end();
}
