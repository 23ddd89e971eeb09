import type { ProblemStatuses } from '@kontor/http';

/** Every refusal of this service and its HTTP status; a test reads the deciders and misses none. */
export const problems = {
  UnitUnknown: 404,
  ClaimUnknown: 404,

  UnitAlreadyRegistered: 409,
  UnitAlreadyReplaced: 409,
  UnitWithoutWarranty: 409,
  WarrantyAlreadyStarted: 409,
  WarrantyStartsOtherwise: 409,
  ClaimAlreadyOpened: 409,
  ClaimNotOpen: 409,
  ClaimOpen: 409,
  ClaimWithoutUnit: 409,
  CoverageNotDecided: 409,
  WorkHasBegun: 409,
  WorkOrderUnfinished: 409,
  RepairAlreadyRecorded: 409,
  GoodwillNotNeeded: 409,

  GoodwillBeyondLimit: 403,

  DeliveredInFuture: 422,
  QuantityNotPositive: 422,
  StartInFuture: 422,
  TermOutOfRange: 422,
  TermWithoutLength: 422,
  TermBelowMinimum: 422,
  GraceOutOfRange: 422,
  CapsInTwoCurrencies: 422,
  LaterDeliveriesOnly: 422,
  ClaimNeedsUnit: 422,
  IncidentInFuture: 422,
  SignedInFuture: 422,
  SignatureOrReasonNeeded: 422,
  WorkOrderUnknown: 422,
  CurrencyDiffers: 422,
  CostOutOfRange: 422,
} as const satisfies ProblemStatuses;
