import type { BusinessDate } from '@kontor/kernel';
import { PersistentMap } from '../persistent-map.ts';
import type { DatedRate } from './interest.ts';
import type { Allocation, ChargeComponent, NoticeItem, Restriction } from './ledger.events.ts';

/** What reduces (positive) or restores (negative) the principal of an item, on its business date. */
export interface Movement {
  readonly date: BusinessDate;
  readonly amountMinor: number;
  /** The payment or credit note it came from. */
  readonly sourceId: string;
}

export interface ItemDispute {
  readonly disputeId: string;
  /** Null: the whole item. */
  readonly amountMinor: number | null;
  readonly reason: string;
  readonly from: BusinessDate;
  /** The first day on which it no longer holds; null: unresolved. */
  readonly to: BusinessDate | null;
}

/** An open instalment: the unit that is due, paid, aged and dunned. */
export interface LedgerItem {
  readonly instalmentId: string;
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly ordinal: number;
  readonly invoiceDate: BusinessDate;
  readonly dueDate: BusinessDate;
  readonly amountMinor: number;
  readonly openMinor: number;
  readonly movements: readonly Movement[];
  readonly disputes: readonly ItemDispute[];
  /** Dunning level reached; overlays stop the clock and keep it. */
  readonly level: number;
  /** The case whose notices list the item. */
  readonly caseId: string | null;
  readonly interest: {
    readonly postedMinor: number;
    readonly until: BusinessDate;
    readonly rates: readonly DatedRate[];
  } | null;
}

/** what the client said to a statement of account. */
export interface StatementConfirmation {
  readonly confirmationId: string;
  readonly date: BusinessDate;
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  /** What the statement came to, on the revision it was made of. */
  readonly closingMinor: number;
  /** What the client has in their books. */
  readonly confirmedMinor: number;
  readonly ledgerRevision: number;
  readonly contactId: string | null;
  readonly evidence: string;
}

export interface LedgerCharge {
  readonly chargeId: string;
  readonly component: ChargeComponent;
  readonly amountMinor: number;
  readonly openMinor: number;
  readonly dueDate: BusinessDate;
  readonly noticeId: string | null;
  readonly instalmentId: string | null;
}

/** A payment or a credit note: what it was allocated to, and what it still has as credit on account. */
export interface LedgerCredit {
  readonly sourceId: string;
  readonly kind: 'payment' | 'credit-note' | 'correction';
  /** The order that it was paid in advance for. */
  readonly orderId: string | null;
  readonly amountMinor: number;
  readonly date: BusinessDate;
  readonly allocations: readonly Allocation[];
  readonly unallocatedMinor: number;
  readonly reversed: boolean;
}

export interface LedgerPromise {
  readonly promiseId: string;
  readonly instalmentIds: readonly string[];
  readonly amountMinor: number;
  readonly madeOn: BusinessDate;
  readonly promisedOn: BusinessDate;
  readonly graceDays: number;
  /** The last day on which money keeps it. */
  readonly lastDay: BusinessDate;
  readonly status: 'open' | 'kept' | 'broken';
  /** How many movements each of the instalments had when it was made: those are not what was promised. */
  readonly movementsBefore: readonly number[];
  /** The credits as they were then. */
  readonly creditsBefore: ById<LedgerCredit>;
}

export interface LedgerPause {
  readonly instalmentId: string | null;
  readonly from: BusinessDate;
  /** Inclusive. */
  readonly until: BusinessDate;
}

export interface NoticeRecord {
  readonly noticeId: string;
  readonly caseId: string;
  readonly date: BusinessDate;
  readonly level: number;
  readonly feeMinor: number;
  readonly interestMinor: number;
  readonly netMinor: number;
  readonly items: readonly NoticeItem[];
  readonly policyId: string;
  readonly policyVersion: number;
  readonly ledgerRevision: number;
}

export interface DunningCase {
  readonly caseId: string;
  readonly openedOn: BusinessDate;
  /** Pinned: dates are decided with this version while the case is open. */
  readonly policyId: string;
  readonly policyVersion: number;
}

export interface DunningState {
  readonly openCase: DunningCase | null;
  /** The last case that was closed at once, by a payment or a credit note, and not on a date that was decided. */
  readonly settledCase: (DunningCase & { readonly closedOn: BusinessDate }) | null;
  /** The last date for which this ledger recorded anything; dates up to it are never decided again. */
  readonly decidedThrough: BusinessDate | null;
  readonly notices: readonly NoticeRecord[];
}

type ById<Value> = PersistentMap<Value>;

export interface LedgerState {
  /** Null until the first event. */
  readonly identity: {
    readonly accountId: string;
    readonly entityId: string;
    readonly currency: string;
  } | null;
  readonly limit: {
    readonly limitMinor: number;
    readonly validFrom: BusinessDate;
    readonly validUntil: BusinessDate | null;
  } | null;
  /** What is still reserved, per order. */
  readonly reservations: ById<number>;
  /** The last attempt answered, per order. */
  readonly attempts: ById<number>;
  readonly deliveries: ById<{ readonly amountMinor: number; readonly billed: boolean }>;
  readonly items: ById<LedgerItem>;
  /** Invoices whose items were opened → ids of their items, in order. */
  readonly invoices: ById<readonly string[]>;
  readonly charges: ById<LedgerCharge>;
  readonly credits: ById<LedgerCredit>;
  /** The latest day that money is dated; null: there is none. Before it, some of it is not here yet. */
  readonly creditsThrough: BusinessDate | null;
  readonly promises: ById<LedgerPromise>;
  /** Documents that a process could not enter → why, so that a redelivery finds its answer. */
  readonly refusedEntries: ById<string>;
  readonly pauses: readonly LedgerPause[];
  readonly confirmations: readonly StatementConfirmation[];
  readonly dunning: DunningState;
  readonly restriction: { readonly restriction: Restriction; readonly reason: string } | null;
  /** Running sums, so that the exposure is read and not added up again for every order. */
  readonly totals: {
    /** All that was ever invoiced: what was open on any day is within it, whatever has been settled since. */
    readonly invoicedMinor: number;
    readonly principalMinor: number;
    readonly chargesMinor: number;
    readonly reservedMinor: number;
    readonly unbilledMinor: number;
    readonly unallocatedMinor: number;
  };
}

export const initialLedger: LedgerState = {
  identity: null,
  limit: null,
  reservations: PersistentMap.empty(),
  attempts: PersistentMap.empty(),
  deliveries: PersistentMap.empty(),
  items: PersistentMap.empty(),
  invoices: PersistentMap.empty(),
  charges: PersistentMap.empty(),
  credits: PersistentMap.empty(),
  creditsThrough: null,
  promises: PersistentMap.empty(),
  refusedEntries: PersistentMap.empty(),
  pauses: [],
  confirmations: [],
  dunning: { openCase: null, settledCase: null, decidedThrough: null, notices: [] },
  restriction: null,
  totals: {
    invoicedMinor: 0,
    principalMinor: 0,
    chargesMinor: 0,
    reservedMinor: 0,
    unbilledMinor: 0,
    unallocatedMinor: 0,
  },
};

/** Principal open at the end of a day: facts with business date ≤ the day, nothing before the invoice date. */
export function openOn(item: LedgerItem, day: BusinessDate): number {
  if (item.invoiceDate > day) return 0;
  let open = item.amountMinor;
  for (const movement of item.movements) if (movement.date <= day) open -= movement.amountMinor;
  return open;
}

export function disputedOn(item: LedgerItem, day: BusinessDate): number {
  let disputed = 0;
  for (const dispute of item.disputes)
    if (dispute.from <= day && (dispute.to === null || day < dispute.to))
      disputed += dispute.amountMinor ?? item.amountMinor;
  return disputed;
}
