import { decodeCursor, parseOrRefuse, Problem, questionOf, zBusinessDate } from '@kontor/http';
import { z } from 'zod';
import { zKnownAt } from './known-at.ts';

/** A page of a list: where it begins, how long it is, and what the cursor of the next one carries. */
export interface Page {
  readonly limit: number;
  readonly after: { readonly key: string; readonly id: string } | undefined;
  /** The sort key as it goes into a cursor: with the business date, so that pages stay of one day over midnight. */
  readonly keyOf: (sortKey: string) => string;
  readonly place: { readonly asKnownAt: string; readonly question: string };
}

export interface Resumed {
  /** Set on pages after the first: the moment that the first page fixed. */
  readonly fixed: { readonly asOf: string; readonly asKnownAt: string } | undefined;
  readonly page: (moment: { readonly asOf: string; readonly asKnownAt: string }) => Page;
}

const SEPARATOR = '|';
const zFixed = z.object({ asOf: zBusinessDate, asKnownAt: zKnownAt });

/**
 * Reads the cursor of a list. It carries the moment that the first page fixed, and belongs to one route, one set of
 * filters and one scope. `shape` says what its sort key and id look like: a cursor comes from outside.
 */
export function resume(
  asked: { readonly limit: number; readonly cursor?: string | undefined },
  route: string,
  filters: object,
  scope: string,
  shape: { readonly key: z.ZodType<string>; readonly id: z.ZodType<string> },
): Resumed {
  const question = questionOf(route, filters, scope);
  const cursor = decodeCursor(asked.cursor, question);
  const parts = cursor === undefined ? undefined : cut(cursor.key);
  const fixed =
    cursor === undefined || parts === undefined
      ? undefined
      : parseOrRefuse(zFixed, { asOf: parts.asOf, asKnownAt: cursor.asKnownAt });
  const after =
    cursor === undefined || parts === undefined
      ? undefined
      : parseOrRefuse(z.object({ key: shape.key, id: shape.id }), { key: parts.sortKey, id: cursor.id });
  return {
    fixed,
    page: (moment) => ({
      limit: asked.limit,
      after,
      keyOf: (sortKey) => `${moment.asOf}${SEPARATOR}${sortKey}`,
      place: { asKnownAt: moment.asKnownAt, question },
    }),
  };
}

function cut(key: string): { readonly asOf: string; readonly sortKey: string } {
  const at = key.indexOf(SEPARATOR);
  if (at < 0)
    throw new Problem(400, 'InvalidCursor', 'cursor: is not a cursor that Kontor gave', {
      errors: [{ field: 'cursor', reason: 'is not a cursor that Kontor gave' }],
    });
  return { asOf: key.slice(0, at), sortKey: key.slice(at + 1) };
}
