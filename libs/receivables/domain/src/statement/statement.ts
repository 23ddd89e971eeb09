import type { BusinessDate } from '@kontor/kernel';
import type { LedgerEvent } from '../ledger/ledger.events.ts';

/** What moved the balance of an account, in the words of a reconciliation act. */
export type MovementKind =
  | 'invoice'
  | 'payment'
  | 'payment-returned'
  | 'credit-note'
  | 'fee'
  | 'interest'
  | 'interest-reduced'
  | 'charge-waived';

/** Positive: the client owes more. */
interface BalanceMovement {
  readonly kind: MovementKind;
  readonly amountMinor: number;
  /** Invoice, payment, credit note or charge. */
  readonly documentId: string;
  /** Its number, or what the payer said; null: it has none. */
  readonly reference: string | null;
}

export interface StatementLine extends BalanceMovement {
  readonly date: BusinessDate;
  readonly balanceMinor: number;
}

/** opening + movements = closing. */
export interface Statement {
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly openingMinor: number;
  readonly lines: readonly StatementLine[];
  /** What was added in the period, and what was taken off it. */
  readonly debitMinor: number;
  readonly creditMinor: number;
  readonly closingMinor: number;
}

type Movements = {
  readonly [Type in LedgerEvent['type']]:
    ((data: Extract<LedgerEvent, { readonly type: Type }>['data']) => BalanceMovement) | null;
};

/**
 * What each event does to what the client owes, fees and interest included and credit on account deducted. Null: nothing;
 * allocating credit moves it from one side of the account to the other, and a promise or a notice is no money.
 */
const MOVEMENTS: Movements = {
  CreditLimitSet: null,
  CreditReserved: null,
  CreditRefused: null,
  CreditReleased: null,
  DeliveryEntered: null,
  ItemOpened: (data) => moved('invoice', data.amountMinor, data.invoiceId, data.invoiceNumber),
  PaymentReceived: (data) => moved('payment', -data.amountMinor, data.paymentId, data.reference),
  PaymentAllocated: null,
  PaymentReversed: (data) => moved('payment-returned', data.amountMinor, data.paymentId, data.reason),
  CreditNoteApplied: (data) => moved('credit-note', -data.amountMinor, data.creditNoteId, data.number),
  ChargePosted: (data) => moved(data.component, data.amountMinor, data.chargeId, null),
  ChargeReduced: (data) => moved('interest-reduced', -data.amountMinor, data.instalmentId, data.reason),
  ChargeWaived: (data) => moved('charge-waived', -data.amountMinor, data.chargeId, data.reason),
  DisputeRaised: null,
  DisputeResolved: null,
  PromiseMade: null,
  PromiseKept: null,
  PromiseBroken: null,
  DunningPaused: null,
  DunningResumed: null,
  DunningCaseOpened: null,
  DunningCaseClosed: null,
  DunningCaseReopened: null,
  DunningNoticeIssued: null,
  AccountRestricted: null,
  AccountReleased: null,
  StatementConfirmed: null,
  EntryRefused: null,
};

function moved(kind: MovementKind, amountMinor: number, documentId: string, reference: string | null): BalanceMovement {
  return { kind, amountMinor, documentId, reference };
}

function movementOf(event: LedgerEvent): BalanceMovement | null {
  const rule = MOVEMENTS[event.type] as ((data: LedgerEvent['data']) => BalanceMovement) | null;
  return rule === null ? null : rule(event.data);
}

/** The account from one day to another, both included, by business date; events of a day stand in the order of the ledger. */
export function statementOf(events: Iterable<LedgerEvent>, from: BusinessDate, to: BusinessDate): Statement {
  const within: (BalanceMovement & { readonly date: BusinessDate })[] = [];
  let openingMinor = 0;
  for (const event of events) {
    const movement = movementOf(event);
    const date = event.data.businessDate;
    if (movement === null || date > to) continue;
    if (date < from) openingMinor += movement.amountMinor;
    else within.push({ ...movement, date });
  }
  // Stable: what is of one day stays in the order in which it was recorded.
  within.sort((left, right) => (left.date < right.date ? -1 : left.date > right.date ? 1 : 0));
  let balanceMinor = openingMinor;
  let debitMinor = 0;
  const lines = within.map((movement): StatementLine => {
    balanceMinor += movement.amountMinor;
    if (movement.amountMinor > 0) debitMinor += movement.amountMinor;
    return { ...movement, balanceMinor };
  });
  const creditMinor = openingMinor + debitMinor - balanceMinor;
  return { from, to, openingMinor, lines, debitMinor, creditMinor, closingMinor: balanceMinor };
}
