import { errorText, type Prepared, prepared } from '@kontor/feed';
import type { CloudEvent } from '@kontor/kernel';
import type pg from 'pg';
import type { Parked } from './batch-fold.ts';

/** Streams that wait, each from a position on. */
export type ParkedSince = ReadonlyMap<string, bigint>;

/** The parked streams and dead letters of one projection, written in the transaction of the batch. */
export class ParkedStreams {
  readonly #schema: string;
  readonly #addLetters: Prepared;

  constructor(schema: string) {
    this.#schema = schema;
    this.#addLetters =
      prepared(`insert into ${schema}.dead_letters (service, position, stream, event_id, error, contract)
      select $1, unnest($2::bigint[]), unnest($3::text[]), unnest($4::uuid[]), unnest($5::text[]), unnest($6::json[])
      on conflict (service, position) do nothing`);
  }

  async read(client: pg.Pool | pg.ClientBase, service: string): Promise<ParkedSince> {
    const { rows } = await client.query<{ stream: string; since_position: string }>(
      `select stream, since_position::text from ${this.#schema}.parked_streams where service = $1`,
      [service],
    );
    return new Map(rows.map((row) => [row.stream, BigInt(row.since_position)]));
  }

  async add(client: pg.ClientBase, service: string, parked: readonly Parked[]): Promise<void> {
    if (parked.length === 0) return;
    await client.query({
      ...this.#addLetters,
      values: [
        service,
        parked.map(({ event }) => event.position),
        parked.map(({ event }) => event.subject),
        parked.map(({ event }) => event.id),
        parked.map(({ error }) => (error === null ? null : storable(errorText(error)))),
        parked.map(({ event }) => JSON.stringify(event)),
      ],
    });
    for (const { event, error } of parked) {
      if (error === null) continue;
      await client.query(
        `insert into ${this.#schema}.parked_streams (service, stream, since_position, event_id, error)
         values ($1, $2, $3, $4, $5) on conflict (service, stream) do nothing`,
        [service, event.subject, event.position, event.id, storable(errorText(error))],
      );
    }
  }

  async letters(client: pg.ClientBase, service: string, stream: string): Promise<readonly CloudEvent[]> {
    const { rows } = await client.query<{ contract: string }>(
      `select contract::text from ${this.#schema}.dead_letters where service = $1 and stream = $2 order by position`,
      [service, stream],
    );
    return rows.map((row) => JSON.parse(row.contract) as CloudEvent);
  }

  /** Takes away what was applied up to (not including) `failed`; the stream goes on when nothing failed. */
  async release(
    client: pg.ClientBase,
    service: string,
    stream: string,
    failed: { readonly event: CloudEvent; readonly error: unknown } | undefined,
  ): Promise<void> {
    await client.query(
      `delete from ${this.#schema}.dead_letters
       where service = $1 and stream = $2 and ($3::bigint is null or position < $3)`,
      [service, stream, failed?.event.position ?? null],
    );
    if (failed === undefined) {
      await client.query(`delete from ${this.#schema}.parked_streams where service = $1 and stream = $2`, [
        service,
        stream,
      ]);
      return;
    }
    const error = storable(errorText(failed.error));
    await client.query(
      `update ${this.#schema}.parked_streams set since_position = $3, event_id = $4, error = $5
       where service = $1 and stream = $2`,
      [service, stream, failed.event.position, failed.event.id, error],
    );
    await client.query(`update ${this.#schema}.dead_letters set error = $3 where service = $1 and position = $2`, [
      service,
      failed.event.position,
      error,
    ]);
  }

  async count(client: pg.Pool, service: string): Promise<number> {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from ${this.#schema}.parked_streams where service = $1`,
      [service],
    );
    return rows[0]?.count ?? 0;
  }
}

/** An error text may quote the very character that made the trouble. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\\0');
}
