import { PARTITIONS } from '@kontor/kernel';
import type pg from 'pg';
import { FeedGap } from './errors.ts';
import type { FeedBatch, Watermark } from './feed.ts';
import { type Prepared, prepared } from './prepared.ts';

/** How far one consumer has handled one service: one position per partition, on every transport. */
export interface Checkpoint {
  /** Null before the first batch. */
  readonly logId: string | null;
  readonly positions: readonly bigint[];
  readonly recordedAt: string | null;
  /** Changes whenever somebody but the running consumer has touched its state: a retry, a rebuild. */
  readonly epoch: string;
}

/** Where reading starts: the lowest position. What lies above it in a partition that is further is skipped there. */
export function lowestPosition(checkpoint: Checkpoint): bigint {
  return checkpoint.positions.reduce((lowest, position) => (position < lowest ? position : lowest));
}

export function sameCheckpoint(left: Checkpoint, right: Checkpoint): boolean {
  return (
    left.logId === right.logId &&
    left.epoch === right.epoch &&
    left.positions.every((position, partition) => position === right.positions[partition])
  );
}

/** The checkpoint after everything up to the watermark was handled. */
export function passed(from: Checkpoint, logId: string, watermark: Watermark): Checkpoint {
  const { position } = watermark;
  return {
    logId,
    recordedAt: watermark.recordedAt ?? from.recordedAt,
    epoch: from.epoch,
    positions: from.positions.map((at) => (at > position ? at : position)),
  };
}

/** The events of a batch that this checkpoint has not passed. Throws FeedGap when a record's predecessor was never seen. */
export function unseen(batch: FeedBatch, checkpoint: Checkpoint): FeedBatch['events'] {
  const positions = checkpoint.positions.map(String);
  return batch.events.filter((event) => {
    const at = positions[event.partition] ?? '0';
    if (!isAbove(event.position, at)) return false;
    if (isAbove(event.previousposition, at))
      throw new FeedGap(batch.service, event.partition, BigInt(at), BigInt(event.previousposition));
    positions[event.partition] = event.position;
    return true;
  });
}

/** Compares decimal strings without leading zeros: of the numbers of an event this is asked most often. */
function isAbove(left: string, right: string): boolean {
  return left.length === right.length ? left > right : left.length > right.length;
}

/** Checkpoint rows (consumer, service, partition) in one schema, next to the effects they speak for. */
export class Checkpoints {
  readonly #schema: string;
  readonly #consumer: string;
  readonly #select: Prepared;
  readonly #lock: Prepared;
  readonly #advance: Prepared;

  constructor(schema: string, consumer: string) {
    this.#schema = schema;
    this.#consumer = consumer;
    const select = `select log_id, position::text, recorded_at, epoch from ${schema}.checkpoints
      where consumer = $1 and service = $2 order by partition`;
    this.#select = prepared(select);
    this.#lock = prepared(`${select} for update`);
    this.#advance = prepared(`update ${schema}.checkpoints
      set position = greatest(position, $3::bigint), log_id = $4::uuid, recorded_at = $5
      where consumer = $1 and service = $2`);
  }

  static ddl(schema: string): string {
    return `
      create table if not exists ${schema}.checkpoints (
        consumer text not null, service text not null, partition smallint not null,
        log_id uuid, position bigint not null default 0, recorded_at text,
        epoch uuid not null default gen_random_uuid(),
        primary key (consumer, service, partition)
      ) with (fillfactor = 50);
      comment on table ${schema}.checkpoints is
        'How far each consumer has folded each service''s log, in the transaction of the effects';
      comment on column ${schema}.checkpoints.position is 'Everything at or below it has been handled';
      comment on column ${schema}.checkpoints.log_id is 'The log that the position belongs to; null before the first batch';
      comment on column ${schema}.checkpoints.epoch is 'Changes when state was touched by a retry or a rebuild';`;
  }

  async create(client: pg.ClientBase, service: string): Promise<void> {
    await client.query(
      `insert into ${this.#schema}.checkpoints (consumer, service, partition)
       select $1, $2, generate_series(0, $3::int - 1) on conflict do nothing`,
      [this.#consumer, service, PARTITIONS],
    );
  }

  async read(client: pg.Pool | pg.ClientBase, service: string): Promise<Checkpoint> {
    return this.#fetch(client, service, this.#select);
  }

  /**
   * The rows locked until the transaction ends. Whoever finds them different from what it folded on has been fenced:
   * another process runs the same consumer, and its work is thrown away.
   */
  async lock(client: pg.ClientBase, service: string): Promise<Checkpoint> {
    return this.#fetch(client, service, this.#lock);
  }

  /** All partitions up to the watermark, in one statement: the log adapter reads in log order. */
  async advance(
    client: pg.ClientBase,
    service: string,
    logId: string,
    watermark: Watermark,
    from: Checkpoint,
  ): Promise<Checkpoint> {
    const recordedAt = watermark.recordedAt ?? from.recordedAt;
    await client.query({
      ...this.#advance,
      values: [this.#consumer, service, String(watermark.position), logId, recordedAt],
    });
    return passed(from, logId, watermark);
  }

  async newEpoch(client: pg.ClientBase, service: string): Promise<void> {
    await client.query(
      `update ${this.#schema}.checkpoints set epoch = gen_random_uuid() where consumer = $1 and service = $2`,
      [this.#consumer, service],
    );
  }

  async reset(client: pg.ClientBase): Promise<void> {
    await client.query(
      `update ${this.#schema}.checkpoints
       set position = 0, log_id = null, recorded_at = null, epoch = gen_random_uuid() where consumer = $1`,
      [this.#consumer],
    );
  }

  async #fetch(client: pg.Pool | pg.ClientBase, service: string, statement: Prepared): Promise<Checkpoint> {
    const { rows } = await client.query<{
      log_id: string | null;
      position: string;
      recorded_at: string | null;
      epoch: string;
    }>({ ...statement, values: [this.#consumer, service] });
    const first = rows[0];
    if (first === undefined) throw new Error(`${this.#consumer} has no checkpoint of ${service}: prepare it first`);
    return {
      logId: first.log_id,
      positions: rows.map((row) => BigInt(row.position)),
      recordedAt: first.recorded_at,
      epoch: rows.map((row) => row.epoch).join(),
    };
  }
}
