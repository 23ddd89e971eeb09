import type { CloudEvent } from '@kontor/kernel';
import type pg from 'pg';
import { BatchFold, type Parked } from './batch-fold.ts';
import { emptied, erasedSubject, isErasure, personalColumns } from './personal-copies.ts';
import type { Projection, Row, Table } from './projection.ts';
import { schemaOf } from './schema.ts';
import { canonicalRow, keyOf, RULES } from './values.ts';

/** The rows of every table in canonical form, ordered by key. */
export type TablesContent = { readonly [table: string]: readonly Row[] };

/**
 * The oracle of every projection test: read model = pure fold of the log. One event after the other, without a database;
 * `parked` are the events that failed and those that wait behind them.
 */
export function foldInMemory(
  projection: Projection,
  events: Iterable<CloudEvent>,
): { readonly tables: TablesContent; readonly parked: readonly Parked[] } {
  const parkedSince = new Map<string, bigint>();
  const parked: Parked[] = [];
  const tables = new Map(Object.keys(projection.tables).map((name) => [name, new Map<string, Row>()]));
  for (const event of events) {
    const fold = new BatchFold(projection, ({ subject }) => parkedSince.has(subject));
    fold.plan(event);
    for (const [name, keys] of fold.needed()) {
      const table = projection.tables[name] as Table;
      fold.load(
        name,
        keys.flatMap((key): readonly Row[] => {
          const row = tables.get(name)?.get(keyOf(name, table, key));
          return row === undefined ? [] : [row];
        }),
      );
    }
    fold.apply();
    if (fold.parked.length === 0) {
      try {
        write(projection, tables, fold);
      } catch (error) {
        fold.fail(event, error);
      }
    }
    if (isErasure(projection, event)) erase(projection, tables, erasedSubject(event));
    for (const one of fold.parked) {
      parked.push(one);
      if (one.error !== null) parkedSince.set(one.event.subject, BigInt(one.event.position));
    }
  }
  return {
    tables: Object.fromEntries(
      Array.from(tables, ([name, rows]) => [name, ordered(projection.tables[name] as Table, [...rows.values()])]),
    ),
    parked,
  };
}

/** What the tables of a projection hold now, to be compared with `foldInMemory`. */
export async function readTables(pool: pg.Pool, projection: Projection): Promise<TablesContent> {
  const content: { [table: string]: readonly Row[] } = {};
  for (const [name, table] of Object.entries(projection.tables)) {
    const columns = Object.entries(table.columns);
    const reads = columns.map(([column, { type }]) => `${RULES[type].read(`t."${column}"`)} as "${column}"`);
    const { rows } = await pool.query<Row>(`select ${reads.join(', ')} from ${schemaOf(projection)}."${name}" t`);
    content[name] = ordered(
      table,
      rows.map((row) =>
        Object.fromEntries(
          columns.map(([column, { type }]) => [column, row[column] === null ? null : RULES[type].parse(row[column])]),
        ),
      ),
    );
  }
  return content;
}

function write(projection: Projection, tables: ReadonlyMap<string, Map<string, Row>>, fold: BatchFold): void {
  const changes = Object.entries(projection.tables).map(([name, table]) => {
    const { fresh, upserts, deletes } = fold.changes(name);
    return { name, table, upserts: [...fresh, ...upserts].map((row) => canonicalRow(name, table, row)), deletes };
  });
  for (const { name, table, upserts, deletes } of changes) {
    const rows = tables.get(name) as Map<string, Row>;
    for (const row of deletes) rows.delete(keyOf(name, table, row));
    for (const row of upserts) rows.set(keyOf(name, table, row), row);
  }
}

function erase(projection: Projection, tables: ReadonlyMap<string, Map<string, Row>>, subject: string): void {
  for (const { name, table, columns } of personalColumns(projection)) {
    const rows = tables.get(name) as Map<string, Row>;
    for (const [key, row] of rows) rows.set(key, emptied(row, table, columns, subject));
  }
}

function ordered(table: Table, rows: readonly Row[]): readonly Row[] {
  return rows
    .map((row) => ({ row, key: keyOf('', table, row) }))
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(({ row }) => row);
}
