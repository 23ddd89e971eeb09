import { decide, fold } from '@kontor/kernel';
import type { DunningPolicy } from './dunning-rule.ts';
import type { LedgerCommand, LedgerCommandFacts, LedgerCommandOf } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent, LedgerEventData } from './ledger.events.ts';
import type { LedgerState } from './ledger.state.ts';

/** Ids of the specifications: real UUIDs, since ids derive from them. */
export const id = (number: number): string => `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`;

export const on = (businessDate: string): LedgerCommandFacts => ({
  accountId: id(1),
  entityId: 'main',
  currency: 'USD',
  businessDate,
});

export const POLICY: DunningPolicy = {
  policyId: id(9_000),
  version: 1,
  currency: 'USD',
  daysBetweenNotices: 7,
  minimumBalanceMinor: 0,
  toleranceMinor: 0,
  levels: [
    { level: 1, daysAfterDue: 1, feeMinor: 0, restriction: null },
    { level: 2, daysAfterDue: 8, feeMinor: 1_000, restriction: null },
    { level: 3, daysAfterDue: 15, feeMinor: 4_000, restriction: 'block-new-orders' },
  ],
  interestRates: [],
};

type Opening = Partial<LedgerEventData<'ItemOpened'>> & { readonly dueDate: string; readonly amountMinor: number };

/** Invoice number n with one instalment, invoiced on 1 January unless said otherwise. */
export function item(n: number, opening: Opening): LedgerEvent {
  const invoiceDate = opening.invoiceDate ?? '2026-01-01';
  return {
    type: 'ItemOpened',
    data: {
      ...on(invoiceDate),
      invoiceId: id(100 + n),
      invoiceNumber: `INV-${n}`,
      instalmentId: id(200 + n),
      ordinal: 1,
      invoiceDate,
      deliveryId: null,
      externalId: null,
      ...opening,
    },
  };
}

export function pay(
  n: number,
  amountMinor: number,
  valueDate: string,
  more: Partial<LedgerCommandOf<'ReceivePayment'>> = {},
): LedgerCommand {
  return {
    type: 'ReceivePayment',
    ...on(valueDate),
    paymentId: id(300 + n),
    amountMinor,
    reference: null,
    invoiceNumbers: [],
    today: '2026-12-31',
    ...more,
  };
}

/** Of order 1: delivered, not yet invoiced. */
export function deliver(
  amountMinor: number,
  businessDate: string,
  completesOrder = false,
): LedgerCommandOf<'EnterDelivery'> {
  return {
    type: 'EnterDelivery',
    ...on(businessDate),
    orderId: id(1),
    deliveryId: id(50),
    amountMinor,
    completesOrder,
  };
}

/** Charge number n, as a notice without an invoice of its own posted it on its due date. */
export function charge(
  n: number,
  component: 'fee' | 'interest',
  amountMinor: number,
  dueDate = '2026-02-10',
): LedgerEvent {
  return {
    type: 'ChargePosted',
    data: {
      ...on(dueDate),
      chargeId: id(400 + n),
      component,
      amountMinor,
      dueDate,
      noticeId: null,
      instalmentId: null,
      interest: null,
    },
  };
}

export function dun(date: string, policy = POLICY): LedgerCommand {
  const day = Number(date.replaceAll('-', ''));
  return {
    type: 'DecideDunning',
    ...on(date),
    policy,
    noticeId: id(day),
    caseId: id(day + 100_000_000),
    ledgerRevision: 0,
  };
}

/** The ledger after commands that must all be accepted, and what they recorded. */
export function after(
  start: readonly LedgerEvent[] | LedgerState,
  ...commands: readonly LedgerCommand[]
): { readonly state: LedgerState; readonly events: readonly LedgerEvent[] } {
  let state = Array.isArray(start) ? fold(ledgerDecider, start as readonly LedgerEvent[]) : (start as LedgerState);
  const events: LedgerEvent[] = [];
  for (const command of commands) {
    const decision = decide(ledgerDecider, command, state);
    if (decision.kind === 'refused') throw new Error(`${command.type}: ${decision.refusal.code}`);
    state = fold(ledgerDecider, decision.events, state);
    events.push(...decision.events);
  }
  return { state, events };
}

export function of<Type extends LedgerEvent['type']>(
  events: readonly LedgerEvent[],
  type: Type,
): readonly LedgerEventData<Type>[] {
  return events.flatMap((event) => (event.type === type ? [event.data as LedgerEventData<Type>] : []));
}
