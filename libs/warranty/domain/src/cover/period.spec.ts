import { describe, expect, it } from '@jest/globals';
import { addDays, daysBetween, endOfMonth } from '@kontor/kernel';
import fc from 'fast-check';
import { coverOfReplacement, periodOf } from './period.ts';
import { termAsSold, type Cover, type StartBasis, type Term } from './term.ts';

const TERM: Term = {
  version: 1,
  basis: 'delivery',
  graceCapDays: null,
  partsMonths: 24,
  labourMonths: 12,
  minimumMonths: 6,
  replacementPolicy: 'minimum',
  caps: { claims: null, parts: null, labour: null },
};
const cover = (deliveredOn: string, term: Partial<Term> = {}): Cover => ({
  term: { ...TERM, ...term },
  deliveredOn,
  remaining: { parts: null, labour: null },
});

const aDate = fc.integer({ min: 0, max: 36_524 }).map((days) => addDays('1970-01-01', days));
const months = fc.integer({ min: 1, max: 120 });

describe('the period of a cover', () => {
  it.each([
    ['2026-03-02', 12, '2027-03-02', 'an ordinary day'],
    ['2024-02-29', 12, '2025-02-28', '29 February into a common year'],
    ['2024-02-29', 48, '2028-02-29', '29 February into a leap year'],
    ['2023-02-28', 12, '2024-02-28', '28 February keeps its number in a leap year'],
    ['2026-08-31', 6, '2027-02-28', 'the 31st into February'],
    ['2026-05-31', 1, '2026-06-30', 'the 31st into a month of 30 days'],
    ['2026-12-31', 2, '2027-02-28', 'across the end of a year'],
  ])('W-02: a term from %s of %i months ends with %s (%s)', (start, length, end) => {
    expect(periodOf(cover(start, { partsMonths: length, labourMonths: length }), null)).toEqual({
      start,
      end,
      partsEnd: end,
      labourEnd: end,
    });
  });

  it('W-02: keeps parts and labour apart', () => {
    expect(periodOf(cover('2026-03-02'), null)).toEqual({
      start: '2026-03-02',
      end: '2028-03-02',
      partsEnd: '2028-03-02',
      labourEnd: '2027-03-02',
    });
    expect(periodOf(cover('2026-03-02', { labourMonths: 0 }), null).labourEnd).toBeNull();
  });

  it('W-02: waits for the invoice, the installation or the receipt', () => {
    expect(periodOf(cover('2026-03-02', { basis: 'install' }), null)).toEqual({
      start: null,
      end: null,
      partsEnd: null,
      labourEnd: null,
    });
    expect(periodOf(cover('2026-03-02', { basis: 'install' }), '2026-04-10').start).toBe('2026-04-10');
  });

  it('W-02: starts no later than the grace cap, and no earlier than the delivery', () => {
    const receive = cover('2026-03-02', { basis: 'receive', graceCapDays: 30 });
    expect(periodOf(receive, '2026-05-20').start).toBe('2026-04-01');
    expect(periodOf(receive, '2026-02-20').start).toBe('2026-03-02');
  });

  it('W-02: any term ends in the month it should, on the same day or the last one', () => {
    fc.assert(
      fc.property(aDate, months, (start, length) => {
        const end = periodOf(cover(start, { partsMonths: length, labourMonths: 0 }), null).end ?? '';
        const monthsBetween =
          (Number(end.slice(0, 4)) - Number(start.slice(0, 4))) * 12 +
          Number(end.slice(5, 7)) -
          Number(start.slice(5, 7));
        expect(monthsBetween).toBe(length);
        expect(end.slice(8) === start.slice(8) || (end === endOfMonth(end) && end.slice(8) < start.slice(8))).toBe(
          true,
        );
      }),
    );
  });

  it('W-02: a start is between delivery and grace cap, whatever the basis and its date', () => {
    const basis = fc.constantFrom<StartBasis>('delivery', 'invoice', 'install', 'receive');
    fc.assert(
      fc.property(
        aDate,
        fc.integer({ min: -400, max: 400 }),
        fc.integer({ min: 0, max: 365 }),
        basis,
        (on, days, grace, by) => {
          const start = periodOf(cover(on, { basis: by, graceCapDays: grace }), addDays(on, days)).start ?? '';
          expect(daysBetween(on, start)).toBe(by === 'delivery' ? 0 : Math.min(Math.max(days, 0), grace));
        },
      ),
    );
  });
});

describe('the cover of a replacement', () => {
  const old = { parts: '2028-03-02', labour: '2027-03-02' };

  it('W-03: by policy remaining, it has what was left', () => {
    const given = coverOfReplacement(TERM, 'remaining', old, '2027-06-01');
    expect(periodOf(given, null)).toEqual({
      start: '2027-06-01',
      end: '2028-03-02',
      partsEnd: '2028-03-02',
      labourEnd: null,
    });
  });

  it('W-03: by policy minimum, at least the statutory minimum runs anew', () => {
    const given = coverOfReplacement(TERM, 'minimum', old, '2028-02-01');
    expect(periodOf(given, null)).toEqual({
      start: '2028-02-01',
      end: '2028-08-01',
      partsEnd: '2028-08-01',
      labourEnd: '2028-08-01',
    });
  });

  it('W-03: by policy new, the whole term runs anew', () => {
    expect(periodOf(coverOfReplacement(TERM, 'new', old, '2027-06-01'), null).end).toBe('2029-06-01');
  });

  it('W-03: what was over stays over when only the remaining is given', () => {
    expect(coverOfReplacement(TERM, 'remaining', old, '2028-03-03')).toBeNull();
    expect(coverOfReplacement(null, 'new', old, '2026-06-01')).toBeNull();
  });

  it('W-03: parts and labour are left each to its own last day', () => {
    const left = (given: Cover['remaining'], on: string) => coverOfReplacement(TERM, 'remaining', given, on)?.remaining;
    expect(left(old, '2027-03-02')).toEqual(old);
    expect(left(old, '2027-03-03')).toEqual({ parts: '2028-03-02', labour: null });
    expect(left(old, '2028-03-02')).toEqual({ parts: '2028-03-02', labour: null });
    expect(left({ parts: null, labour: '2027-03-02' }, '2027-03-02')).toEqual({ parts: null, labour: '2027-03-02' });
    expect(left({ parts: null, labour: null }, '2027-03-02')).toBeUndefined();
    // A term of one kind only is not nothing.
    const partsOnly = { ...TERM, labourMonths: 0 };
    expect(periodOf(coverOfReplacement(partsOnly, 'new', { parts: null, labour: null }, '2029-01-31'), null)).toEqual({
      start: '2029-01-31',
      end: '2031-01-31',
      partsEnd: '2031-01-31',
      labourEnd: null,
    });
  });

  it('W-03: no policy takes a day of what was left', () => {
    const policy = fc.constantFrom<Term['replacementPolicy']>('remaining', 'minimum', 'new');
    fc.assert(
      fc.property(aDate, fc.integer({ min: 0, max: 900 }), policy, (on, left, by) => {
        const parts = addDays(on, left);
        expect(
          (periodOf(coverOfReplacement(TERM, by, { parts, labour: null }, on), null).partsEnd ?? '') >= parts,
        ).toBe(true);
      }),
    );
  });
});

describe('the term as it was sold', () => {
  it('W-02: has the months of the order line, and none without months', () => {
    expect(termAsSold(null, 'delivery')).toBeNull();
    expect(termAsSold(0, 'delivery')).toBeNull();
    expect(termAsSold(24, 'invoice')).toEqual({
      version: 0,
      basis: 'invoice',
      graceCapDays: null,
      partsMonths: 24,
      labourMonths: 24,
      minimumMonths: 0,
      replacementPolicy: 'remaining',
      caps: { claims: null, parts: null, labour: null },
    });
  });
});
