import { join } from 'node:path';
import { describe } from '@jest/globals';
import { contracts } from '@kontor/orders-contracts';
import {
  numberRangeAggregate,
  orderAggregate,
  priceListAggregate,
  productAggregate,
  quoteAggregate,
} from '@kontor/orders-domain';
import { publishedContracts } from '@kontor/testing/published-contracts';
import { ordersPublication } from './orders.publication.ts';

const golden = (folder: string) => join(import.meta.dirname, '../../../../libs/orders/domain/src', folder, 'golden');

describe('X-01: what orders publishes', () => {
  publishedContracts(ordersPublication, contracts, {
    stored: [
      [golden('product'), productAggregate],
      [golden('price-list'), priceListAggregate],
      [golden('quote'), quoteAggregate],
      [golden('order'), orderAggregate],
      [golden('number-range'), numberRangeAggregate],
    ],
    inside: ['CreditAnswerDisregarded', 'NumberAssigned', 'QuoteExpiryDisregarded'],
  });
});
