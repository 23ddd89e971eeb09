import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hoursLine, pricedHours, pricedTracked, trackedLine } from './lines.scenarios.ts';
import { priceLines } from './priced-line.ts';
import { fromMillionths, isQuantity, MAX_QUANTITY_UNITS, millionths, pieces, quantityText } from './quantity.ts';

const refusal = (line: Partial<typeof trackedLine>) => {
  const result = priceLines([{ ...trackedLine, ...line }], 'USD');
  return result.kind === 'refused' ? result.refusal.code : result.kind;
};

describe('priced lines', () => {
  it('O-06: each line is rounded once, half-even, and the lines add up to the total', () => {
    expect(priceLines([trackedLine, hoursLine], 'USD')).toEqual({
      kind: 'priced',
      lines: [pricedTracked, pricedHours],
      totalMinor: 309_998,
    });
  });

  it('O-06: a currency without minor units has whole amounts', () => {
    const result = priceLines([hoursLine], 'JPY');
    expect(result).toEqual({ kind: 'priced', lines: [{ ...hoursLine, amountMinor: 250 }], totalMinor: 250 });
  });

  it('O-06: refuses what cannot be a line', () => {
    expect(refusal({ quantity: { value: 0, scale: 0 } })).toBe('QuantityOutOfRange');
    expect(refusal({ quantity: { value: -1, scale: 0 } })).toBe('QuantityOutOfRange');
    expect(refusal({ quantity: { value: 1, scale: 7 } })).toBe('QuantityOutOfRange');
    expect(refusal({ quantity: { value: MAX_QUANTITY_UNITS + 1, scale: 0 } })).toBe('QuantityOutOfRange');
    expect(refusal({ discountRate: 100_001 })).toBe('DiscountOutOfRange');
    expect(refusal({ discountRate: -1 })).toBe('DiscountOutOfRange');
    expect(refusal({ unitPrice: { value: Number.MAX_SAFE_INTEGER, scale: 0 } })).toBe('AmountTooLarge');
    expect(priceLines([trackedLine, trackedLine], 'USD').kind).toBe('refused');
  });

  it('O-06: a sum beyond 2^53 − 1 is refused, not rounded', () => {
    const huge = {
      ...hoursLine,
      quantity: { value: 1, scale: 0 },
      unitPrice: { value: Number.MAX_SAFE_INTEGER, scale: 2 },
    };
    const result = priceLines([huge, { ...huge, lineId: 3 }], 'USD');
    expect(result.kind === 'refused' && result.refusal.code).toBe('AmountTooLarge');
  });

  it('O-06: quantities survive the way through millionths', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000_000_000 }), (value) => {
        const quantity = fromMillionths(value);
        expect(isQuantity(quantity)).toBe(true);
        expect(millionths(quantity)).toBe(value);
        expect(Number(quantityText(quantity))).toBe(quantity.value / 10 ** quantity.scale);
      }),
    );
    expect([pieces({ value: 20, scale: 1 }), pieces({ value: 21, scale: 1 })]).toEqual([2, null]);
  });
});
