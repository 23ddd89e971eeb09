import { type Principal, scopeLabel, type Action } from '@kontor/auth';
import { type Cursor, decodeCursor, pageOf, Problem, questionOf, zInstant, zUuid } from '@kontor/http';
import type { ServiceRuntime } from '@kontor/service';

/** How one list is read. All names are constants of this service; only values come from the request. */
export interface ListDefinition {
  readonly route: string;
  readonly action: Action;
  /** The projection that is waited for. */
  readonly projection: string;
  /** Table or join with the alias `t`; it has `account_id` and `recorded_at`. */
  readonly from: string;
  /** Column list with JSON names. */
  readonly select: string;
  /** Text that the pages are sorted by, and the id that breaks ties. */
  readonly sortKey: string;
  readonly id: string;
  readonly descending: boolean;
  /** Request field → condition with `?` for the value. */
  readonly filters: { readonly [field: string]: string };
}

export interface ListRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly consistentWith?: string | undefined;
}

export interface ListPage {
  readonly items: readonly object[];
  readonly next: string | null;
  readonly asKnownAt: string;
}

const LISTS = 'receivables_lists';

/**
 * A page by (sort key, id). The first page fixes the moment: rows recorded after it are on none of the pages. The newest
 * row says the moment, not the clock, since what the clock has passed may not be folded yet.
 */
export async function listPage(
  runtime: ServiceRuntime,
  caller: Principal,
  definition: ListDefinition,
  request: ListRequest & { readonly [filter: string]: unknown },
): Promise<ListPage> {
  const { limit, cursor: cursorText, consistentWith, ...filters } = request;
  await runtime.caughtUp(definition.projection, consistentWith);
  const scope = await runtime.access.scope(caller, definition.action);
  const question = questionOf(definition.route, filters, scopeLabel(scope));
  const cursor = genuine(decodeCursor(cursorText, question));
  const asKnownAt = cursor?.asKnownAt ?? (await newest(runtime, definition));

  const values: unknown[] = [];
  const place = (value: unknown) => {
    values.push(value);
    return `$${values.length}`;
  };
  const where = [`t.recorded_at <= ${place(asKnownAt)}::timestamptz`];
  for (const [field, condition] of Object.entries(definition.filters)) {
    const value = filters[field];
    if (value !== undefined) where.push(condition.replace('?', place(value)));
  }
  if (scope.kind === 'owners')
    where.push(
      `exists (select 1 from receivables.account_owners o
         where o.account_id = t.account_id and o.owner_id = any(${place([...scope.ownerIds])}::uuid[]))`,
    );
  const key = `(${definition.sortKey}) collate "C"`;
  if (cursor !== undefined)
    where.push(
      `(${key}, ${definition.id}) ${definition.descending ? '<' : '>'} (${place(cursor.key)}::text, ${place(cursor.id)}::uuid)`,
    );
  const order = definition.descending ? 'desc' : 'asc';
  const { rows } = await runtime.pool.query<{ item: { [field: string]: unknown }; key: string; id: string }>(
    `select to_jsonb(row) as item, row_key as key, row_id as id from (
       select ${key} as row_key, ${definition.id} as row_id, listed.*
         from ${definition.from} cross join lateral (select ${definition.select}) listed
        where ${where.join(' and ')}
        order by ${key} ${order}, ${definition.id} ${order} limit ${place(limit + 1)}
     ) row order by row_key collate "C" ${order}, row_id ${order}`,
    values,
  );
  const page = pageOf(rows, limit, { asKnownAt, question }, ({ key: at, id }) => ({ key: at, id }));
  return {
    items: page.items.map(({ item: { row_key: _key, row_id: _id, ...item } }) => item),
    next: page.next,
    asKnownAt: page.asKnownAt,
  };
}

/** A cursor is the caller's to send: what in it goes into a statement is looked at first. */
function genuine(cursor: Cursor | undefined): Cursor | undefined {
  if (cursor === undefined) return undefined;
  if (zUuid.safeParse(cursor.id).success && zInstant.safeParse(cursor.asKnownAt).success) return cursor;
  const reason = 'is not a cursor that Kontor gave';
  throw new Problem(400, 'InvalidCursor', `cursor: ${reason}`, { errors: [{ field: 'cursor', reason }] });
}

async function newest(runtime: ServiceRuntime, definition: ListDefinition): Promise<string> {
  const { rows } = await runtime.pool.query<{ at: string | null }>(
    `select to_char(max(t.recorded_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from ${definition.from}`,
  );
  return rows[0]?.at ?? runtime.clock.now();
}

const KEYS = { payments: 'payment_id', disputes: 'dispute_id', promises: 'promise_id' } as const;

/** The ledger of a payment, dispute or promise by its id: waits for what is recorded to be listed before it says that there is none. */
export async function ledgerOfThing(
  runtime: ServiceRuntime,
  table: keyof typeof KEYS,
  id: string,
): Promise<{ readonly ledgerId: string; readonly accountId: string } | undefined> {
  const find = async () =>
    (
      await runtime.pool.query<{ ledgerId: string; accountId: string }>(
        `select ledger_id as "ledgerId", account_id as "accountId" from receivables.${table} where ${KEYS[table]} = $1`,
        [id],
      )
    ).rows[0];
  const found = await find();
  if (found !== undefined) return found;
  await runtime.caughtUpToHead(LISTS);
  return find();
}
