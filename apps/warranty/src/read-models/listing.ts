import type { Principal, Scope } from '@kontor/auth';
import { scopeLabel } from '@kontor/auth';
import { type Cursor, decodeCursor, pageOf, Problem, questionOf } from '@kontor/http';
import { isBusinessDate } from '@kontor/kernel';
import type { ServiceRuntime } from '@kontor/service';
import type pg from 'pg';

export interface ListRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface ListRow {
  readonly sort_key: string;
  readonly id: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly asKnownAt: string;
}

/** Conditions with `?` for their value; left out where the value is undefined. */
export interface Filters {
  readonly [condition: string]: string | undefined;
}

/** What a list's SELECT is given: `$1` the moment, `$2` owners or null for all, `$3`/`$4` the last key and id, `$5` the limit. */
export interface ListDefinition<Row extends ListRow, Item> {
  readonly route: string;
  readonly projection: string;
  /** Newest recorded fact of the tables, for the moment of a first page. */
  readonly newestFact: string;
  readonly select: (conditions: readonly string[]) => string;
  readonly item: (row: Row) => Item;
}

/** Instants with all six digits, so that a moment read from one row finds that row again. */
export const instant = (expression: string) =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** A page for a caller: of what the scope allows, after the change that the caller wants to see in it. */
export async function pageFor<Row extends ListRow, Item>(
  runtime: ServiceRuntime,
  caller: Principal,
  list: ListDefinition<Row, Item>,
  request: ListRequest & { readonly consistentWith?: string | undefined },
  filters: Filters,
): Promise<Page<Item>> {
  await runtime.caughtUp(list.projection, request.consistentWith);
  const scope = await runtime.access.scope(caller, 'warranty.read');
  return readPage(runtime.pool, list, request, filters, scope);
}

/**
 * One page. The first page fixes the moment (the newest fact there is), and the cursor carries it with filters and scope: a
 * change that is recorded between two pages shows on none of them.
 */
export async function readPage<Row extends ListRow, Item>(
  pool: pg.Pool,
  list: ListDefinition<Row, Item>,
  request: ListRequest,
  filters: Filters,
  scope: Scope,
): Promise<Page<Item>> {
  const given = Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const question = questionOf(list.route, Object.fromEntries(given), scopeLabel(scope));
  const cursor = decodeCursor(request.cursor, question);
  if (cursor !== undefined) requireOurs(cursor);
  const asKnownAt = cursor?.asKnownAt ?? (await momentOf(pool, list.newestFact));
  const conditions = given.map(([condition], index) => condition.replace('?', `$${index + 6}`));
  const { rows } = await pool.query<Row>(list.select(conditions), [
    asKnownAt,
    ownersOf(scope),
    cursor?.key ?? null,
    cursor?.id ?? null,
    request.limit + 1,
    ...given.map(([, value]) => value),
  ]);
  const page = pageOf(rows, request.limit, { asKnownAt, question }, (row) => ({ key: row.sort_key, id: row.id }));
  return { items: page.items.map((row) => list.item(row)), next: page.next, asKnownAt: page.asKnownAt };
}

function ownersOf(scope: Scope): readonly string[] | null {
  return scope.kind === 'all' ? null : scope.ownerIds;
}

/** The moment of a first page: the last change that the list has folded. Nothing that comes later is in its pages. */
async function momentOf(pool: pg.Pool, newestFact: string): Promise<string> {
  const { rows } = await pool.query<{ newest: string | null }>(`select ${instant(`(${newestFact})`)} as newest`);
  return rows[0]?.newest ?? '1970-01-01T00:00:00.000000Z';
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

/** A cursor is ours, but it went through the caller's hands. */
function requireOurs({ key, id, asKnownAt }: Cursor): void {
  const isMoment =
    INSTANT.test(asKnownAt) && isBusinessDate(asKnownAt.slice(0, 10)) && !Number.isNaN(Date.parse(asKnownAt));
  if (isBusinessDate(key) && UUID.test(id) && isMoment) return;
  const reason = 'is not a cursor that Kontor gave';
  throw new Problem(400, 'InvalidCursor', `cursor: ${reason}`, { errors: [{ field: 'cursor', reason }] });
}
