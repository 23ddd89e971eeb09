import { describe, expect, it } from '@jest/globals';
import { countback, monthsBack } from './countback.ts';

const sales = (months: { readonly [month: string]: number }) =>
  new Map(Object.entries(months).map(([month, minor]) => [month, BigInt(minor)]));
const daysOf = (open: number, to: string, months: { readonly [month: string]: number }) =>
  countback(BigInt(open), monthsBack(to, sales(months))).days;

describe('countback DSO', () => {
  it('R-17: 450k with June 200k, May 150k, April 250k is 73 days', () => {
    const found = countback(
      45_000_000n,
      monthsBack('2026-06-30', sales({ '2026-04': 25_000_000, '2026-05': 15_000_000, '2026-06': 20_000_000 })),
    );
    expect([found.days, found.uncoveredMinor]).toEqual(['73.00', 0n]);
    expect(found.months.map(({ month, days, coveredMinor }) => [month, days, coveredMinor])).toEqual([
      ['2026-06', 30, 20_000_000n],
      ['2026-05', 31, 15_000_000n],
      ['2026-04', 30, 10_000_000n],
    ]);
  });

  it.each([
    ['nothing is open', 0, '2026-06-30', { '2026-06': 100 }, '0.00'],
    ['it is all of one month', 100, '2026-06-30', { '2026-06': 100 }, '30.00'],
    ['the month is not over', 50, '2026-06-10', { '2026-06': 100 }, '5.00'],
    ['a month without sales lies between', 150, '2026-06-30', { '2026-04': 100, '2026-06': 100 }, '76.00'],
    [
      'a month has more credit notes than invoices',
      150,
      '2026-06-30',
      { '2026-05': -40, '2026-06': 100, '2026-04': 100 },
      '76.00',
    ],
    ['February has 29 days', 100, '2028-02-29', { '2028-02': 100 }, '29.00'],
    ['it does not divide', 1, '2026-06-30', { '2026-06': 7 }, '4.29'],
    ['sales do not reach back far enough', 101, '2026-06-30', { '2026-06': 100 }, null],
    ['nothing was ever sold', 1, '2026-06-30', {}, null],
  ] as const)('R-17: when %s', (_what, open, to, months, days) => {
    expect(daysOf(open, to, months)).toBe(days);
  });
});
