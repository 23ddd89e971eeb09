import { type BusinessDate, laterDate } from '@kontor/kernel';
import { planAllocation } from './allocation.ts';
import type { LedgerEvent, LedgerFacts } from './ledger.events.ts';
import type { LedgerCredit, LedgerState } from './ledger.state.ts';
import { afterEvents } from './settlement.ts';

/** Stored with the payment: kept for an order, and with each allocation to an invoice of it. */
export const PREPAYMENT_STRATEGY = 'prepayment.v1';

/** What was paid in advance for an order, up to a day, and is not used up by its invoices. */
export function prepaidFor(ledger: LedgerState, orderId: string, day: BusinessDate | null = null): number {
  let prepaid = 0;
  for (const credit of ledger.credits.values())
    if (credit.orderId === orderId && (day === null || credit.date <= day)) prepaid += credit.unallocatedMinor;
  return prepaid;
}

function oldestFirst(left: LedgerCredit, right: LedgerCredit): number {
  const [a, b] = [`${left.date} ${left.sourceId}`, `${right.date} ${right.sourceId}`];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What was paid in advance for an order settles the invoice whose items have just been opened, the oldest money first. */
export function prepaidAllocations(
  before: LedgerState,
  opened: readonly LedgerEvent[],
  facts: LedgerFacts,
  invoiceId: string,
  orderId: string,
): readonly LedgerEvent[] {
  let state = afterEvents(before, opened);
  const prepaid = before.credits
    .values()
    .filter((credit) => credit.orderId === orderId && credit.unallocatedMinor > 0)
    .sort(oldestFirst);
  const events: LedgerEvent[] = [];
  for (const { sourceId, date, unallocatedMinor } of prepaid) {
    const businessDate = laterDate(facts.businessDate, date);
    const plan = planAllocation(state, unallocatedMinor, businessDate, [invoiceId]);
    const allocatedMinor = unallocatedMinor - plan.unallocatedMinor;
    if (allocatedMinor === 0) break;
    const allocated: LedgerEvent = {
      type: 'PaymentAllocated',
      data: {
        ...facts,
        businessDate,
        paymentId: sourceId,
        ...plan,
        allocatedMinor,
        strategy: PREPAYMENT_STRATEGY,
      },
    };
    state = afterEvents(state, [allocated]);
    events.push(allocated);
  }
  return events;
}
