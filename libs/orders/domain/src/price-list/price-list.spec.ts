import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { IDS } from '../lines/lines.scenarios.ts';
import { priceListDecider } from './price-list.decider.ts';
import { priceListPublished, publishPriceList } from './price-list.scenarios.ts';
import { unitPriceOf, versionOn } from './price.ts';

const ASKED = { productId: IDS.product, quantity: { value: 1, scale: 0 }, date: '2026-06-01' };
const ask = (quantity: number, column: string | null = null, date = '2026-06-01') =>
  unitPriceOf(priceListPublished.data, {
    productId: IDS.product,
    column,
    quantity: { value: quantity, scale: 0 },
    date,
  });

describe('price list', () => {
  it('O-02: publishes versions one after the other', () => {
    given(priceListDecider, []).when(publishPriceList).then(priceListPublished);
    given(priceListDecider, [priceListPublished])
      .when({ ...publishPriceList, validFrom: '2026-07-01' })
      .then({ type: 'PriceListPublished', data: { ...priceListPublished.data, version: 2, validFrom: '2026-07-01' } });
  });

  it('O-02: a list keeps its currency and its legal entity', () => {
    given(priceListDecider, [priceListPublished])
      .when({ ...publishPriceList, currency: 'EUR' })
      .thenRefused('PriceListIsAnother', { currency: 'USD', entityId: 'main' });
  });

  it('O-02: refuses what has no price, two prices for one case, or ends before it begins', () => {
    given(priceListDecider, [])
      .when({ ...publishPriceList, prices: [] })
      .thenRefused('PricesMissing', {});
    const first = publishPriceList.prices.slice(0, 1);
    given(priceListDecider, [])
      .when({
        ...publishPriceList,
        prices: first.flatMap((price) => [price, { ...price, fromQuantity: { value: 0, scale: 2 } }]),
      })
      .thenRefused('PriceRepeated', { productId: IDS.product, column: null, fromQuantity: { value: 0, scale: 2 } });
    given(priceListDecider, [])
      .when({ ...publishPriceList, validTo: '2025-12-31' })
      .thenRefused('ValidityEndsBeforeItBegins', { validFrom: '2026-01-01', validTo: '2025-12-31' });
  });

  it('O-02: the price is a function of version, column, quantity and date', () => {
    expect(ask(1)).toEqual({ value: 1_200, scale: 0 });
    expect(ask(9)).toEqual({ value: 1_200, scale: 0 });
    expect(ask(10)).toEqual({ value: 1_100, scale: 0 });
    expect(ask(10, 'key')).toEqual({ value: 100_000, scale: 2 });
    expect(ask(10, 'retail')).toEqual({ value: 1_100, scale: 0 });
  });

  it('O-02: neither the order of the prices nor what they say of others counts', () => {
    const price = (productId: string, column: string | null, from: number, value: number) => ({
      productId,
      column,
      fromQuantity: { value: from, scale: 0 },
      unitPrice: { value, scale: 0 },
    });
    const prices = [
      price(IDS.service, null, 0, 1),
      price(IDS.product, 'key', 0, 2),
      price(IDS.product, null, 10, 3),
      price(IDS.product, null, 0, 4),
      price(IDS.product, null, 5, 5),
    ];
    const version = { ...priceListPublished.data, prices, validTo: null };
    const of = (quantity: number, column: string | null) =>
      unitPriceOf(version, {
        productId: IDS.product,
        column,
        quantity: { value: quantity, scale: 0 },
        date: '2999-12-31',
      })?.value;
    expect([of(1, null), of(5, null), of(12, null), of(1, 'retail'), of(12, 'key')]).toEqual([4, 5, 3, 4, 2]);
    expect(unitPriceOf({ ...version, prices: prices.slice(0, 1) }, { ...ASKED, column: null })).toBeUndefined();
  });

  it('O-02: a price list holds on its first and its last day, and not beside them', () => {
    expect([
      ask(1, null, '2025-12-31'),
      ask(1, null, '2026-01-01'),
      ask(1, null, '2026-12-31'),
      ask(1, null, '2027-01-01'),
    ]).toEqual([undefined, { value: 1_200, scale: 0 }, { value: 1_200, scale: 0 }, undefined]);
  });

  it('O-02: of two versions in force the newer counts', () => {
    const second = { ...priceListPublished.data, version: 2, validFrom: '2026-07-01' };
    const state = { versions: [priceListPublished.data, second] };
    expect([versionOn(state, '2026-06-30')?.version, versionOn(state, '2026-07-01')?.version]).toEqual([1, 2]);
  });
});
