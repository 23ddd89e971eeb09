import type { Principal, Scope } from '@kontor/auth';
import { scopeLabel } from '@kontor/auth';
import { decodeCursor, pageOf, questionOf } from '@kontor/http';
import type { ServiceRuntime } from '@kontor/service';

export interface ListRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly consistentWith?: string | undefined;
}

/** What a list's SELECT is given: `$1` the moment, `$2` owners or null for all, `$3`/`$4` the last key and id, `$5` the limit. */
export interface ListDefinition<Row extends { readonly sort_key: string; readonly id: string }, Item> {
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

/**
 * One page. The first page fixes the moment (the newest fact there is), and the cursor carries it with filters and scope: a
 * change that is recorded between two pages shows on none of them.
 */
export async function readPage<Row extends { readonly sort_key: string; readonly id: string }, Item>(
  runtime: ServiceRuntime,
  caller: Principal,
  list: ListDefinition<Row, Item>,
  request: ListRequest,
  filters: { readonly [condition: string]: string | undefined },
): Promise<{ items: Item[]; next: string | null; asKnownAt: string }> {
  await runtime.caughtUp(list.projection, request.consistentWith);
  const scope = await runtime.access.scope(caller, 'warranty.read');
  const given = Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const question = questionOf(list.route, Object.fromEntries(given), scopeLabel(scope));
  const cursor = decodeCursor(request.cursor, question);
  const asKnownAt = cursor?.asKnownAt ?? (await momentOf(runtime, list.newestFact));
  const conditions = given.map(([condition], index) => condition.replace('?', `$${index + 6}`));
  const { rows } = await runtime.pool.query<Row>(list.select(conditions), [
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

async function momentOf(runtime: ServiceRuntime, newestFact: string): Promise<string> {
  const { rows } = await runtime.pool.query<{ newest: string | null }>(
    `select ${instant(`(${newestFact})`)} as newest`,
  );
  return rows[0]?.newest ?? runtime.clock.now();
}
