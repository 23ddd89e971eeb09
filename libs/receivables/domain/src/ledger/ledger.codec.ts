import { defineAggregate, defineCodec } from '@kontor/kernel';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent } from './ledger.events.ts';

const ledgerCodec = defineCodec<LedgerEvent>('receivables', {
  CreditLimitSet: { version: 1 },
  CreditReserved: { version: 1 },
  CreditRefused: { version: 1 },
  CreditReleased: { version: 1 },
  DeliveryEntered: { version: 1 },
  ItemOpened: { version: 1 },
  PaymentReceived: { version: 1 },
  PaymentAllocated: { version: 1 },
  PaymentReversed: { version: 1 },
  CreditNoteApplied: { version: 1 },
  ChargePosted: { version: 1 },
  ChargeReduced: { version: 1 },
  ChargeWaived: { version: 1 },
  DisputeRaised: { version: 1 },
  DisputeResolved: { version: 1 },
  PromiseMade: { version: 1 },
  PromiseKept: { version: 1 },
  PromiseBroken: { version: 1 },
  DunningPaused: { version: 1 },
  DunningResumed: { version: 1 },
  DunningCaseOpened: { version: 1 },
  DunningCaseClosed: { version: 1 },
  DunningCaseReopened: { version: 1 },
  DunningNoticeIssued: { version: 1 },
  AccountRestricted: { version: 1 },
  AccountReleased: { version: 1 },
  StatementConfirmed: { version: 1 },
  EntryRefused: { version: 1 },
});

export const ledgerAggregate = defineAggregate({
  category: 'ledger',
  decider: ledgerDecider,
  codec: ledgerCodec,
});
