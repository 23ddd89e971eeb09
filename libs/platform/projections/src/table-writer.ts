import { type Prepared, prepared } from '@kontor/feed';
import type pg from 'pg';
import type { TableChanges } from './batch-fold.ts';
import type { Column, Row, Table } from './projection.ts';
import { refuseNull, RULES } from './values.ts';

/** The three statements of one table; each takes one array per column, whatever the number of rows. */
export class TableWriter {
  readonly #name: string;
  readonly #columns: readonly (readonly [string, Column])[];
  readonly #keys: readonly (readonly [string, Column])[];
  readonly #upsert: Prepared;
  readonly #delete: Prepared;
  readonly #select: Prepared;

  constructor(schema: string, name: string, table: Table) {
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
    this.#delete = prepared(`delete from ${target} t using ${keyArrays} where ${match}`);
    const reads = this.#columns.map(([column, { type }]) => `${RULES[type].read(`t."${column}"`)} as "${column}"`);
    this.#select = prepared(`select ${reads.join(', ')} from ${keyArrays} join ${target} t on ${match}`);
  }

  /** The rows of these keys that exist, in canonical form. */
  async read(client: pg.ClientBase, keys: readonly Row[]): Promise<readonly Row[]> {
    const { rows } = await client.query<Row>({ ...this.#select, values: this.#arrays(this.#keys, keys) });
    return rows.map((row) => this.#parse(row));
  }

  async write(client: pg.ClientBase, changes: TableChanges): Promise<void> {
    if (changes.deletes.length > 0)
      await client.query({ ...this.#delete, values: this.#arrays(this.#keys, changes.deletes) });
    if (changes.upserts.length > 0)
      await client.query({ ...this.#upsert, values: this.#arrays(this.#columns, changes.upserts) });
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
      const { element } = RULES[declared.type];
      const where = `${this.#name}.${column}`;
      let literal = '{';
      for (let index = 0; index < rows.length; index += 1) {
        if (index > 0) literal += ',';
        const value = (rows[index] as Row)[column];
        if (value === null || value === undefined) {
          refuseNull(this.#name, column, declared);
          literal += 'NULL';
        } else literal += element(value, where);
      }
      return `${literal}}`;
    });
  }
}

function arrays(columns: readonly (readonly [string, Column])[]): string {
  return columns.map(([, { type }], index) => `$${index + 1}::${type}[]`).join(', ');
}
