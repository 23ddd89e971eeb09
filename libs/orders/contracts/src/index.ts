import type { ContractDefinition } from '@kontor/kernel';
import { deliveryRecorded } from './delivery-recorded.v1.ts';
import { creditRequested, orderConfirmed, orderHeld } from './order-credit.v1.ts';
import { orderCancelled, orderClosedShort, orderReopened } from './order-ending.v1.ts';
import { orderPlaced } from './order-placed.v1.ts';
import { priceListPublished } from './price-list-published.v1.ts';
import { listPriceChanged, productRegistered } from './product-registered.v1.ts';
import {
  quoteAccepted,
  quoteDeclined,
  quoteExpired,
  quoteIssued,
  quoteOrdered,
  quoteSent,
  quoteSuperseded,
} from './quotes.v1.ts';

export { service } from './service.ts';
export type { PricedLineV1, PricingV1 } from './lines.ts';
export { deliveryRecorded, type DeliveryRecordedV1 } from './delivery-recorded.v1.ts';
export {
  creditRequested,
  orderConfirmed,
  orderHeld,
  type CreditRequestedV1,
  type OrderConfirmedV1,
  type OrderHeldV1,
} from './order-credit.v1.ts';
export {
  orderCancelled,
  orderClosedShort,
  orderReopened,
  type OrderCancelledV1,
  type OrderClosedShortV1,
  type OrderReopenedV1,
} from './order-ending.v1.ts';
export { orderPlaced, type OrderPlacedV1 } from './order-placed.v1.ts';
export { priceListPublished, type PriceListPublishedV1 } from './price-list-published.v1.ts';
export {
  listPriceChanged,
  productRegistered,
  type ListPriceChangedV1,
  type ProductRegisteredV1,
} from './product-registered.v1.ts';
export {
  quoteAccepted,
  quoteDeclined,
  quoteExpired,
  quoteIssued,
  quoteOrdered,
  quoteSent,
  quoteSuperseded,
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
  productRegistered,
  listPriceChanged,
  priceListPublished,
  quoteIssued,
  quoteSuperseded,
  quoteSent,
  quoteAccepted,
  quoteDeclined,
  quoteExpired,
  quoteOrdered,
  orderPlaced,
  creditRequested,
  orderConfirmed,
  orderHeld,
  deliveryRecorded,
  orderCancelled,
  orderClosedShort,
  orderReopened,
];
