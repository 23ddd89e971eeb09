import type { Scope } from '@kontor/auth';
import { scopeLabel } from '@kontor/auth';
import { decodeCursor, pageOf, Problem, questionOf, type Cursor } from '@kontor/http';
import { isBusinessDate } from '@kontor/kernel';
import type pg from 'pg';
import { instantText } from './past.ts';

/** A list that is read in pages by (sort key, id), all of one moment. The sort key of a row never changes. */
export interface ListDefinition {
  readonly route: string;
  readonly view: string;
  readonly id: string;
  readonly sort: { readonly column: string; readonly type: 'date' | 'text'; readonly direction: 'asc' | 'desc' };
  /** Inside of a json_build_object over `t`, as known at the moment that the parameter holds. */
  readonly item: (moment: string) => string;
  /** False: the rows are everybody's. */
  readonly ofAccounts: boolean;
}

/** A condition over `t` with one parameter; left out where the value is undefined. */
export interface Condition {
  readonly value: unknown;
  readonly sql: (parameter: string, moment: string) => string;
}

export interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
  readonly asKnownAt: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

export async function readPage(
  pool: pg.Pool,
  list: ListDefinition,
  conditions: { readonly [filter: string]: Condition },
  page: { readonly limit: number; readonly cursor: string | undefined; readonly scope: Scope },
): Promise<Page> {
  const filters = Object.fromEntries(Object.entries(conditions).map(([name, { value }]) => [name, value ?? null]));
  const question = questionOf(list.route, filters, list.ofAccounts ? scopeLabel(page.scope) : 'all');
  const cursor = decodeCursor(page.cursor, question);
  if (cursor !== undefined) check(cursor, list);
  const asKnownAt = cursor?.asKnownAt ?? (await newest(pool, list));

  const values: unknown[] = [asKnownAt];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const where = ['t.recorded_at <= $1::timestamptz'];
  for (const { value, sql } of Object.values(conditions))
    if (value !== undefined) where.push(sql(parameter(value), '$1'));
  if (list.ofAccounts && page.scope.kind === 'owners')
    where.push(
      `t.account_id in (select account_id from orders.account_owners
                        where owner_id = any(${parameter(page.scope.ownerIds)}::uuid[]))`,
    );
  const { column, type, direction } = list.sort;
  if (cursor !== undefined) {
    const after = direction === 'asc' ? '>' : '<';
    where.push(
      `(t.${column}, t.${list.id}) ${after} (${parameter(cursor.key)}::${type}, ${parameter(cursor.id)}::uuid)`,
    );
  }
  const { rows } = await pool.query<{ key: string; id: string; item: unknown }>(
    `select t.${column}::text as key, t.${list.id}::text as id, json_build_object(${list.item('$1')}) as item
     from ${list.view} t where ${where.join(' and ')}
     order by t.${column} ${direction}, t.${list.id} ${direction} limit ${parameter(page.limit + 1)}`,
    values,
  );
  const result = pageOf(rows, page.limit, { asKnownAt, question }, ({ key, id }) => ({ key, id }));
  return { ...result, items: result.items.map(({ item }) => item) };
}

/** The moment of a first page: the last change that the list has folded. Nothing that comes later is in its pages. */
async function newest(pool: pg.Pool, list: ListDefinition): Promise<string> {
  const { rows } = await pool.query<{ at: string }>(
    `select coalesce(${instantText('max(changed_at)')}, '1970-01-01T00:00:00.000000Z') as at from ${list.view}`,
  );
  return rows[0]?.at as string;
}

/** A cursor is ours, but it went through the caller's hands. */
function check(cursor: Cursor, list: ListDefinition): void {
  const keyIsGood = list.sort.type === 'text' ? !cursor.key.includes('\0') : isBusinessDate(cursor.key);
  if (keyIsGood && UUID.test(cursor.id) && isInstant(cursor.asKnownAt)) return;
  throw new Problem(400, 'InvalidCursor', 'cursor: is not a cursor that Kontor gave', {
    errors: [{ field: 'cursor', reason: 'is not a cursor that Kontor gave' }],
  });
}

function isInstant(text: string): boolean {
  return INSTANT.test(text) && isBusinessDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
}
