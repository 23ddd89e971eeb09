import type { BusinessDate } from '@kontor/kernel';
import type { DunningPolicy } from './dunning-rule.ts';
import type { ExposureSwitches } from './exposure.ts';
import type { DisputeOutcome } from './ledger.events.ts';

export interface FromProcess {
  /** Set by processes: a refusal is recorded, so that a redelivery finds it. Absent: it is answered, and may be tried again. */
  readonly recordsRefusal?: true;
}

/** Every command says whose ledger it is for: the first event of the stream comes from any of them. */
export interface LedgerCommandFacts {
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly businessDate: BusinessDate;
}

interface Commands {
  SetCreditLimit: { readonly limitMinor: number; readonly validUntil: BusinessDate | null };
  ReserveCredit: {
    readonly orderId: string;
    readonly attempt: number;
    readonly amountMinor: number;
    /** What holds for an account without a limit: configuration, R-03. */
    readonly withoutLimit: 'unlimited' | 'zero';
    readonly exposure?: ExposureSwitches;
    /** Business date of the entity now: money that is dated later is not here yet. Absent: all that is recorded counts. */
    readonly today?: BusinessDate;
  };
  ReleaseCredit: { readonly orderId: string };
  EnterDelivery: FromProcess & {
    readonly orderId: string;
    readonly deliveryId: string;
    readonly amountMinor: number;
    /** Nothing of the order is left to deliver: what is still reserved is released. */
    readonly completesOrder: boolean;
  };
  OpenItems: FromProcess & {
    readonly invoiceId: string;
    readonly invoiceNumber: string;
    readonly invoiceDate: BusinessDate;
    readonly deliveryId: string | null;
    /** What was paid in advance for this order settles the invoice. */
    readonly orderId?: string | null;
    readonly externalId: string | null;
    readonly instalments: readonly {
      readonly instalmentId: string;
      readonly ordinal: number;
      readonly dueDate: BusinessDate;
      readonly amountMinor: number;
    }[];
  };
  /** `businessDate` is the value date. */
  ReceivePayment: {
    readonly paymentId: string;
    readonly amountMinor: number;
    /** The payer's text: invoice numbers in it name what is paid. */
    readonly reference: string | null;
    /** Numbers that are known to be meant; one that the ledger does not know is refused. */
    readonly invoiceNumbers: readonly string[];
    /** Paid in advance for this order: kept for its invoices, and allocated to nothing else. */
    readonly orderId?: string | null;
    /** Business date of the entity now: a live payment can release at once what it settles. */
    readonly today: BusinessDate;
  };
  AllocateCredit: {
    readonly paymentId: string;
    readonly invoiceNumbers: readonly string[];
    /** Null: all that is left. */
    readonly amountMinor: number | null;
    readonly today: BusinessDate;
  };
  /** `businessDate` null: the correction of an error, dated like what it corrects. */
  ReversePayment: {
    readonly paymentId: string;
    readonly reason: string;
    readonly asError: boolean;
    /** Business date of the entity now: what is open and overdue again reopens its case at once. */
    readonly today: BusinessDate;
    /** Versions that a reopened case may be pinned to; absent: whether it restricts is for the next run to say. */
    readonly casePolicies?: readonly DunningPolicy[];
  };
  ApplyCreditNote: FromProcess & {
    readonly creditNoteId: string;
    readonly number: string;
    readonly invoiceId: string;
    readonly amountMinor: number;
    readonly reason: string;
    readonly today: BusinessDate;
  };
  WaiveCharge: { readonly chargeId: string; readonly reason: string };
  RaiseDispute: {
    readonly disputeId: string;
    readonly instalmentId: string;
    /** Null: the whole item. */
    readonly amountMinor: number | null;
    readonly reason: string;
    readonly ownerId: string | null;
    readonly deadline: BusinessDate | null;
  };
  ResolveDispute: { readonly disputeId: string; readonly outcome: DisputeOutcome };
  MakePromise: {
    readonly promiseId: string;
    /** Empty: every open item of the ledger. */
    readonly instalmentIds: readonly string[];
    readonly amountMinor: number;
    readonly promisedOn: BusinessDate;
    readonly graceDays: number;
  };
  PauseDunning: {
    readonly instalmentId: string | null;
    readonly until: BusinessDate;
    readonly reason: string;
  };
  ResumeDunning: { readonly instalmentId: string | null };
  ConfirmStatement: {
    readonly confirmationId: string;
    readonly from: BusinessDate;
    readonly to: BusinessDate;
    /** What the statement comes to, and the revision of the ledger that it was made of. */
    readonly closingMinor: number;
    readonly ledgerRevision: number;
    /** What the client has in their books. */
    readonly confirmedMinor: number;
    readonly contactId: string | null;
    readonly evidence: string;
  };
  /** `businessDate` is the date that is decided. */
  DecideDunning: {
    readonly policy: DunningPolicy;
    /** Versions that the open case may be pinned to; absent in a trial, which decides all with the one it tries. */
    readonly casePolicies?: readonly DunningPolicy[];
    readonly noticeId: string;
    /** Used if the notice opens a case. */
    readonly caseId: string;
    readonly ledgerRevision: number;
  };
  AlignRestriction: { readonly policy: DunningPolicy; readonly casePolicies?: readonly DunningPolicy[] };
}

export type LedgerCommand = {
  [Type in keyof Commands]: { readonly type: Type } & LedgerCommandFacts & Commands[Type];
}[keyof Commands];

export type LedgerCommandOf<Type extends LedgerCommand['type']> = Extract<LedgerCommand, { type: Type }>;
