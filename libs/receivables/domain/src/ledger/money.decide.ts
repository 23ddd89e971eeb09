import { accept, type Decision, laterDate, refuse } from '@kontor/kernel';
import { ALLOCATION_STRATEGY, itemsOf, planAllocation } from './allocation.ts';
import type { LedgerCommandOf } from './ledger.commands.ts';
import { factsOf, refusedEntry, sumsExactly, tooLarge, wasRefused } from './ledger.facts.ts';
import type { LedgerEvent } from './ledger.events.ts';
import type { LedgerCredit, LedgerState } from './ledger.state.ts';
import { dunningRestored } from './dunning.decide.ts';
import { PREPAYMENT_STRATEGY, prepaidAllocations } from './prepayment.ts';
import { afterEvents, settlementConsequences } from './settlement.ts';

/** The instalments of an issued invoice become items, once per invoice; its delivery is no longer unbilled. */
export function openItems(command: LedgerCommandOf<'OpenItems'>, state: LedgerState): Decision<LedgerEvent> {
  const { invoiceId, invoiceNumber, invoiceDate, deliveryId, externalId } = command;
  if (state.invoices.get(invoiceId) !== undefined) return accept();
  const total = command.instalments.reduce((sum, part) => sum + part.amountMinor, 0);
  if (wasRefused(command, state, invoiceId)) return accept();
  // Not what is open alone: a run over past dates sums what was open then.
  if (!sumsExactly(state.totals.invoicedMinor, total))
    return refusedEntry(command, { entry: 'invoice', documentId: invoiceId, amountMinor: total }, tooLarge(total));
  const facts = factsOf(command, invoiceDate);
  const opened = command.instalments.map((part): LedgerEvent => ({
    type: 'ItemOpened',
    data: { ...facts, invoiceId, invoiceNumber, invoiceDate, deliveryId, externalId, ...part },
  }));
  const { orderId = null } = command;
  return accept(...opened, ...(orderId === null ? [] : prepaidAllocations(state, opened, facts, invoiceId, orderId)));
}

export function receivePayment(command: LedgerCommandOf<'ReceivePayment'>, state: LedgerState): Decision<LedgerEvent> {
  const { paymentId, amountMinor, reference } = command;
  if (state.credits.get(paymentId) !== undefined) return accept();
  if (!sumsExactly(state.totals.unallocatedMinor, amountMinor)) return tooLarge(amountMinor);
  const { orderId = null } = command;
  if (orderId !== null) return receivePrepayment(command, state, orderId);
  const named = namedInvoices(state, command.invoiceNumbers, reference);
  if (named.unknown.length > 0) return unknownInvoices(named.unknown);
  const plan = planAllocation(state, amountMinor, command.businessDate, named.invoiceIds);
  const facts = factsOf(command);
  const received: LedgerEvent = {
    type: 'PaymentReceived',
    data: {
      ...facts,
      paymentId,
      amountMinor,
      valueDate: command.businessDate,
      reference,
      ...plan,
      strategy: ALLOCATION_STRATEGY,
    },
  };
  return accept(
    received,
    ...settlementConsequences(state, received, facts, paymentId, plan.allocations, command.today),
  );
}

/** the payer says that it is for an order: debts do not eat it, it is there when the order asks for credit again. */
function receivePrepayment(
  command: LedgerCommandOf<'ReceivePayment'>,
  state: LedgerState,
  orderId: string,
): Decision<LedgerEvent> {
  if (state.attempts.get(orderId) === undefined)
    return refuse('UnknownOrder', 'No such order has asked this ledger for credit.', { orderId });
  const { paymentId, amountMinor, reference } = command;
  const kept = { allocations: [], unallocatedMinor: amountMinor, strategy: PREPAYMENT_STRATEGY };
  return accept({
    type: 'PaymentReceived',
    data: { ...factsOf(command), paymentId, amountMinor, valueDate: command.businessDate, reference, orderId, ...kept },
  });
}

/** Credit on account goes where the payer now says, or by the same rule as money that names nothing. */
export function allocateCredit(command: LedgerCommandOf<'AllocateCredit'>, state: LedgerState): Decision<LedgerEvent> {
  const { paymentId } = command;
  const credit = state.credits.get(paymentId);
  if (credit === undefined) return unknownPayment(paymentId);
  const amountMinor = command.amountMinor ?? credit.unallocatedMinor;
  if (amountMinor > credit.unallocatedMinor || amountMinor === 0)
    return refuse('NotEnoughCredit', 'The payment does not have this much credit on account left.', {
      paymentId,
      askedMinor: amountMinor,
      unallocatedMinor: credit.unallocatedMinor,
    });
  if (command.businessDate < credit.date) return beforeReceipt(command.businessDate, credit.date);
  const named = namedInvoices(state, command.invoiceNumbers, null);
  if (named.unknown.length > 0) return unknownInvoices(named.unknown);
  const plan = planAllocation(state, amountMinor, command.businessDate, named.invoiceIds);
  const allocatedMinor = amountMinor - plan.unallocatedMinor;
  if (allocatedMinor === 0)
    return refuse('NothingToAllocateTo', 'Nothing that the credit could settle is open on that day.', {
      paymentId,
      businessDate: command.businessDate,
    });
  const facts = factsOf(command);
  const allocated: LedgerEvent = {
    type: 'PaymentAllocated',
    data: {
      ...facts,
      paymentId,
      allocations: plan.allocations,
      allocatedMinor,
      unallocatedMinor: credit.unallocatedMinor - allocatedMinor,
      strategy: ALLOCATION_STRATEGY,
    },
  };
  return accept(
    allocated,
    ...settlementConsequences(state, allocated, facts, paymentId, plan.allocations, command.today),
  );
}

/**
 * Undoes a payment with all it was allocated to. A returned debit has its own business date; the correction of an error
 * takes that of what it corrects, and so is visible on the recorded axis only.
 */
export function reversePayment(command: LedgerCommandOf<'ReversePayment'>, state: LedgerState): Decision<LedgerEvent> {
  const { paymentId, reason } = command;
  const credit = state.credits.get(paymentId);
  if (credit === undefined || credit.kind !== 'payment') return unknownPayment(paymentId);
  if (credit.reversed) return refuse('PaymentAlreadyReversed', 'The payment was reversed before.', { paymentId });
  const settledOn = lastMovementOf(state, credit);
  const date = command.asError ? settledOn : command.businessDate;
  if (date < settledOn) return beforeReceipt(date, settledOn);
  const restored = credit.allocations.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  if (!sumsExactly(state.totals.principalMinor, state.totals.chargesMinor, restored)) return tooLarge(restored);
  const facts = factsOf(command, date);
  const reversed: LedgerEvent = {
    type: 'PaymentReversed',
    data: {
      ...facts,
      paymentId,
      amountMinor: credit.amountMinor,
      allocations: credit.allocations,
      unallocatedMinor: credit.unallocatedMinor,
      reason,
    },
  };
  const events = [reversed, ...settlementConsequences(state, reversed, facts, paymentId, credit.allocations, null)];
  const { today, casePolicies = [] } = command;
  const dunning = dunningRestored(afterEvents(state, events), factsOf(command, today), paymentId, casePolicies);
  return accept(...events, ...dunning);
}

/** a credit note is set off against its invoice; what that no longer owes becomes credit on account. */
export function applyCreditNote(
  command: LedgerCommandOf<'ApplyCreditNote'>,
  state: LedgerState,
): Decision<LedgerEvent> {
  const { creditNoteId, number, invoiceId, amountMinor, reason } = command;
  if (state.credits.get(creditNoteId) !== undefined) return accept();
  if (wasRefused(command, state, creditNoteId)) return accept();
  if (!sumsExactly(state.totals.unallocatedMinor, amountMinor))
    return refusedEntry(
      command,
      { entry: 'credit-note', documentId: creditNoteId, amountMinor },
      tooLarge(amountMinor),
    );
  // An invoice that the ledger does not know owes nothing here: the whole note is credit on account.
  const known = itemsOf(state, [invoiceId]).length > 0;
  const plan = known
    ? planAllocation(state, amountMinor, command.businessDate, [invoiceId])
    : { allocations: [], unallocatedMinor: amountMinor };
  const facts = factsOf(command);
  const applied: LedgerEvent = {
    type: 'CreditNoteApplied',
    data: { ...facts, creditNoteId, number, invoiceId, amountMinor, ...plan, reason },
  };
  return accept(
    applied,
    ...settlementConsequences(state, applied, facts, creditNoteId, plan.allocations, command.today),
  );
}

export function waiveCharge(command: LedgerCommandOf<'WaiveCharge'>, state: LedgerState): Decision<LedgerEvent> {
  const { chargeId, reason } = command;
  const charge = state.charges.get(chargeId);
  if (charge === undefined) return refuse('UnknownCharge', 'The ledger has no such fee or interest.', { chargeId });
  if (charge.openMinor === 0) return refuse('NothingToWaive', 'Nothing of the charge is open.', { chargeId });
  return accept({
    type: 'ChargeWaived',
    data: {
      ...factsOf(command),
      chargeId,
      component: charge.component,
      amountMinor: charge.openMinor,
      reason,
    },
  });
}

function namedInvoices(
  state: LedgerState,
  numbers: readonly string[],
  reference: string | null,
): { readonly invoiceIds: readonly string[]; readonly unknown: readonly string[] } {
  // A payer's text is free: what in it is no number of an invoice names nothing.
  const words = reference === null ? [] : reference.split(/[\s,;]+/u).filter((word) => word !== '');
  if (numbers.length === 0 && words.length === 0) return { invoiceIds: [], unknown: [] };
  const byNumber = new Map<string, string>();
  for (const item of state.items.values()) byNumber.set(item.invoiceNumber, item.invoiceId);
  const found = [...numbers, ...words].flatMap((number) => byNumber.get(number) ?? []);
  return {
    invoiceIds: [...new Set(found)],
    unknown: numbers.filter((number) => !byNumber.has(number)),
  };
}

function lastMovementOf(state: LedgerState, credit: LedgerCredit): string {
  let last = credit.date;
  for (const { instalmentId } of credit.allocations)
    for (const movement of instalmentId === null ? [] : (state.items.get(instalmentId)?.movements ?? []))
      if (movement.sourceId === credit.sourceId) last = laterDate(last, movement.date);
  return last;
}

function unknownInvoices(numbers: readonly string[]) {
  return refuse('UnknownInvoice', 'The ledger has no invoice of this number.', { numbers });
}

function unknownPayment(paymentId: string) {
  return refuse('UnknownPayment', 'The ledger has no such payment.', { paymentId });
}

function beforeReceipt(businessDate: string, receivedOn: string) {
  return refuse('BeforeReceipt', 'The business date lies before the day the money was booked.', {
    businessDate,
    receivedOn,
  });
}
