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
    expect(refusal({ quantity: { value: 1.5, scale: 0 } })).toBe('QuantityOutOfRange');
    expect(refusal({ quantity: { value: 1, scale: 0.5 } })).toBe('QuantityOutOfRange');
    expect(refusal({ quantity: { value: 1, scale: -1 } })).toBe('QuantityOutOfRange');
  });

  it('O-06: says which line, and what is wrong with it', () => {
    const told = (line: Partial<typeof trackedLine>) => {
      const result = priceLines([{ ...trackedLine, ...line }], 'USD');
      return result.kind === 'refused' ? result.refusal : result.kind;
    };
    expect(told({ quantity: { value: 0, scale: 0 } })).toEqual({
      code: 'QuantityOutOfRange',
      sentence: 'The quantity of line 1 is not above 0 and at most 1000000000.',
      facts: { lineId: 1, quantity: { value: 0, scale: 0 } },
    });
    expect(told({ discountRate: -1 })).toEqual({
      code: 'DiscountOutOfRange',
      sentence: 'The discount of line 1 is not between 0 and 100 %.',
      facts: { lineId: 1, discountRate: -1 },
    });
    expect(told({ unitPrice: { value: Number.MAX_SAFE_INTEGER, scale: 0 } })).toEqual({
      code: 'AmountTooLarge',
      sentence: 'The amount of line 1 is beyond 2^53 − 1 minor units.',
      facts: { lineId: 1 },
    });
    expect(priceLines([trackedLine, trackedLine], 'USD')).toEqual({
      kind: 'refused',
      refusal: { code: 'LineRepeated', sentence: 'Line 1 is there twice.', facts: { lineId: 1 } },
    });
  });

  it('O-06: the largest quantity and a discount of everything are lines', () => {
    expect(refusal({ quantity: { value: MAX_QUANTITY_UNITS, scale: 0 } })).toBe('priced');
    expect(priceLines([{ ...trackedLine, discountRate: 100_000 }], 'USD')).toEqual({
      kind: 'priced',
      lines: [{ ...trackedLine, discountRate: 100_000, amountMinor: 0 }],
      totalMinor: 0,
    });
  });

  it('O-06: a sum beyond 2^53 − 1 is refused, not rounded', () => {
    const huge = {
      ...hoursLine,
      quantity: { value: 1, scale: 0 },
      unitPrice: { value: Number.MAX_SAFE_INTEGER, scale: 2 },
    };
    const result = priceLines([huge, { ...huge, lineId: 3 }], 'USD');
    expect(result).toEqual({
      kind: 'refused',
      refusal: { code: 'AmountTooLarge', sentence: 'The sum of the lines is beyond 2^53 − 1 minor units.', facts: {} },
    });
    expect(priceLines([huge], 'USD')).toEqual({
      kind: 'priced',
      lines: [{ ...huge, amountMinor: Number.MAX_SAFE_INTEGER }],
      totalMinor: Number.MAX_SAFE_INTEGER,
    });
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
