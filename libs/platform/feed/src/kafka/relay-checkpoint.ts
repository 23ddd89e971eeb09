import { PARTITIONS } from '@kontor/kernel';
import type pg from 'pg';
import type { Watermark } from '../feed.ts';
import { prepared } from '../prepared.ts';

/** How far the relay has brought a log, and the last event in each partition of its topic. */
export interface RelayPosition {
  readonly logId: string | null;
  readonly position: bigint;
  readonly recordedAt: string | null;
  readonly previous: readonly string[];
}

/** The rows say something else than this relay has written: another one has taken over. */
class RelayFenced extends Error {
  constructor(topic: string) {
    super(`another relay writes to ${topic}`);
    this.name = 'RelayFenced';
  }
}

/**
 * The relay's checkpoint, one row per partition, written after the brokers' acknowledgement. The predecessor that a record
 * names comes from here, so that a stretch that is sent again is sent in the same bytes.
 */
export class RelayCheckpoint {
  readonly #schema: string;
  readonly #topic: string;

  constructor(schema: string, topic: string) {
    this.#schema = schema;
    this.#topic = topic;
  }

  async prepare(client: pg.ClientBase): Promise<void> {
    await client.query(`
      select pg_advisory_xact_lock(hashtextextended('kontor schema ${this.#schema}', 0));
      create schema if not exists ${this.#schema};
      create table if not exists ${this.#schema}.relay (
        topic text not null, partition smallint not null, log_id uuid, position bigint not null default 0,
        previous bigint not null default 0, recorded_at text, primary key (topic, partition)
      ) with (fillfactor = 50);
      comment on table ${this.#schema}.relay is 'How far the log was brought to Kafka, written after the acknowledgement';
      comment on column ${this.#schema}.relay.position is 'Everything at or below it is in the topic';
      comment on column ${this.#schema}.relay.previous is 'Position of the last event in the partition';`);
    await client.query(
      `insert into ${this.#schema}.relay (topic, partition) select $1, generate_series(0, $2::int - 1)
       on conflict do nothing`,
      [this.#topic, PARTITIONS],
    );
  }

  async read(client: pg.Pool | pg.ClientBase): Promise<RelayPosition> {
    const { rows } = await client.query<{
      log_id: string | null;
      position: string;
      previous: string;
      recorded_at: string | null;
    }>({
      ...prepared(`select log_id, position::text, previous::text, recorded_at from ${this.#schema}.relay
        where topic = $1 order by partition`),
      values: [this.#topic],
    });
    const first = rows[0];
    if (first === undefined) throw new Error(`the relay of ${this.#topic} has no checkpoint: prepare it first`);
    return {
      logId: first.log_id,
      position: BigInt(first.position),
      recordedAt: first.recorded_at,
      previous: rows.map(({ previous }) => previous),
    };
  }

  /** Throws RelayFenced when the rows are not those that were read. */
  async advance(
    client: pg.Pool,
    from: RelayPosition,
    logId: string,
    watermark: Watermark,
    previous: readonly string[],
  ): Promise<RelayPosition> {
    const recordedAt = watermark.recordedAt ?? from.recordedAt;
    const { rowCount } = await client.query({
      ...prepared(`update ${this.#schema}.relay r
        set position = $2, log_id = $3, recorded_at = $4, previous = ($5::bigint[])[r.partition + 1]
        where topic = $1 and position = $6 and log_id is not distinct from $7::uuid`),
      values: [
        ...[this.#topic, String(watermark.position), logId, recordedAt, previous],
        ...[String(from.position), from.logId],
      ],
    });
    if (rowCount !== PARTITIONS) throw new RelayFenced(this.#topic);
    return { logId, position: watermark.position, recordedAt, previous };
  }
}
