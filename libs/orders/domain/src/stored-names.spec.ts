import { expect, it } from '@jest/globals';
import { storedNames } from '@kontor/testing/pure';
import { numberRangeAggregate } from './number-range/number-range.ts';
import { orderAggregate } from './order/order.codec.ts';
import { priceListAggregate } from './price-list/price-list.codec.ts';
import { productAggregate } from './product/product.codec.ts';
import { quoteAggregate } from './quote/quote.codec.ts';

const aggregates = [numberRangeAggregate, orderAggregate, priceListAggregate, productAggregate, quoteAggregate];

it('X-01, X-08: streams, stored names, versions and sealed fields are what they always were', () => {
  expect(storedNames(aggregates)).toEqual([
    ['numberRange', ['orders.NumberAssigned.v1']],
    [
      'order',
      [
        'orders.OrderPlaced.v1',
        'orders.CreditRequested.v1',
        'orders.OrderConfirmed.v1',
        'orders.OrderHeld.v1',
        'orders.CreditAnswerDisregarded.v1',
        'orders.DeliveryRecorded.v1',
        'orders.OrderCancelled.v1',
        'orders.OrderClosedShort.v1',
        'orders.OrderReopened.v1',
      ],
    ],
    ['priceList', ['orders.PriceListPublished.v1']],
    ['product', ['orders.ProductRegistered.v1', 'orders.ListPriceChanged.v1']],
    [
      'quote',
      [
        'orders.QuoteIssued.v1',
        'orders.QuoteSuperseded.v1',
        'orders.QuoteSent.v1',
        'orders.QuoteAccepted.v1',
        'orders.QuoteDeclined.v1',
        'orders.QuoteExpired.v1',
        'orders.QuoteExpiryDisregarded.v1',
        'orders.QuoteOrdered.v1',
      ],
    ],
  ]);
});
