import { describe, expect, it } from '@jest/globals';
import { pageOf } from './list.ts';
import { withFiltersOfCursor, withNextFilters } from './next-page.ts';
import { type Cursor, decodeCursor, encodeCursor, filtersOf, questionOf, withFilters } from './paging.ts';
import { Problem } from './problem.ts';

const question = questionOf('/v1/things', { kind: 'a' }, 'all');
const cursor: Cursor = { key: 'B', id: '2', asKnownAt: '2026-01-01T00:00:00.000000Z', question };

function codeOf(text: string): string {
  try {
    decodeCursor(text, question);
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
  return 'none';
}

describe('cursors', () => {
  it('carry the place, the moment, the question and the filters as they were asked', () => {
    const text = withFilters(encodeCursor(cursor), { kind: 'a' });
    expect(decodeCursor(text, question)).toEqual(cursor);
    expect(filtersOf(text)).toEqual({ kind: 'a' });
  });

  it('of another question, of another make or with characters that no text has are refused', () => {
    expect(codeOf(encodeCursor({ ...cursor, question: 'another' }))).toBe('CursorOfAnotherQuery');
    const broken = [
      '',
      'x',
      encodeCursor({ ...cursor, key: 'a\u0000b' }),
      encodeCursor({ ...cursor, asKnownAt: '2026-01-01T00:00:00+23:00' }),
      encodeCursor({ ...cursor, asKnownAt: '2026-02-30T00:00:00Z' }),
      encodeCursor({ ...cursor, asOf: '2026-02-30' }),
    ];
    expect(broken.map(codeOf)).toEqual(broken.map(() => 'InvalidCursor'));
    expect(codeOf(withFilters(encodeCursor(cursor), { a: 'b' }))).toBe('none');
    expect(filtersOf(encodeCursor({ ...cursor, id: '\ud800' }))).toEqual({});
  });

  it('alone ask for the next page of the same question; what is said beside them stands', () => {
    const answer = (query: { readonly [name: string]: unknown }) => {
      const rows = [{ key: 'A', id: '1' }, cursor];
      const place = { asKnownAt: cursor.asKnownAt, question };
      const seen = withFiltersOfCursor(query);
      const page = pageOf(rows, { limit: 1, after: undefined, place }, ({ key, id }) => ({ key, id }));
      return { seen, next: (withNextFilters(page, seen) as { next: string }).next };
    };
    const first = answer({ kind: 'a', limit: '1' });
    const alone = answer({ cursor: first.next });
    expect(alone.seen).toEqual({ kind: 'a', cursor: first.next });
    expect(filtersOf(alone.next)).toEqual({ kind: 'a' });
    const other = answer({ cursor: first.next, kind: 'b' });
    expect(other.seen).toEqual({ kind: 'b', cursor: first.next });
  });
});
