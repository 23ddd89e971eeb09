// The loop that both raw folds share: pages of the log, one transaction for each with the position beside the rows, the next
// page read while one is written, as the runner does. No contracts, no handlers, no checks, no parking, no fences.
import type { EventStore, StoredEvent } from '@kontor/event-store';
import type pg from 'pg';

const PAGE = 1_000;

export type Value = string | number | bigint | boolean | null | undefined;
export type RawRow = { [column: string]: Value };
export type Columns = { readonly [name: string]: string };
export type FoldPage = (client: pg.PoolClient, events: readonly StoredEvent[]) => Promise<void>;

/** Folds the whole log into the tables of a schema, which are there and empty. */
export async function rawLoop(pool: pg.Pool, store: EventStore, schema: string, fold: FoldPage): Promise<number> {
  const client = await pool.connect();
  let folded = 0;
  try {
    await client.query(`create table if not exists ${schema}.raw_position (position bigint)`);
    await client.query(`truncate ${schema}.raw_position`);
    await client.query(`insert into ${schema}.raw_position values (0)`);
    let next = store.readAll({ after: 0n, limit: PAGE });
    for (;;) {
      const page = await next;
      if (!page.atHead) next = store.readAll({ after: page.position, limit: PAGE });
      await client.query(`begin; set local synchronous_commit = off; set local enable_seqscan = off;
        set local enable_hashjoin = off; set local enable_mergejoin = off`);
      await fold(client, page.events);
      await client.query(`update ${schema}.raw_position set position = $1`, [page.position]);
      await client.query('commit');
      folded += page.events.length;
      if (page.atHead) return folded;
    }
  } finally {
    client.release();
  }
}

/** One table, written by one statement and read by another, each with one array per column. */
export class RawTable {
  readonly #columns: Columns;
  readonly #upsert: { readonly name: string; readonly text: string };
  readonly #select: { readonly name: string; readonly text: string };

  constructor(schema: string, table: string, columns: Columns, key: readonly string[]) {
    this.#columns = columns;
    const names = Object.keys(columns);
    const unnest = Object.values(columns).map((type, n) => `$${n + 1}::${type}[]`);
    const set = names.filter((name) => !key.includes(name)).map((name) => `${name} = excluded.${name}`);
    this.#upsert = {
      name: `raw_write_${schema}_${table}`,
      text: `insert into ${schema}.${table} (${names.join(', ')}) select * from unnest(${unnest.join(', ')})
        on conflict (${key.join(', ')}) do update set ${set.join(', ')}`,
    };
    const read = Object.entries(columns).map(([name, type]) =>
      type === 'date' || type === 'timestamptz' || type === 'bigint' ? `${name}::text` : name,
    );
    this.#select = {
      name: `raw_read_${schema}_${table}`,
      text: `select ${read.join(', ')} from ${schema}.${table} where ${key[0]} = any($1::uuid[])`,
    };
  }

  async read(client: pg.PoolClient, keys: ReadonlySet<string>): Promise<readonly RawRow[]> {
    if (keys.size === 0) return [];
    const { rows } = await client.query<RawRow>({ ...this.#select, values: [[...keys]] });
    return rows;
  }

  async write(client: pg.PoolClient, rows: readonly RawRow[]): Promise<void> {
    if (rows.length > 0) await client.query({ ...this.#upsert, values: arrays(this.#columns, rows) });
  }
}

/** Array literals by hand, which is faster than the driver. */
function arrays(columns: Columns, rows: readonly RawRow[]): string[] {
  return Object.entries(columns).map(([name, type]) => {
    let literal = '{';
    for (let n = 0; n < rows.length; n += 1) {
      const value = (rows[n] as RawRow)[name];
      if (n > 0) literal += ',';
      if (value === null || value === undefined) literal += 'NULL';
      else literal += type === 'text' ? `"${(value as string).replace(/["\\]/g, '\\$&')}"` : String(value);
    }
    return `${literal}}`;
  });
}

export function dataOf(event: StoredEvent): RawRow {
  return JSON.parse((event.data as Buffer).toString('utf8')) as RawRow;
}
