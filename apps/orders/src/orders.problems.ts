import type { ProblemStatuses } from '@kontor/http';

/**
 * The HTTP status of every refusal of the domain; a test holds it against the deciders. 404: there is no such thing, 422:
 * what was sent cannot be, 409: it could be, but not as things stand.
 */
export const problems: ProblemStatuses = {
  OrderUnknown: 404,
  ProductUnknown: 404,
  QuoteUnknown: 404,

  AmountTooLarge: 422,
  AnsweredBeforeIssued: 422,
  DatedBeforeOrder: 422,
  DeliveryInTheFuture: 422,
  DiscountOutOfRange: 422,
  EvidenceMissing: 422,
  LineRepeated: 422,
  LinesMissing: 422,
  LineUnknown: 422,
  PiecesNotWhole: 422,
  PriceRepeated: 422,
  PricesMissing: 422,
  PromisedBeforeOrdered: 422,
  QuantityOutOfRange: 422,
  SerialCountWrong: 422,
  ServiceHasNoSerial: 422,
  ValidityEndsBeforeItBegins: 422,
  ValidityPassed: 422,
  WarrantyTermOutOfRange: 422,

  AccountRestricted: 409,
  MoreThanOrdered: 409,
  MoreThanQuoted: 409,
  NothingLeftToCancel: 409,
  NothingLeftToOrder: 409,
  NumberMissing: 409,
  OrderAlreadyPlaced: 409,
  OrderNotConfirmed: 409,
  OrderNotEnded: 409,
  OrderNotHeld: 409,
  OrderNotPartlyDelivered: 409,
  PriceListIsAnother: 409,
  ProductAlreadyRegistered: 409,
  QuoteAlreadyAccepted: 409,
  QuoteAlreadyIssued: 409,
  QuoteExpired: 409,
  QuoteNotAccepted: 409,
  QuoteVersionNotLive: 409,
  SerialRepeated: 409,
  SkuTaken: 409,
};
