import { type Cursor, decodeCursor, parseOrRefuse, zInstant, zUuid } from '@kontor/http';
import { z } from 'zod';

/**
 * Where the page before ended. A cursor is only text that somebody sent: what goes from it into a statement is checked for
 * its form, so that a mended cursor is a problem of the caller and not a fault of ours.
 */
export function placeOf(cursor: string | undefined, question: string, key: z.ZodType<string>): Cursor | undefined {
  const decoded = decodeCursor(cursor, question);
  if (decoded === undefined) return undefined;
  const { cursor: place } = parseOrRefuse(
    z.object({ cursor: z.object({ key, id: zUuid, asKnownAt: zInstant, question: z.string() }) }),
    { cursor: decoded },
  );
  return place;
}
