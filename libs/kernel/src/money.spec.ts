import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addMoney,
  allocateByWeights,
  applyRate,
  currencyExponent,
  isCurrency,
  lineAmount,
  money,
  moneyText,
} from './money.ts';
import { divideHalfEven, ratioText, scaledText } from './rounding.ts';

describe('money', () => {
  it('refuses to add amounts of different currencies', () => {
    expect(() => addMoney(money(1, 'EUR'), money(1, 'USD'))).toThrow(RangeError);
    expect(addMoney(money(1, 'EUR'), money(2, 'EUR'))).toEqual({ amountMinor: 3, currency: 'EUR' });
  });

  it('knows the exponents of ISO 4217', () => {
    expect(['JPY', 'EUR', 'KWD'].map(currencyExponent)).toEqual([0, 2, 3]);
    expect(isCurrency('EUR')).toBe(true);
    expect(isCurrency('eur')).toBe(false);
    expect(isCurrency('XYZ')).toBe(false);
    expect(moneyText(money(590374, 'USD'))).toBe('5903.74');
    expect(moneyText(money(-5, 'KWD'))).toBe('-0.005');
    expect(moneyText(money(7, 'JPY'))).toBe('7');
  });

  it('P-04: applies a probability with one rounding, half to even', () => {
    expect(applyRate(10_000, 99_000)).toBe(9_900);
    expect(applyRate(25, 10_000)).toBe(2);
    expect(applyRate(35, 10_000)).toBe(4);
    expect(applyRate(-25, 10_000)).toBe(-2);
  });

  it('O-02: rounds a line once: quantity × unit price × (1 − discount)', () => {
    expect(lineAmount({ value: 255, scale: 2 }, { value: 6, scale: 0 }, 'GBP')).toEqual(money(1530, 'GBP'));
    expect(lineAmount({ value: 33333, scale: 4 }, { value: 15, scale: 1 }, 'EUR', 10_000)).toEqual(money(450, 'EUR'));
    expect(lineAmount({ value: 1999, scale: 2 }, { value: 3, scale: 0 }, 'JPY')).toEqual(money(60, 'JPY'));
  });

  it('is exact or says so: an amount beyond 2^53 − 1 is an error', () => {
    expect(() => money(Number.MAX_SAFE_INTEGER + 1, 'EUR')).toThrow(RangeError);
    expect(() => addMoney(money(Number.MAX_SAFE_INTEGER, 'EUR'), money(1, 'EUR'))).toThrow(RangeError);
  });

  it('divides by largest remainder, ties by order', () => {
    expect(allocateByWeights(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocateByWeights(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(allocateByWeights(5, [0, 3, 1])).toEqual([0, 4, 1]);
  });

  it('divides so that the parts always sum to the whole and none is off by a unit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 20 }).filter((w) => w.some((x) => x > 0)),
        (total, weights) => {
          const parts = allocateByWeights(total, weights);
          const sum = weights.reduce((a, b) => a + b, 0);
          expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
          parts.forEach((part, index) => {
            expect(Math.abs(part - (total * (weights[index] as number)) / sum)).toBeLessThan(1 + 1e-3);
          });
        },
      ),
    );
  });
});

describe('rounding', () => {
  it('rounds halves to the even neighbour, also below zero', () => {
    const halves = [-3n, -1n, 1n, 3n, 5n].map((n) => divideHalfEven(n, 2n));
    expect(halves).toEqual([-2n, 0n, 0n, 2n, 2n]);
    expect(() => divideHalfEven(1n, 0n)).toThrow(RangeError);
  });

  it('R-17: writes ratios with two decimals, rounded last', () => {
    expect(ratioText(450n * 30n, 300n, 2)).toBe('45.00');
    expect(ratioText(35_000n, 48_000n, 4)).toBe('0.7292');
    expect(ratioText(-1n, 3n, 2)).toBe('-0.33');
    expect(scaledText(5n, 3)).toBe('0.005');
  });
});
