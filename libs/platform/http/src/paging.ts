import { z } from 'zod';
import { zConsistencyToken } from './fields.ts';
import { Problem } from './problem.ts';
import { requestHash } from '@kontor/service';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 500;

const zLimit = z.coerce
  .number('must be a number')
  .int()
  .min(1, 'must be at least 1')
  .max(MAX_PAGE_SIZE, `must be at most ${MAX_PAGE_SIZE}`)
  .default(DEFAULT_PAGE_SIZE);

/** Query fields of every list: spread them into the list's own schema. */
export const pageFields = {
  limit: zLimit.describe('Page size, 1 to 500.'),
  cursor: z.string().max(4000).optional().describe('`next` of the page before.'),
  consistentWith: zConsistencyToken.optional(),
};

/** Where the page before ended: its last (sort key, id), and the moment, filters and scope that all pages share. */
export interface Cursor {
  readonly key: string;
  readonly id: string;
  readonly asKnownAt: string;
  readonly question: string;
}

const zCursor = z.strictObject({
  key: z.string(),
  id: z.string(),
  asKnownAt: z.string(),
  question: z.string(),
});

/** What a cursor belongs to: the route, its filters and the scope of the caller. */
export function questionOf(route: string, filters: object, scope: string): string {
  return requestHash({ route, filters, scope }).slice(0, 16);
}

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor), 'utf8').toString('base64url');
}

/** Undefined for the first page; a problem for a cursor that is broken or of another question. */
export function decodeCursor(text: string | undefined, question: string): Cursor | undefined {
  if (text === undefined) return undefined;
  const parsed = zCursor.safeParse(jsonOf(text));
  if (!parsed.success) throw cursorProblem('InvalidCursor', 'is not a cursor that Kontor gave');
  if (parsed.data.question !== question)
    throw cursorProblem('CursorOfAnotherQuery', 'belongs to other filters or another scope');
  return parsed.data;
}

/** The page of `limit` rows from `limit + 1` that were read, and the cursor of the next one. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  place: { readonly asKnownAt: string; readonly question: string },
  keyOf: (row: Row) => { key: string; id: string },
): { items: Row[]; next: string | null; asKnownAt: string } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last !== undefined ? encodeCursor({ ...keyOf(last), ...place }) : null;
  return { items, next, asKnownAt: place.asKnownAt };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function cursorProblem(code: string, reason: string): Problem {
  return new Problem(400, code, `cursor: ${reason}`, { errors: [{ field: 'cursor', reason }] });
}
