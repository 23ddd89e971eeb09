import { type Scope, scopeLabel } from '@kontor/auth';
import type { z } from 'zod';
import {
  type Cursor,
  cursorOfAnotherQuery,
  decodeCursor,
  encodeCursor,
  invalidCursor,
  type ListMoment,
  questionOf,
} from './paging.ts';

/** The moment of an answer that rests on nothing: whoever asks for it again gets the same, which is nothing. */
export const NOTHING_KNOWN_YET = '1970-01-01T00:00:00.000000Z';

/** What makes a list one question, and the forms of the sort key and id that come back in its cursors from outside. */
export interface ListShape {
  readonly route: string;
  readonly key: z.ZodType<string>;
  readonly id: z.ZodType<string>;
}

/** A moment as far as it is said: by the caller, or by the first page. */
export interface FixedMoment {
  readonly asKnownAt?: string | undefined;
  readonly asOf?: string | undefined;
}

/** What was asked of a list; everything but the fields named here is a filter. */
export interface ListAsked extends FixedMoment {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly consistentWith?: string | undefined;
  readonly [filter: string]: unknown;
}

/** One page of a list: where it begins, how long it is, and what the cursor of the next one carries. */
export interface Page {
  readonly limit: number;
  readonly after: { readonly key: string; readonly id: string } | undefined;
  readonly place: ListMoment & { readonly question: string };
}

export interface Resumed {
  /** What the caller asked for and, on pages after the first, what the first one fixed. */
  readonly fixed: FixedMoment;
  readonly page: (moment: ListMoment) => Page;
}

/**
 * Where a list is read on. The first page fixes the moment, business date included; its cursor carries that with filters and
 * scope, so that the pages are of one moment, over midnight too. Beside a cursor all of it may be said again, but not be
 * something else.
 */
export function resume(shape: ListShape, asked: ListAsked, scope: Scope): Resumed {
  const { limit, cursor: text, consistentWith: _token, asOf, asKnownAt, ...filters } = asked;
  const question = questionOf(shape.route, filters, scopeLabel(scope));
  const cursor = decodeCursor(text, question);
  if (cursor === undefined)
    return {
      fixed: { asOf, asKnownAt },
      page: (moment) => ({ limit, after: undefined, place: { ...moment, question } }),
    };
  if (!shape.key.safeParse(cursor.key).success || !shape.id.safeParse(cursor.id).success) throw invalidCursor();
  if (isOther(asOf, cursor.asOf) || isOther(asKnownAt, cursor.asKnownAt)) throw cursorOfAnotherQuery();
  return { fixed: cursor, page: () => ({ limit, after: cursor, place: placeOf(cursor) }) };
}

/** The page of `limit` rows from the `limit + 1` that were read, and the cursor of the next one. */
export function pageOf<Row>(
  rows: readonly Row[],
  { limit, place }: Page,
  keyOf: (row: Row) => { readonly key: string; readonly id: string },
): { items: Row[]; next: string | null; asKnownAt: string } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last !== undefined ? encodeCursor({ ...keyOf(last), ...place }) : null;
  return { items, next, asKnownAt: place.asKnownAt };
}

function isOther(said: string | undefined, fixed: string | undefined): boolean {
  return said !== undefined && said !== fixed;
}

function placeOf({ asKnownAt, asOf, question }: Cursor): Page['place'] {
  return { asKnownAt, asOf, question };
}
