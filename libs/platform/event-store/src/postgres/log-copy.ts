import type pg from 'pg';
import { BY_INDEX_HERE } from './plans.ts';
import { checkedSchemaName, migrate } from './schema.ts';

const PAGE_EVENTS = 500;
const PAGE_BYTES = 4_194_304;

/** What a copy of a log needs besides its events. */
export interface LogStamp {
  readonly logId: string;
  readonly position: bigint;
  readonly partitionSize: bigint;
}

/** An event as it lies in the tables: its bytes, and its recorded time as the database writes it in UTC. */
export interface CopiedEvent {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly recordedAt: string;
  readonly eventId: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export async function logStamp(client: pg.ClientBase, schemaName: string): Promise<LogStamp> {
  const { rows } = await client.query<{ log_id: string; position: string; partition_size: string }>(
    `SELECT log_id, position, partition_size FROM ${checkedSchemaName(schemaName)}.log`,
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`${schemaName}: the log's own row is missing`);
  return { logId: row.log_id, position: BigInt(row.position), partitionSize: BigInt(row.partition_size) };
}

/** All events up to a position, in order, in pages that fit in memory. What is appended meanwhile is behind it. */
export async function* exportLog(
  pool: pg.Pool,
  schemaName: string,
  upto: bigint,
): AsyncGenerator<readonly CopiedEvent[]> {
  const schema = checkedSchemaName(schemaName);
  for (let after = 0n; after < upto;) {
    const look = upto - after < BigInt(PAGE_EVENTS) ? Number(upto - after) : PAGE_EVENTS;
    const { rows } = await pool.query<{
      position: string;
      stream: string;
      revision: string;
      recorded_at: string;
      event_id: string | null;
      type: string;
      data: string;
      metadata: string;
    }>(`SELECT * FROM ${schema}.read_all($1, $2, $2, $3, NULL, NULL)`, [after.toString(), look, PAGE_BYTES]);
    const events = rows.flatMap(({ event_id: eventId, ...row }) =>
      eventId === null
        ? []
        : [
            {
              ...{ eventId, stream: row.stream, type: row.type, recordedAt: row.recorded_at },
              ...{ position: BigInt(row.position), revision: BigInt(row.revision) },
              ...{ data: Buffer.from(row.data, 'hex'), metadata: Buffer.from(row.metadata) },
            },
          ],
    );
    const last = events.at(-1);
    if (last === undefined) throw new Error(`${schema}: there is no event behind position ${after}`);
    yield events;
    after = last.position;
  }
}

/** Fills an empty log with the events of another, under its id. Throws when what comes is not the whole of it, in order. */
export async function importLog(
  pool: pg.Pool,
  schemaName: string,
  stamp: LogStamp,
  pages: AsyncIterable<readonly CopiedEvent[]>,
): Promise<void> {
  const schema = checkedSchemaName(schemaName);
  await migrate(pool, schema, { partitionSize: stamp.partitionSize });
  await pool.query(`SELECT ${schema}.add_partitions($1)`, [stamp.position.toString()]);
  let next = 1n;
  for await (const events of pages) {
    for (const { position } of events) {
      if (position !== next) throw new Error(`${schema}: position ${next} is missing`);
      next += 1n;
    }
    await inTransaction(pool, (client) => insertPage(client, schema, events));
  }
  if (next !== stamp.position + 1n) throw new Error(`${schema}: ends at ${next - 1n} instead of ${stamp.position}`);
  await pool.query(
    `UPDATE ${schema}.log SET log_id = $1, position = $2, streams = (SELECT count(*) FROM ${schema}.streams),
       recorded_at = (SELECT recorded_at FROM ${schema}.events WHERE position = $2)`,
    [stamp.logId, stamp.position.toString()],
  );
}

/** Behind the present end of a log: the events are made for the position it has, and the log is at its end in the same transaction. */
export async function insertCopies(
  pool: pg.Pool,
  schema: string,
  eventsAfter: (position: bigint) => readonly CopiedEvent[],
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ position: string }>(`SELECT position FROM ${schema}.log FOR UPDATE`);
    const events = eventsAfter(BigInt(rows[0]?.position ?? 0));
    const last = events.at(-1);
    if (last === undefined) return;
    await client.query(`SELECT ${schema}.add_partitions($1)`, [last.position.toString()]);
    await insertPage(client, schema, events);
    await client.query(
      `UPDATE ${schema}.log SET position = $1, recorded_at = $2,
         streams = (SELECT coalesce(max(stream_no), 0) FROM ${schema}.streams)`,
      [last.position.toString(), last.recordedAt],
    );
  });
}

async function inTransaction(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function insertPage(client: pg.PoolClient, schema: string, events: readonly CopiedEvent[]): Promise<void> {
  const column = <Value>(value: (event: CopiedEvent) => Value): Value[] => events.map(value);
  await client.query(BY_INDEX_HERE);
  await client.query(
    `INSERT INTO ${schema}.types (type_no, name)
       SELECT (SELECT coalesce(max(type_no), 0) FROM ${schema}.types) + row_number() OVER (ORDER BY min(d.n)), d.name
         FROM unnest($1::text[]) WITH ORDINALITY d(name, n)
        WHERE NOT EXISTS (SELECT FROM ${schema}.types t WHERE t.name = d.name) GROUP BY d.name`,
    [column((event) => event.type)],
  );
  const streams = [
    column((event) => event.stream),
    column((event) => event.revision),
    column((event) => event.position),
  ];
  const page = `(SELECT name, max(revision) AS revision, min(position) AS first, max(position) AS last
      FROM unnest($1::text[], $2::bigint[], $3::bigint[]) u(name, revision, position) GROUP BY name) d`;
  await client.query(
    `UPDATE ${schema}.streams s SET revision = d.revision, last_position = d.last FROM ${page} WHERE s.name = d.name`,
    streams,
  );
  await client.query(
    `INSERT INTO ${schema}.streams (stream_no, revision, first_position, last_position, name)
       SELECT (SELECT coalesce(max(stream_no), 0) FROM ${schema}.streams) + row_number() OVER (ORDER BY d.first),
              d.revision, d.first, d.last, d.name
         FROM ${page} WHERE NOT EXISTS (SELECT FROM ${schema}.streams s WHERE s.name = d.name)`,
    streams,
  );
  await client.query(
    `INSERT INTO ${schema}.events (position, stream_no, revision, recorded_at, event_id, type_no, data, metadata)
       SELECT u.position, s.stream_no, u.revision, u.recorded_at, u.event_id, t.type_no, u.data, u.metadata
         FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::timestamptz[], $5::uuid[], $6::text[], $7::bytea[], $8::bytea[])
              u(position, stream, revision, recorded_at, event_id, type, data, metadata)
         JOIN ${schema}.streams s ON s.name = u.stream JOIN ${schema}.types t ON t.name = u.type`,
    [
      column((event) => event.position),
      column((event) => event.stream),
      column((event) => event.revision),
      column((event) => event.recordedAt),
      column((event) => event.eventId),
      column((event) => event.type),
      column((event) => event.data),
      column((event) => event.metadata),
    ],
  );
}
