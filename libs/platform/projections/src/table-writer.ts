import { type Prepared, prepared } from '@kontor/feed';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { TableChanges } from './batch-fold.ts';
import type { Column, Row, Table } from './projection.ts';
import { COPY_FROM_ROWS, UPSERTS_AFTER_MISS } from './projections.config.ts';
import { elementOf, fieldOf, refuseNull, RULES } from './values.ts';

/** SQLSTATE unique_violation. */
const UNIQUE_VIOLATION = '23505';

/**
 * The statements of one table; each takes one array per column, whatever the number of rows. Rows that nobody has seen in
 * the table are taken for new ones and copied in, which costs two thirds of an upsert. Where one of them was there
 * after all, the transaction fails, `missed` says so, and the same rows are upserted the next time.
 */
export class TableWriter {
  readonly #schema: string;
  readonly #name: string;
  readonly #columns: readonly (readonly [string, Column])[];
  readonly #keys: readonly (readonly [string, Column])[];
  readonly #upsert: Prepared;
  readonly #delete: Prepared;
  readonly #select: Prepared;
  readonly #copy: string;
  #upsertsDue = 0;

  constructor(schema: string, name: string, table: Table) {
    this.#schema = schema;
    this.#name = name;
    this.#columns = Object.entries(table.columns);
    this.#keys = this.#columns.filter(([column]) => table.key.includes(column));
    const target = `${schema}."${name}"`;
    const keyNames = this.#keys.map(([column]) => `"${column}"`).join(', ');
    const match = this.#keys.map(([column]) => `t."${column}" = k."${column}"`).join(' and ');
    const keyArrays = `unnest(${arrays(this.#keys)}) as k (${keyNames})`;
    const others = this.#columns.filter(([column]) => !table.key.includes(column));
    const set = others.map(([column]) => `"${column}" = excluded."${column}"`).join(', ');
    const names = this.#columns.map(([column]) => `"${column}"`).join(', ');
    this.#upsert = prepared(
      `insert into ${target} (${names}) select * from unnest(${arrays(this.#columns)})
       on conflict (${keyNames}) do ${set === '' ? 'nothing' : `update set ${set}`}`,
    );
    this.#copy = `copy ${target} (${names}) from stdin`;
    this.#delete = prepared(`delete from ${target} t using ${keyArrays} where ${match}`);
    const reads = this.#columns.map(([column, { type }]) => `${RULES[type].read(`t."${column}"`)} as "${column}"`);
    this.#select = prepared(`select ${reads.join(', ')} from ${keyArrays} join ${target} t on ${match}`);
  }

  /** The rows of these keys that exist, in canonical form. */
  async read(client: pg.ClientBase, keys: readonly Row[]): Promise<readonly Row[]> {
    const { rows } = await client.query<Row>({ ...this.#select, values: this.#arrays(this.#keys, keys) });
    return rows.map((row) => this.#parse(row));
  }

  /** `safely`: no row is taken for a new one, so that the transaction does not fail over it. */
  async write(client: pg.ClientBase, changes: TableChanges, safely = false): Promise<void> {
    const { fresh, upserts, deletes } = changes;
    if (deletes.length > 0) await client.query({ ...this.#delete, values: this.#arrays(this.#keys, deletes) });
    if (safely || fresh.length < COPY_FROM_ROWS || this.#upsertsDue > 0) {
      if (this.#upsertsDue > 0) this.#upsertsDue -= 1;
      await this.#upsertAll(client, [...upserts, ...fresh]);
      return;
    }
    await this.#upsertAll(client, upserts);
    await this.#copyIn(client, fresh);
  }

  /** Whether the error is that a row which was taken for a new one was there: the work can be done again, safely. */
  missed(error: unknown): boolean {
    const { code, schema, table } = error as { code?: unknown; schema?: unknown; table?: unknown };
    if (code !== UNIQUE_VIOLATION || schema !== this.#schema || table !== this.#name) return false;
    this.#upsertsDue = UPSERTS_AFTER_MISS;
    return true;
  }

  async #upsertAll(client: pg.ClientBase, rows: readonly Row[]): Promise<void> {
    if (rows.length > 0) await client.query({ ...this.#upsert, values: this.#arrays(this.#columns, rows) });
  }

  async #copyIn(client: pg.ClientBase, rows: readonly Row[]): Promise<void> {
    const lines = this.#lines(rows);
    const copying = client.query(copyFrom(this.#copy));
    await new Promise<void>((done, fail) => {
      copying.once('finish', done);
      copying.once('error', fail);
      copying.end(lines);
    });
  }

  #parse(read: Row): Row {
    const row: Record<string, unknown> = {};
    for (const [column, { type }] of this.#columns)
      row[column] = read[column] === null ? null : RULES[type].parse(read[column]);
    return row;
  }

  /** One array literal per column: built here, because the driver's own conversion looks at every element's type. */
  #arrays(columns: readonly (readonly [string, Column])[], rows: readonly Row[]): string[] {
    return columns.map(([column, declared]) => {
      const where = `${this.#name}.${column}`;
      let literal = '{';
      for (let index = 0; index < rows.length; index += 1) {
        if (index > 0) literal += ',';
        const value = (rows[index] as Row)[column];
        if (value === null || value === undefined) {
          refuseNull(this.#name, column, declared);
          literal += 'NULL';
        } else literal += elementOf(declared.type, value, where);
      }
      return `${literal}}`;
    });
  }

  #lines(rows: readonly Row[]): string {
    let lines = '';
    for (const row of rows) {
      let separator = '';
      for (const [column, declared] of this.#columns) {
        const value = row[column];
        lines += separator;
        separator = '\t';
        if (value === null || value === undefined) {
          refuseNull(this.#name, column, declared);
          lines += '\\N';
        } else lines += fieldOf(declared.type, value, `${this.#name}.${column}`);
      }
      lines += '\n';
    }
    return lines;
  }
}

function arrays(columns: readonly (readonly [string, Column])[]): string {
  return columns.map(([, { type }], index) => `$${index + 1}::${type}[]`).join(', ');
}
