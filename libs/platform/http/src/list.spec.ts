import { describe, expect, it } from '@jest/globals';
import type { Scope } from '@kontor/auth';
import { z } from 'zod';
import { type FixedMoment, type ListAsked, pageOf, resume } from './list.ts';
import { encodeCursor } from './paging.ts';
import { Problem } from './problem.ts';

const ALL: Scope = { kind: 'all' };
const things = { route: '/v1/things', key: z.string().regex(/^[A-Z]$/), id: z.string().regex(/^\d$/) };
const rows = ['A', 'B', 'C'].map((key, index) => ({ key, id: String(index) }));
const monday = { asKnownAt: '2026-03-02T23:59:59.000001Z', asOf: '2026-03-02' };

/** A page of one row as it is answered at a moment, and what the cursor of the next one is. */
function answer(asked: Omit<ListAsked, 'limit'>, now: FixedMoment, scope: Scope = ALL) {
  const { fixed, page } = resume(things, { ...asked, limit: 1 }, scope);
  const moment = { asKnownAt: fixed.asKnownAt ?? now.asKnownAt ?? '', asOf: fixed.asOf ?? now.asOf };
  const at = page(moment);
  const left = rows.filter(({ key }) => at.after === undefined || key > at.after.key);
  return { moment, ...pageOf(left, at, (row) => row) };
}

function refusalOf(asked: Omit<ListAsked, 'limit'>, scope: Scope = ALL): string {
  try {
    answer(asked, {});
    resume(things, { ...asked, limit: 1 }, scope);
    return 'none';
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
}

describe('a list of one moment', () => {
  const first = answer({ kind: 'a' }, monday);
  const cursor = first.next ?? '';
  const tuesday = { asKnownAt: '2026-03-03T00:00:01.000000Z', asOf: '2026-03-03' };

  it('I-06: keeps the moment of its first page, business date included, over midnight', () => {
    expect([first.items, first.moment]).toEqual([[rows[0]], monday]);
    const second = answer({ kind: 'a', cursor }, tuesday);
    expect([second.items, second.moment, second.asKnownAt]).toEqual([[rows[1]], monday, monday.asKnownAt]);
    const third = answer({ kind: 'a', cursor: second.next ?? '' }, tuesday);
    expect([third.items, third.moment, third.next]).toEqual([[rows[2]], monday, null]);
  });

  it('I-06: takes what its first page fixed when it is said again, and refuses another moment, filter or scope', () => {
    expect(answer({ kind: 'a', cursor, ...monday }, tuesday).moment).toEqual(monday);
    expect(refusalOf({ kind: 'a', cursor, asOf: '2026-03-03' })).toBe('CursorOfAnotherQuery');
    expect(refusalOf({ kind: 'a', cursor, asKnownAt: tuesday.asKnownAt })).toBe('CursorOfAnotherQuery');
    expect(refusalOf({ kind: 'b', cursor })).toBe('CursorOfAnotherQuery');
    expect(refusalOf({ kind: 'a', cursor }, { kind: 'owners', ownerIds: [] })).toBe('CursorOfAnotherQuery');
    expect(refusalOf({ kind: 'a', cursor })).toBe('none');
  });

  it('I-06: is asked of a moment in the past, and its pages are of that one', () => {
    const past = answer({ kind: 'a', asOf: '2026-01-31', asKnownAt: '2026-02-01T00:00:00Z' }, monday);
    expect(past.moment).toEqual({ asOf: '2026-01-31', asKnownAt: '2026-02-01T00:00:00Z' });
    expect(answer({ kind: 'a', cursor: past.next ?? '' }, tuesday).moment).toEqual(past.moment);
  });

  it('X-07: refuses a place that no row of it has', () => {
    const change = (more: object) => {
      const decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as Parameters<
        typeof encodeCursor
      >[0];
      return refusalOf({ kind: 'a', cursor: encodeCursor({ ...decoded, ...more }) });
    };
    expect([
      change({ key: 'AB' }),
      change({ id: 'x' }),
      change({ asKnownAt: 'now' }),
      change({ asOf: 'today' }),
    ]).toEqual(['InvalidCursor', 'InvalidCursor', 'InvalidCursor', 'InvalidCursor']);
    expect(change({})).toBe('none');
  });
});
