import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { moneyText, RATE_ONE } from '@kontor/kernel';
import { probabilityOn, weightedAmount, weightedTotals } from './weighting.ts';

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const deals = fc.array(
  fc.record({
    amount: fc.record({
      amountMinor: fc.integer({ min: 0, max: 1e12 }),
      currency: fc.constantFrom('EUR', 'USD', 'JPY'),
    }),
    probability: fc.integer({ min: 0, max: RATE_ONE }),
  }),
  { maxLength: 40 },
);

describe('the weighted pipeline', () => {
  it('P-04: 100.00 at 99 % and 200.00 at 0 % weigh 99.00, not an average times a sum', () => {
    const totals = weightedTotals([
      { amount: eur(10_000), probability: 99_000 },
      { amount: eur(20_000), probability: 0 },
    ]);
    expect(totals.map(moneyText)).toEqual(['99.00']);
  });

  it('P-04: rounds each deal by itself, half to even', () => {
    expect(weightedAmount(eur(1), 50_000)).toEqual(eur(0));
    expect(weightedAmount(eur(3), 50_000)).toEqual(eur(2));
    expect(weightedTotals([1, 1, 1].map((minor) => ({ amount: eur(minor), probability: 50_000 })))).toEqual([eur(0)]);
  });

  it('P-04: lost weighs nothing and won everything, whatever was thought of the deal', () => {
    const override = { probability: 42_000, expiresOn: null };
    expect(probabilityOn({ kind: 'lost', probability: 30_000 }, override, '2026-01-01')).toBe(0);
    expect(probabilityOn({ kind: 'won', probability: 30_000 }, override, '2026-01-01')).toBe(RATE_ONE);
  });

  it('P-02: an override holds to its last day, the default of the stage is kept beside it', () => {
    const stage = { kind: 'open', probability: 50_000 } as const;
    const override = { probability: 90_000, expiresOn: '2026-06-30' };
    expect(probabilityOn(stage, null, '2026-06-30')).toBe(50_000);
    expect(probabilityOn(stage, override, '2026-06-30')).toBe(90_000);
    expect(probabilityOn(stage, override, '2026-07-01')).toBe(50_000);
  });

  it('P-04: a deal never weighs more than its amount, and amounts of different currencies are never added', () => {
    fc.assert(
      fc.property(deals, (many) => {
        const totals = weightedTotals(many);
        expect(totals.map(({ currency }) => currency)).toEqual(
          [...new Set(many.map(({ amount }) => amount.currency))].sort(),
        );
        for (const total of totals) {
          const own = many.filter(({ amount }) => amount.currency === total.currency);
          expect(total.amountMinor).toBe(
            own.reduce((sum, deal) => sum + weightedAmount(deal.amount, deal.probability).amountMinor, 0),
          );
          expect(total.amountMinor).toBeLessThanOrEqual(own.reduce((sum, deal) => sum + deal.amount.amountMinor, 0));
        }
      }),
    );
  });

  it('P-04: the order of the deals does not matter', () => {
    fc.assert(
      fc.property(deals, (many) => {
        expect(weightedTotals([...many].reverse())).toEqual(weightedTotals(many));
      }),
    );
  });
});
