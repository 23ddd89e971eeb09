import type { CloudEvent } from '@kontor/kernel';
import type pg from 'pg';
import type { Projection, Row, Table } from './projection.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Stands where an error text may have quoted what was erased. */
const WITHHELD = 'withheld: the event holds erased personal data';

/** The contract types that a projection folds, the one that erases included. */
export function contractTypesOf(projection: Projection): readonly string[] {
  const types = new Set(Object.keys(projection.on));
  if (projection.personal !== undefined) types.add(projection.personal.erasedBy);
  return [...types];
}

export function isErasure(projection: Projection, event: CloudEvent): boolean {
  return event.type === projection.personal?.erasedBy;
}

export function erasedSubject(event: CloudEvent): string {
  const { subject } = event.data as { readonly subject?: unknown };
  if (typeof subject !== 'string') throw new TypeError(`${event.type} names no subject`);
  return subject;
}

/** The personal columns of each table that holds any. */
export function personalColumns(
  projection: Projection,
): readonly { name: string; table: Table; columns: readonly string[] }[] {
  if (projection.personal === undefined) return [];
  return Object.entries(projection.tables).flatMap(([name, table]) => {
    const columns = Object.entries(table.columns).flatMap(([column, { personal }]) =>
      personal === true ? [column] : [],
    );
    if (columns.length === 0) return [];
    for (const column of columns)
      if (table.columns[column]?.nullable !== true || table.key.includes(column))
        throw new TypeError(
          `${projection.name}: ${name}.${column} is personal, so it is nullable and no part of a key`,
        );
    if (table.subject === undefined || table.columns[table.subject] === undefined)
      throw new TypeError(`${projection.name}: ${name} has personal columns and says not whose they are`);
    return [{ name, table, columns }];
  });
}

/** A row as an erasure leaves it. */
export function emptied(row: Row, table: Table, columns: readonly string[], subject: string): Row {
  if (row[table.subject as string] !== subject) return row;
  return { ...row, ...Object.fromEntries(columns.map((column) => [column, null])) };
}

/** A table with personal data: whose they are, and where they are. What lies in the tables of an older version is known by it. */
export interface PersonalTable {
  readonly name: string;
  readonly subject: string;
  readonly uuid: boolean;
  readonly columns: readonly string[];
}

export function personalTables(projection: Projection): readonly PersonalTable[] {
  return personalColumns(projection).map(({ name, table, columns }) => {
    const subject = table.subject as string;
    return { name, subject, uuid: table.columns[subject]?.type === 'uuid', columns };
  });
}

/** The copies of personal data that a projection keeps, and how they are emptied. */
export class PersonalCopies {
  readonly #schema: string;
  readonly #updates: readonly { readonly uuid: boolean; readonly sql: string }[];

  constructor(schema: string, tables: readonly PersonalTable[]) {
    this.#schema = schema;
    this.#updates = tables.map(({ name, subject, uuid, columns }) => {
      const sets = columns.map((column) => `"${column}" = null`).join(', ');
      const filled = columns.map((column) => `"${column}" is not null`).join(' or ');
      return { uuid, sql: `update ${schema}."${name}" set ${sets} where "${subject}" = $1 and (${filled})` };
    });
  }

  /**
   * In the transaction of the erasing event. Dead letters hold sealed fields, which nobody can read any more; only their error
   * texts may quote what a handler saw.
   */
  async empty(client: pg.ClientBase, subject: string): Promise<void> {
    for (const { uuid, sql } of this.#updates) if (!uuid || UUID.test(subject)) await client.query(sql, [subject]);
    await client.query(
      `with letters as (
         update ${this.#schema}.dead_letters set error = $2
          where error is not null and position($1 in contract::text) > 0 returning service, event_id)
       update ${this.#schema}.parked_streams p set error = $2 from letters l
        where p.service = l.service and p.event_id = l.event_id`,
      [subject, WITHHELD],
    );
  }
}
