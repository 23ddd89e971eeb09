import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { goldenEvents, goldenFiles } from '@kontor/testing/pure';
import { numberRangeAggregate } from './number-range/number-range.ts';
import * as numberRange from './number-range/number-range.scenarios.ts';
import { orderAggregate } from './order/order.codec.ts';
import * as order from './order/order.scenarios.ts';
import { priceListAggregate } from './price-list/price-list.codec.ts';
import * as priceList from './price-list/price-list.scenarios.ts';
import { productAggregate } from './product/product.codec.ts';
import * as product from './product/product.scenarios.ts';
import { quoteAggregate } from './quote/quote.codec.ts';
import * as quote from './quote/quote.scenarios.ts';

const golden = (folder: string) => join(import.meta.dirname, folder, 'golden');

describe('X-01, X-03: fault row 15: the stored events of orders stay readable', () => {
  goldenFiles(golden('product'), [productAggregate]);
  goldenFiles(golden('price-list'), [priceListAggregate]);
  goldenFiles(golden('quote'), [quoteAggregate], { passedOver: ['QuoteExpiryDisregarded'] });
  goldenFiles(golden('order'), [orderAggregate], { passedOver: ['CreditAnswerDisregarded', 'OrderReopened'] });
  goldenFiles(golden('number-range'), [numberRangeAggregate]);

  it.each([
    ['product', productAggregate, product],
    ['price-list', priceListAggregate, priceList],
    ['quote', quoteAggregate, quote],
    ['order', orderAggregate, order],
    ['number-range', numberRangeAggregate, numberRange],
  ] as const)('those of %s are the events of the scenarios', (folder, { codec }, scenarios) => {
    const told = new Map(Object.values(scenarios).map((event) => [(event as { type?: string }).type, event]));
    for (const event of goldenEvents(golden(folder), codec)) expect(event).toEqual(told.get(event.type));
  });
});
