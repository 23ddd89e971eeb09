import { type Action, type Principal, accessProjectionName, type Scope } from '@kontor/auth';
import type { ServiceRuntime } from '@kontor/service';
import type pg from 'pg';
import { z } from 'zod';
import { zBusinessDate, zUuid } from './fields.ts';
import { inMicroseconds, refuseFuture } from './known-at.ts';
import { type ListAsked, NOTHING_KNOWN_YET, type Page, pageOf, resume } from './list.ts';
import type { ListMoment } from './paging.ts';

/** What the SQL of a list may name: the moment of the page, as instant and as the text that was written, and its date. */
export interface ListParameters {
  readonly known: string;
  readonly knownText: string;
  readonly asOf: string;
}

/** A condition; `value` is the placeholder of what was asked. */
export type ListFilter = (value: string, at: ListParameters) => string;

/** How a list is read in pages by (sort key, id). Everything here is a constant of the service; values come as parameters. */
export interface ListDefinition {
  readonly route: string;
  readonly action: Action;
  /** The read model that is waited for, with that of ownership, when a caller wants to see a change. */
  readonly projection: string;
  /** A condition on the owners (uuid[]) whose rows a scope allows; null where the rows are everybody's. */
  readonly owned: ((owners: string) => string) | null;
  readonly from: (at: ListParameters) => string;
  /** The fields of an item, each under its name. */
  readonly select: (at: ListParameters) => string;
  /** When a row was first recorded: rows younger than the moment are on no page. */
  readonly recordedAt: string;
  /** Scalar queries for the instants of the newest facts there are: the latest is the moment of a first page. */
  readonly newest: readonly string[];
  /** Neither the key nor the id of a row ever changes, so the order is the same on every page. */
  readonly sort: { readonly key: string; readonly type: 'date' | 'text' | 'uuid'; readonly descending: boolean };
  readonly id: string;
  readonly filters: { readonly [field: string]: ListFilter };
  /** True: the list is of a business date, today of the main legal entity by default, and says which. */
  readonly dated?: true;
}

export interface ListAnswer {
  readonly asOf?: string;
  readonly items: readonly object[];
  readonly next: string | null;
  readonly asKnownAt: string;
}

const EVERYBODY: Scope = { kind: 'all' };
const MAX_SORT_KEY = 500;
const KEYS = { date: zBusinessDate, text: z.string().max(MAX_SORT_KEY), uuid: zUuid };

/** The filter for a column that equals what was asked. */
export function equals(column: string, type: 'text' | 'uuid' | 'integer' | 'boolean' = 'text'): ListFilter {
  return (value) => `${column} = ${value}::${type}`;
}

/** An instant with all six digits, so that a moment read from one row finds that row again. */
export function instantText(expression: string): string {
  return `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** A page for a caller: of what the scope allows, after the change that the caller wants to see in it. */
export async function listFor(
  runtime: ServiceRuntime,
  caller: Principal,
  list: ListDefinition,
  asked: ListAsked,
): Promise<ListAnswer> {
  await runtime.caughtUp(list.projection, asked.consistentWith);
  if (list.owned !== null) await runtime.caughtUp(accessProjectionName(runtime.name), asked.consistentWith);
  const ahead = await momentAhead(runtime.pool, list, asked);
  if (ahead !== undefined) {
    refuseFuture(ahead, runtime.clock.now());
    await runtime.caughtUpToHead(list.projection);
  }
  const scope = list.owned === null ? EVERYBODY : await runtime.access.scope(caller, list.action);
  return readList(runtime.pool, list, asked, scope, list.dated && runtime.entities.today(MAIN_ENTITY));
}

/** The moment of a first page when it has not been folded yet: what was recorded by then would still come in. */
async function momentAhead(
  pool: pg.Pool,
  list: ListDefinition,
  { asKnownAt, cursor }: ListAsked,
): Promise<string | undefined> {
  if (asKnownAt === undefined || cursor !== undefined) return undefined;
  return inMicroseconds(asKnownAt) > (await newestOf(pool, list)) ? asKnownAt : undefined;
}

/** The entity whose today is meant when a question names none; it exists from the start. */
const MAIN_ENTITY = 'main';

/** One page, within the scope. `today` is the business date of a dated list whose first page names none. */
export async function readList(
  pool: pg.Pool,
  list: ListDefinition,
  asked: ListAsked,
  scope: Scope,
  today?: string,
): Promise<ListAnswer> {
  const { fixed, page: pageAt } = resume({ ...list, key: KEYS[list.sort.type], id: zUuid }, asked, scope);
  const asOf = fixed.asOf ?? today;
  const page = pageAt({ asKnownAt: fixed.asKnownAt ?? (await newestOf(pool, list)), asOf });
  const { rows } = await pool.query<ListRow>(...statementOf(list, asked, scope, page));
  const { items, ...rest } = pageOf(rows, page, ({ key, id }) => ({ key, id }));
  return { ...(asOf !== undefined && { asOf }), items: items.map(({ item }) => item), ...rest };
}

interface ListRow {
  readonly key: string;
  readonly id: string;
  readonly item: object;
}

function statementOf(
  list: ListDefinition,
  asked: ListAsked,
  scope: Scope,
  { after, limit, place }: Page,
): [text: string, values: unknown[]] {
  const values: unknown[] = [];
  const $ = (value: unknown) => `$${values.push(value)}`;
  const at = parametersOf(place, $);
  const where = [`${list.recordedAt} <= ${at.known}`];
  for (const [field, value] of Object.entries(filtersOf(asked))) {
    const filter = list.filters[field];
    if (filter === undefined) throw new TypeError(`${list.route} has no filter ${field}`);
    where.push(filter($(value), at));
  }
  if (list.owned !== null && scope.kind === 'owners') where.push(list.owned(`${$([...scope.ownerIds])}::uuid[]`));
  const { key, type, descending } = list.sort;
  if (after !== undefined)
    where.push(`(${key}, ${list.id}) ${descending ? '<' : '>'} (${$(after.key)}::${type}, ${$(after.id)}::uuid)`);
  const order = descending ? 'desc' : 'asc';
  const text = `select (${key})::text as key, (${list.id})::text as id,
      (select row_to_json(item) from (select ${list.select(at)}) item) as item
    from ${list.from(at)} where ${where.join(' and ')}
    order by ${key} ${order}, ${list.id} ${order} limit ${$(limit + 1)}::integer`;
  return [text, values];
}

/**
 * Each parameter has one type and is named only where it is used: PostgreSQL takes the type of a parameter from the first
 * place that it meets, and an instant that it prints itself does not compare with those that are kept as text.
 */
function parametersOf({ asKnownAt, asOf }: ListMoment, $: (value: unknown) => string): ListParameters {
  const once = (value: unknown, type: string) => {
    let placeholder: string | undefined;
    return () => (placeholder ??= `${$(value)}::${type}`);
  };
  const known = once(asKnownAt, 'timestamptz');
  const knownText = once(inMicroseconds(asKnownAt), 'text');
  const date = once(asOf, 'date');
  return {
    get known() {
      return known();
    },
    get knownText() {
      return knownText();
    },
    get asOf() {
      return date();
    },
  };
}

function filtersOf(asked: ListAsked): { readonly [field: string]: unknown } {
  const { limit: _limit, cursor: _cursor, consistentWith: _token, asOf: _asOf, asKnownAt: _known, ...filters } = asked;
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}

/**
 * The moment of a first page: that of the last change which the list has folded. The clock would not do: what is recorded
 * before it may be folded after the first page was read.
 */
async function newestOf(pool: pg.Pool, list: ListDefinition): Promise<string> {
  const newest = list.newest.map((query) => `(${query})`).join(', ');
  const { rows } = await pool.query<{ at: string | null }>(`select ${instantText(`greatest(${newest})`)} as at`);
  return rows[0]?.at ?? NOTHING_KNOWN_YET;
}
