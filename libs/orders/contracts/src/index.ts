import type { ContractDefinition } from '@kontor/kernel';
import { deliveryRecordedV1 } from './delivery-recorded.v1.ts';
import { creditRequestedV1, orderConfirmedV1, orderHeldV1 } from './order-credit.v1.ts';
import { orderCancelledV1, orderClosedShortV1, orderReopenedV1 } from './order-ending.v1.ts';
import { orderPlacedV1 } from './order-placed.v1.ts';
import { priceListPublishedV1 } from './price-list-published.v1.ts';
import { productRegisteredV1 } from './product-registered.v1.ts';
import {
  quoteAcceptedV1,
  quoteDeclinedV1,
  quoteExpiredV1,
  quoteIssuedV1,
  quoteOrderedV1,
  quoteSentV1,
  quoteSupersededV1,
} from './quotes.v1.ts';

export { service } from './service.ts';
export type { PricedLineV1, PricingV1 } from './lines.ts';
export { deliveryRecordedV1, type DeliveryRecordedV1 } from './delivery-recorded.v1.ts';
export {
  creditRequestedV1,
  orderConfirmedV1,
  orderHeldV1,
  type CreditRequestedV1,
  type OrderConfirmedV1,
  type OrderHeldV1,
} from './order-credit.v1.ts';
export {
  orderCancelledV1,
  orderClosedShortV1,
  orderReopenedV1,
  type OrderCancelledV1,
  type OrderClosedShortV1,
  type OrderReopenedV1,
} from './order-ending.v1.ts';
export { orderPlacedV1, type OrderPlacedV1 } from './order-placed.v1.ts';
export { priceListPublishedV1, type PriceListPublishedV1 } from './price-list-published.v1.ts';
export { productRegisteredV1, type ProductRegisteredV1 } from './product-registered.v1.ts';
export {
  quoteAcceptedV1,
  quoteDeclinedV1,
  quoteExpiredV1,
  quoteIssuedV1,
  quoteOrderedV1,
  quoteSentV1,
  quoteSupersededV1,
  type QuoteAcceptedV1,
  type QuoteDeclinedV1,
  type QuoteExpiredV1,
  type QuoteIssuedV1,
  type QuoteOrderedV1,
  type QuoteSentV1,
  type QuoteSupersededV1,
} from './quotes.v1.ts';

/** Everything that orders publishes, in the order of a deal's life. */
export const contracts: readonly ContractDefinition[] = [
  productRegisteredV1,
  priceListPublishedV1,
  quoteIssuedV1,
  quoteSupersededV1,
  quoteSentV1,
  quoteAcceptedV1,
  quoteDeclinedV1,
  quoteExpiredV1,
  quoteOrderedV1,
  orderPlacedV1,
  creditRequestedV1,
  orderConfirmedV1,
  orderHeldV1,
  deliveryRecordedV1,
  orderCancelledV1,
  orderClosedShortV1,
  orderReopenedV1,
];
