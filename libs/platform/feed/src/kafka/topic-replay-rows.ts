import { PARTITIONS } from '@kontor/kernel';
import type pg from 'pg';
import { inTransaction } from '../transaction.ts';

export type TopicReplayState = 'running' | 'done' | 'cancelled' | 'failed';

/** The history of a service, or a stretch of it, brought to a topic of its own. */
export interface TopicReplay {
  readonly id: string;
  readonly service: string;
  readonly topic: string;
  /** The consumer group for whose sake it was made; null: not said. */
  readonly group: string | null;
  readonly state: TopicReplayState;
  readonly logId: string;
  /** First and last position that are brought. */
  readonly from: bigint;
  readonly to: bigint;
  /** Everything at or below it is in the topic. */
  readonly position: bigint;
  readonly events: number;
  /** The last event in each partition of this replay. */
  readonly previous: readonly string[];
  readonly error: string | null;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly reason: string | null;
}

export type NewTopicReplay = Pick<
  TopicReplay,
  'id' | 'service' | 'topic' | 'group' | 'logId' | 'from' | 'to' | 'startedBy' | 'reason'
>;

const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

interface Row extends Omit<TopicReplay, 'from' | 'to' | 'position' | 'previous'> {
  readonly from: string;
  readonly to: string;
  readonly position: string;
  readonly previous: readonly string[];
}

/** The rows that say which replays there are, and how far each has come. */
export class TopicReplayRows {
  readonly #pool: pg.Pool;
  readonly #schema: string;
  readonly #select: string;

  constructor(pool: pg.Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
    this.#select = `select id, service, topic, consumer_group as "group", state, log_id as "logId",
        first_position::text as "from", last_position::text as "to", position::text, events::int, previous::text[],
        error, started_by as "startedBy", to_char(started_at at time zone 'UTC', ${UTC}) as "startedAt",
        to_char(ended_at at time zone 'UTC', ${UTC}) as "endedAt", reason
      from ${schema}.topic_replays r`;
  }

  async prepare(): Promise<void> {
    await inTransaction(this.#pool, 'begin', (client) =>
      client.query(`
        select pg_advisory_xact_lock(hashtextextended('kontor schema ${this.#schema}', 0));
        create schema if not exists ${this.#schema};
        create table if not exists ${this.#schema}.topic_replays (
          id uuid primary key, service text not null, topic text not null, consumer_group text,
          state text not null default 'running' check (state in ('running', 'done', 'cancelled', 'failed')),
          log_id uuid not null, first_position bigint not null, last_position bigint not null,
          position bigint not null, events bigint not null default 0, previous bigint[] not null, error text,
          started_by text not null, started_at timestamptz not null default clock_timestamp(), ended_at timestamptz,
          reason text);
        create unique index if not exists topic_replays_one on ${this.#schema}.topic_replays (topic)
          where state = 'running';
        comment on table ${this.#schema}.topic_replays is 'Histories that were brought to topics of their own';
        comment on column ${this.#schema}.topic_replays.previous is
          'By partition: the last event that this replay has brought to it';`),
    );
  }

  async insert(client: pg.ClientBase, replay: NewTopicReplay): Promise<void> {
    const after = replay.from - 1n;
    await client.query(
      `insert into ${this.#schema}.topic_replays
         (id, service, topic, consumer_group, log_id, first_position, last_position, position, previous, started_by, reason)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        ...[
          replay.id,
          replay.service,
          replay.topic,
          replay.group,
          replay.logId,
          String(replay.from),
          String(replay.to),
        ],
        ...[String(after), Array.from({ length: PARTITIONS }, () => String(after)), replay.startedBy, replay.reason],
      ],
    );
  }

  async all(): Promise<readonly TopicReplay[]> {
    return this.#read(`order by started_at desc limit 100`, []);
  }

  async running(services: readonly string[]): Promise<readonly TopicReplay[]> {
    return this.#read(`where state = 'running' and service = any ($1) order by started_at`, [services]);
  }

  async find(id: string): Promise<TopicReplay | undefined> {
    return (await this.#read('where id = $1', [id]))[0];
  }

  /** False: it was cancelled meanwhile. */
  async advance(id: string, position: bigint, events: number, previous: readonly string[]): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `update ${this.#schema}.topic_replays set position = $2, events = events + $3, previous = $4, error = null
        where id = $1 and state = 'running'`,
      [id, String(position), events, previous],
    );
    return rowCount === 1;
  }

  async setError(id: string, error: string): Promise<void> {
    await this.#pool.query(`update ${this.#schema}.topic_replays set error = $2 where id = $1`, [id, error]);
  }

  /** False: it had ended already. */
  async end(client: pg.ClientBase, id: string, state: TopicReplayState, error: string | null): Promise<boolean> {
    const { rowCount } = await client.query(
      `update ${this.#schema}.topic_replays set state = $2, error = $3, ended_at = clock_timestamp()
        where id = $1 and state = 'running'`,
      [id, state, error],
    );
    return rowCount === 1;
  }

  async #read(where: string, values: readonly unknown[]): Promise<readonly TopicReplay[]> {
    const { rows } = await this.#pool.query<Row>(`${this.#select} ${where}`, [...values]);
    return rows.map(({ from, to, position, ...row }) => ({
      ...row,
      from: BigInt(from),
      to: BigInt(to),
      position: BigInt(position),
    }));
  }
}
