import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitCost } from './cost-split.ts';

const amount = fc.integer({ min: 0, max: 10_000_000 });
const room = fc.option(amount.map((amountMinor) => ({ amountMinor, currency: 'EUR' })));

describe('who bears a repair', () => {
  it('W-07: the shares sum to the cost, and none exceeds what it may be', () => {
    fc.assert(
      fc.property(
        amount,
        amount,
        fc.boolean(),
        fc.boolean(),
        room,
        room,
        amount,
        amount,
        (parts, labour, coversParts, coversLabour, partsRoom, labourRoom, borne, goodwillLeft) => {
          const split = splitCost(
            { partsMinor: parts, labourMinor: labour },
            {
              coverage: coversParts || coversLabour ? 'warranty' : 'paid',
              coversParts,
              coversLabour,
              reasonCode: 'WithinTerm',
              warrantyStart: null,
              warrantyEnd: null,
              termVersion: null,
              partsRoom,
              labourRoom,
              goodwill: { amountMinor: goodwillLeft, currency: 'EUR' },
            },
            { partsMinor: borne, labourMinor: borne },
            goodwillLeft,
          );
          expect(split.borneByUsMinor + split.borneByClientMinor).toBe(parts + labour);
          expect(split.coveredPartsMinor + split.coveredLabourMinor + split.goodwillMinor).toBe(split.borneByUsMinor);
          expect(split.goodwillMinor).toBeLessThanOrEqual(goodwillLeft);
          expect(
            Math.min(split.coveredPartsMinor, split.coveredLabourMinor, split.borneByClientMinor),
          ).toBeGreaterThanOrEqual(0);
          if (partsRoom !== null)
            expect(split.coveredPartsMinor).toBeLessThanOrEqual(Math.max(0, partsRoom.amountMinor - borne));
          if (!coversLabour) expect(split.coveredLabourMinor).toBe(0);
        },
      ),
    );
  });
});
