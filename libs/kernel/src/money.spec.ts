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
    expect(() => addMoney(money(1, 'EUR'), money(1, 'USD'))).toThrow(
      new RangeError('amounts in EUR and USD cannot be added'),
    );
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
    expect(() => currencyExponent('XYZ')).toThrow(new RangeError('XYZ is not a currency of ISO 4217'));
  });

  it('knows the currencies in use, and no funds, units of account or test codes', () => {
    const funds = ['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW', 'XXX', 'XTS', 'XUA', 'XSU', 'XDR'];
    const inUse = ['AED', 'EUR', 'IQD', 'MUR', 'SEK', 'WST', 'XCG', 'ZWG'];
    expect(inUse.filter((code) => !isCurrency(code))).toEqual([]);
    expect([...funds, '', ' '].filter(isCurrency)).toEqual([]);
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
    expect(() => money(Number.MAX_SAFE_INTEGER + 1, 'EUR')).toThrow(
      new RangeError('the amount is beyond 2^53 − 1 minor units'),
    );
    expect(() => addMoney(money(Number.MAX_SAFE_INTEGER, 'EUR'), money(1, 'EUR'))).toThrow(RangeError);
  });

  it('divides by largest remainder, ties by order', () => {
    expect(allocateByWeights(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocateByWeights(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(allocateByWeights(5, [0, 3, 1])).toEqual([0, 4, 1]);
    // 10 by 1 : 2 : 3 is 1 ⁴⁄₆, 3 ²⁄₆ and 5: what is left goes to the largest remainder, not to the largest part.
    expect(allocateByWeights(10, [1, 2, 3])).toEqual([2, 3, 5]);
    expect(allocateByWeights(11, [1, 2, 3])).toEqual([2, 4, 5]);
    expect(allocateByWeights(0, [1, 2])).toEqual([0, 0]);
  });

  it('divides by nothing but weights of at least 0 that come to something', () => {
    for (const weights of [[], [0, 0], [-1, 3], [2, -1], [-1]]) {
      expect(() => allocateByWeights(10, weights)).toThrow(
        new RangeError('weights must be integers of at least 0 with a positive sum'),
      );
    }
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
    for (const divisor of [0n, -2n]) {
      expect(() => divideHalfEven(1n, divisor)).toThrow(new RangeError('the divisor must be positive'));
    }
  });

  it('R-17: writes ratios with two decimals, rounded last', () => {
    expect(ratioText(450n * 30n, 300n, 2)).toBe('45.00');
    expect(ratioText(35_000n, 48_000n, 4)).toBe('0.7292');
    expect(ratioText(-1n, 3n, 2)).toBe('-0.33');
    expect(ratioText(1n, -3n, 2)).toBe('-0.33');
    expect(ratioText(-1n, -3n, 2)).toBe('0.33');
    expect(ratioText(0n, 3n, 2)).toBe('0.00');
    expect(scaledText(5n, 3)).toBe('0.005');
  });
});
