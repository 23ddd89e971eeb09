import { asItIs, contracted, type PublicationTable } from '@kontor/feed';
import {
  accountReleased,
  accountRestricted,
  chargePosted,
  chargeReduced,
  chargeWaived,
  creditLimitSet,
  creditNoteIssued,
  creditRefused,
  creditReleased,
  creditReserved,
  deliveryUnbilled,
  disputeRaised,
  disputeResolved,
  dunningCaseClosed,
  dunningCaseOpened,
  dunningCaseReopened,
  dunningNoticeIssued,
  dunningPaused,
  dunningResumed,
  itemOpened,
  paymentAllocated,
  paymentReceived,
  paymentReversed,
  promiseBroken,
  promiseKept,
  promiseMade,
  statementConfirmed,
} from '@kontor/receivables-contracts';
import type { LedgerEvent } from '@kontor/receivables-domain';

const moneyOrNull = (amountMinor: number | null, currency: string) =>
  amountMinor === null ? null : { amountMinor, currency };

export const ledgerPublication: PublicationTable<LedgerEvent> = {
  CreditLimitSet: ({ limitMinor, ...data }) =>
    contracted(creditLimitSet, { ...data, limit: { amountMinor: limitMinor, currency: data.currency } }),
  CreditReserved: ({ amountMinor, exposureMinor, limitMinor, ...data }) =>
    contracted(creditReserved, {
      ...data,
      amount: { amountMinor, currency: data.currency },
      exposure: { amountMinor: exposureMinor, currency: data.currency },
      limit: moneyOrNull(limitMinor, data.currency),
    }),
  CreditRefused: ({ amountMinor, exposureMinor, limitMinor, ...data }) =>
    contracted(creditRefused, {
      ...data,
      amount: { amountMinor, currency: data.currency },
      exposure: { amountMinor: exposureMinor, currency: data.currency },
      limit: moneyOrNull(limitMinor, data.currency),
    }),
  CreditReleased: ({ amountMinor, ...data }) =>
    contracted(creditReleased, { ...data, amount: { amountMinor, currency: data.currency } }),
  DeliveryEntered: ({ amountMinor, reservationUsedMinor, ...data }) =>
    contracted(deliveryUnbilled, {
      ...data,
      amount: { amountMinor, currency: data.currency },
      reservationUsed: { amountMinor: reservationUsedMinor, currency: data.currency },
    }),
  ItemOpened: asItIs(itemOpened),
  PaymentReceived: ({ amountMinor, ...data }) =>
    contracted(paymentReceived, { ...data, amount: { amountMinor, currency: data.currency } }),
  PaymentAllocated: asItIs(paymentAllocated),
  PaymentReversed: ({ amountMinor, ...data }) =>
    contracted(paymentReversed, { ...data, amount: { amountMinor, currency: data.currency } }),
  CreditNoteApplied: ({ amountMinor, ...data }) =>
    contracted(creditNoteIssued, { ...data, amount: { amountMinor, currency: data.currency } }),
  ChargePosted: ({ interest: _interest, ...data }) => contracted(chargePosted, data),
  ChargeReduced: ({ creditId: _creditId, ...data }) => contracted(chargeReduced, data),
  ChargeWaived: asItIs(chargeWaived),
  DisputeRaised: asItIs(disputeRaised),
  DisputeResolved: asItIs(disputeResolved),
  PromiseMade: ({ amountMinor, ...data }) =>
    contracted(promiseMade, { ...data, amount: { amountMinor, currency: data.currency } }),
  PromiseKept: ({ amountMinor, ...data }) =>
    contracted(promiseKept, { ...data, amount: { amountMinor, currency: data.currency } }),
  PromiseBroken: ({ amountMinor, ...data }) =>
    contracted(promiseBroken, { ...data, amount: { amountMinor, currency: data.currency } }),
  DunningPaused: asItIs(dunningPaused),
  DunningResumed: asItIs(dunningResumed),
  DunningCaseOpened: asItIs(dunningCaseOpened),
  DunningCaseClosed: ({ settledBy: _settledBy, ...data }) => contracted(dunningCaseClosed, data),
  DunningCaseReopened: ({ restoredBy: _restoredBy, ...data }) => contracted(dunningCaseReopened, data),
  DunningNoticeIssued: ({ feeMinor, ...data }) =>
    contracted(dunningNoticeIssued, { ...data, fee: { amountMinor: feeMinor, currency: data.currency } }),
  AccountRestricted: asItIs(accountRestricted),
  AccountReleased: asItIs(accountReleased),
  StatementConfirmed: ({ ledgerRevision: _revision, ...data }) => contracted(statementConfirmed, data),
  EntryRefused: null,
};
