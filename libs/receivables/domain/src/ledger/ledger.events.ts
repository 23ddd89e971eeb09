import type { BusinessDate } from '@kontor/kernel';
import type { DatedRate, InterestSegment } from './interest.ts';

/** Whose ledger, and the date figures go by. Carried by every event, so that each can be read alone. */
export interface LedgerFacts {
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly businessDate: BusinessDate;
}

export type ChargeComponent = 'fee' | 'interest';
export type Restriction = 'block-new-orders' | 'prepayment-only';
export type DisputeOutcome = 'justified' | 'partly-justified' | 'unjustified' | 'withdrawn' | 'settled';

export interface Allocation {
  readonly component: 'principal' | ChargeComponent;
  readonly instalmentId: string | null;
  readonly chargeId: string | null;
  readonly amountMinor: number;
}

export interface NoticeItem {
  readonly instalmentId: string;
  readonly invoiceNumber: string;
  readonly dueDate: BusinessDate;
  readonly netMinor: number;
  readonly levelBefore: number;
  readonly levelAfter: number;
}

interface PromiseFacts extends LedgerFacts {
  readonly promiseId: string;
  readonly instalmentIds: readonly string[];
  readonly amountMinor: number;
  readonly promisedOn: BusinessDate;
  readonly graceDays: number;
}

interface RestrictionFacts extends LedgerFacts {
  readonly restriction: Restriction;
  readonly reason: string;
}

interface Events {
  CreditLimitSet: LedgerFacts & { readonly limitMinor: number; readonly validUntil: BusinessDate | null };
  CreditReserved: LedgerFacts & {
    readonly orderId: string;
    readonly attempt: number;
    readonly amountMinor: number;
    /** With the order. */
    readonly exposureMinor: number;
    readonly limitMinor: number | null;
  };
  CreditRefused: LedgerFacts & {
    readonly orderId: string;
    readonly attempt: number;
    readonly amountMinor: number;
    readonly code: string;
    readonly sentence: string;
    /** Without the order. */
    readonly exposureMinor: number;
    readonly limitMinor: number | null;
  };
  CreditReleased: LedgerFacts & { readonly orderId: string; readonly amountMinor: number };
  DeliveryEntered: LedgerFacts & {
    readonly orderId: string;
    readonly deliveryId: string;
    readonly amountMinor: number;
    readonly reservationUsedMinor: number;
  };
  ItemOpened: LedgerFacts & {
    readonly invoiceId: string;
    readonly invoiceNumber: string;
    readonly instalmentId: string;
    readonly ordinal: number;
    readonly invoiceDate: BusinessDate;
    readonly dueDate: BusinessDate;
    readonly amountMinor: number;
    readonly deliveryId: string | null;
    readonly externalId: string | null;
  };
  PaymentReceived: LedgerFacts & {
    readonly paymentId: string;
    readonly amountMinor: number;
    readonly valueDate: BusinessDate;
    readonly reference: string | null;
    /** Paid in advance for this order. */
    readonly orderId?: string;
    readonly allocations: readonly Allocation[];
    readonly unallocatedMinor: number;
    readonly strategy: string;
  };
  PaymentAllocated: LedgerFacts & {
    /** The payment or the credit note that the credit came from. */
    readonly paymentId: string;
    readonly allocations: readonly Allocation[];
    readonly allocatedMinor: number;
    readonly unallocatedMinor: number;
    readonly strategy: string;
  };
  PaymentReversed: LedgerFacts & {
    readonly paymentId: string;
    readonly amountMinor: number;
    readonly allocations: readonly Allocation[];
    readonly unallocatedMinor: number;
    readonly reason: string;
  };
  CreditNoteApplied: LedgerFacts & {
    readonly creditNoteId: string;
    readonly number: string;
    readonly invoiceId: string;
    readonly amountMinor: number;
    readonly allocations: readonly Allocation[];
    readonly unallocatedMinor: number;
    readonly reason: string;
  };
  ChargePosted: LedgerFacts & {
    readonly chargeId: string;
    readonly component: ChargeComponent;
    readonly amountMinor: number;
    readonly dueDate: BusinessDate;
    readonly noticeId: string | null;
    readonly instalmentId: string | null;
    /** For interest: what it was computed from, up to which day (exclusive), so that it can be corrected later. */
    readonly interest: {
      readonly until: BusinessDate;
      readonly rates: readonly DatedRate[];
      readonly segments: readonly InterestSegment[];
    } | null;
  };
  ChargeReduced: LedgerFacts & {
    readonly component: 'interest';
    readonly instalmentId: string;
    readonly amountMinor: number;
    readonly reductions: readonly { readonly chargeId: string; readonly amountMinor: number }[];
    readonly unallocatedMinor: number;
    readonly creditId: string;
    readonly reason: string;
  };
  ChargeWaived: LedgerFacts & {
    readonly chargeId: string;
    readonly component: ChargeComponent;
    readonly amountMinor: number;
    readonly reason: string;
  };
  DisputeRaised: LedgerFacts & {
    readonly disputeId: string;
    readonly instalmentId: string;
    readonly amountMinor: number | null;
    readonly reason: string;
    readonly ownerId: string | null;
    readonly deadline: BusinessDate | null;
  };
  DisputeResolved: LedgerFacts & {
    readonly disputeId: string;
    readonly instalmentId: string;
    readonly amountMinor: number | null;
    readonly reason: string;
    readonly outcome: DisputeOutcome;
  };
  PromiseMade: PromiseFacts;
  PromiseKept: PromiseFacts;
  PromiseBroken: PromiseFacts;
  DunningPaused: LedgerFacts & {
    readonly instalmentId: string | null;
    readonly until: BusinessDate;
    readonly reason: string;
  };
  DunningResumed: LedgerFacts & { readonly instalmentId: string | null };
  DunningCaseOpened: LedgerFacts & {
    readonly caseId: string;
    readonly policyId: string;
    readonly policyVersion: number;
  };
  DunningCaseClosed: LedgerFacts & {
    readonly caseId: string;
    /** The payment or credit note that closed it at once; absent: it was closed on a date that was decided. */
    readonly settledBy?: string;
  };
  DunningCaseReopened: LedgerFacts & {
    readonly caseId: string;
    /** The version that it was opened with: pinned still. */
    readonly policyId: string;
    readonly policyVersion: number;
    /** The payment whose return reopened it at once; absent: it was found on a date that was decided. */
    readonly restoredBy?: string;
  };
  DunningNoticeIssued: LedgerFacts & {
    readonly noticeId: string;
    readonly caseId: string;
    readonly level: number;
    readonly items: readonly NoticeItem[];
    readonly netMinor: number;
    readonly feeMinor: number;
    readonly interestMinor: number;
    readonly policyId: string;
    readonly policyVersion: number;
    /** The revision it was decided on: "decide again" folds to it. −1 can not be: there was an item. */
    readonly ledgerRevision: number;
  };
  AccountRestricted: RestrictionFacts;
  AccountReleased: RestrictionFacts;
  /** The client's answer to a statement of account; a difference stays visible until another answer settles it. */
  StatementConfirmed: LedgerFacts & {
    readonly confirmationId: string;
    readonly from: BusinessDate;
    readonly to: BusinessDate;
    readonly closingMinor: number;
    readonly confirmedMinor: number;
    /** The revision of the ledger that the statement was made of. */
    readonly ledgerRevision: number;
    readonly contactId: string | null;
    readonly evidence: string;
  };
  /** What a process could not enter: its answer must be an event, so that a redelivery cannot decide otherwise. */
  EntryRefused: LedgerFacts & {
    readonly entry: 'delivery' | 'invoice' | 'credit-note';
    readonly documentId: string;
    readonly amountMinor: number;
    readonly code: string;
    readonly sentence: string;
  };
}

export type LedgerEvent = {
  [Type in keyof Events]: { readonly type: Type; readonly data: Events[Type] };
}[keyof Events];

export type LedgerEventData<Type extends keyof Events> = Events[Type];
