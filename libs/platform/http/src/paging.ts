import { isBusinessDate } from '@kontor/kernel';
import { requestHash } from '@kontor/service';
import { z } from 'zod';
import { hasBadCharacter, zBusinessDate, zConsistencyToken, zWhole } from './fields.ts';
import { zKnownAt } from './known-at.ts';
import { Problem } from './problem.ts';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 500;

const zLimit = zWhole(1, MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE);

/** Query fields of every list: spread them into the list's own schema. */
export const pageFields = {
  limit: zLimit.describe('Page size, 1 to 500.'),
  cursor: z
    .string()
    .max(4000, 'must have at most 4000 characters')
    .optional()
    .describe('`next` of the page before. It carries the filters: they may be said again, but not be others.'),
  asKnownAt: zKnownAt
    .optional()
    .describe('Recorded time: the list as it was known then, in its rows, fields and filters. Default: now.'),
  consistentWith: zConsistencyToken.optional(),
};

/** What the first page of a list fixes and the cursor carries: what was known when, and the business date where one counts. */
export interface ListMoment {
  readonly asKnownAt: string;
  readonly asOf?: string | undefined;
}

/** Where the page before ended: its last (sort key, id), and the moment, filters and scope that all pages share. */
export interface Cursor extends ListMoment {
  readonly key: string;
  readonly id: string;
  readonly question: string;
}

/** An instant as the platform writes it; nothing else goes into a statement, whatever a caller made of a cursor. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

// What a cursor holds goes into statements, and PostgreSQL takes no NUL in a text.
const zPlain = z.string().refine((text) => !hasBadCharacter(text));
const zFilters = z.record(zPlain, zPlain);
const zCursor = z.strictObject({
  key: zPlain,
  id: zPlain,
  asKnownAt: z
    .string()
    .refine((text) => INSTANT.test(text) && isBusinessDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))),
  asOf: zBusinessDate.optional(),
  question: zPlain,
  filters: zFilters.optional(),
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
  if (!parsed.success) throw invalidCursor();
  if (parsed.data.question !== question) throw cursorOfAnotherQuery();
  const { filters: _filters, ...cursor } = parsed.data;
  return cursor;
}

/** The query fields that make the question of a list; those that only say where to read on are not among them. */
export function filtersIn(query: { readonly [name: string]: unknown }): { readonly [name: string]: string } {
  const { limit: _limit, cursor: _cursor, consistentWith: _token, ...filters } = query;
  return Object.fromEntries(
    Object.entries(filters).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The filters that a cursor carries; none for what is no cursor, which the list itself refuses. */
export function filtersOf(cursor: string): { readonly [name: string]: string } {
  const parsed = zCursor.safeParse(jsonOf(cursor));
  return parsed.success ? (parsed.data.filters ?? {}) : {};
}

/** The cursor with the filters of its list, as they were asked. */
export function withFilters(cursor: string, filters: { readonly [name: string]: string }): string {
  const parsed = zCursor.parse(jsonOf(cursor));
  return Buffer.from(JSON.stringify({ ...parsed, filters }), 'utf8').toString('base64url');
}

export function invalidCursor(): Problem {
  return cursorProblem('InvalidCursor', 'is not a cursor that Kontor gave');
}

export function cursorOfAnotherQuery(): Problem {
  return cursorProblem('CursorOfAnotherQuery', 'belongs to other filters, another moment or another scope');
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
