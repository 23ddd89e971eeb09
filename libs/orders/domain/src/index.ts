export { creditCheck, type CreditCheckState } from './credit-check/credit-check.process.ts';
export { type DraftLine, type PricedLine, type Pricing } from './lines/priced-line.ts';
export { MAX_QUANTITY_UNITS, millionths } from './lines/quantity.ts';
export {
  numberRangeAggregate,
  numberRangeName,
  numberText,
  type AssignNumber,
  type NumberAssigned,
  type NumberedKind,
} from './number-range/number-range.ts';
export type {
  CancelOrder,
  CloseOrderShort,
  OrderCommand,
  PlaceOrder,
  RecordDelivery,
  ReopenOrder,
  RetryCredit,
} from './order/order.commands.ts';
export { orderAggregate } from './order/order.codec.ts';
export { orderDecider } from './order/order.decider.ts';
export type { DeliveryRecorded, OrderEvent, OrderPlaced } from './order/order.events.ts';
export {
  fulfilment,
  lineFacets,
  undeliveredMinor,
  type Commercial,
  type Fulfilment,
  type LineFacets,
  type Order,
  type OrderState,
} from './order/order.state.ts';
export type { Restriction } from './order/restriction.ts';
export { orderFromQuote, placeOrderOf } from './order-from-quote/order-from-quote.process.ts';
export { priceListAggregate } from './price-list/price-list.codec.ts';
export type { ListedPrice, PriceListCommand, PublishPriceList } from './price-list/price-list.commands.ts';
export type { PriceListEvent } from './price-list/price-list.events.ts';
export type { PriceListState, PriceListVersion } from './price-list/price-list.state.ts';
export { unitPriceOf, versionOn, type PriceQuestion } from './price-list/price.ts';
export { productAggregate } from './product/product.codec.ts';
export type {
  ChangeListPrice,
  ImportSource,
  ProductCommand,
  ProductKind,
  RegisterProduct,
} from './product/product.commands.ts';
export { MAX_WARRANTY_MONTHS } from './product/product.decider.ts';
export type { ProductEvent, ProductRegistered } from './product/product.events.ts';
export type { ProductState } from './product/product.state.ts';
export { quoteAggregate } from './quote/quote.codec.ts';
export type {
  AcceptQuote,
  DeclineQuote,
  IssueQuote,
  OrderQuote,
  QuoteCommand,
  ReviseQuote,
  SendQuote,
} from './quote/quote.commands.ts';
export { quoteDecider } from './quote/quote.decider.ts';
export type { QuoteEvent, QuoteIssued, QuoteOrdered } from './quote/quote.events.ts';
export {
  isLive,
  orderedMillionths,
  type QuoteState,
  type QuoteVersion,
  type QuoteVersionStatus,
} from './quote/quote.state.ts';
export { quoteExpiry } from './quote-expiry/quote-expiry.process.ts';
