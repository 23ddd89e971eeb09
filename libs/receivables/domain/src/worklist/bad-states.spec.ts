import { describe, expect, it } from '@jest/globals';
import { aboveNorm, portfolioOf, type Standing } from './bad-states.ts';

const TODAY = '2026-03-31';
const standing = (more: Partial<Standing>): Standing => ({
  accountId: 'a',
  exposureMinor: 10_000,
  overdueMinor: 0,
  limitMinor: 8_000,
  limitValidUntil: null,
  ...more,
});

describe('the two bad states of a client', () => {
  it.each([
    ['by what exceeds the limit', {}, 2_000],
    ['not up to the limit', { limitMinor: 10_000 }, 0],
    ['by all of it when the limit has ended', { limitValidUntil: '2026-03-30' }, 10_000],
    ['not on the last day of the limit', { limitMinor: 10_000, limitValidUntil: TODAY }, 0],
    ['not without a limit', { limitMinor: null }, 0],
    ['not while the client has credit with us', { exposureMinor: -500, limitMinor: 0 }, 0],
  ] as const)('R-04: above norm %s', (_what, more, above) => {
    expect(aboveNorm(standing(more), TODAY, 'unlimited')).toBe(above);
  });

  it('R-04: without a limit all is above norm where none means zero', () => {
    expect(aboveNorm(standing({ limitMinor: null }), TODAY, 'zero')).toBe(10_000);
  });

  it('R-04: above norm and overdue are counted apart: in one, in both, in none', () => {
    const portfolio = portfolioOf(
      [
        standing({ accountId: 'above' }),
        standing({ accountId: 'overdue', limitMinor: 50_000, overdueMinor: 3_000 }),
        standing({ accountId: 'both', exposureMinor: 9_000, overdueMinor: 9_000 }),
        standing({ accountId: 'none', exposureMinor: 0 }),
      ],
      TODAY,
      'unlimited',
    );
    expect(portfolio).toEqual({
      accounts: 4,
      exposureMinor: 29_000n,
      aboveNorm: { accounts: 2, amountMinor: 3_000n },
      overdue: { accounts: 2, amountMinor: 12_000n },
    });
  });

  it('R-04: a sum beyond 2^53 − 1 is told exactly', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const both = [standing({ overdueMinor: most }), standing({ overdueMinor: most })];
    expect(portfolioOf(both, TODAY, 'unlimited').overdue.amountMinor).toBe(18_014_398_509_481_982n);
  });
});
