import type { BusinessDate } from '@kontor/kernel';
import type { Allocation } from './ledger.events.ts';
import type { LedgerCharge, LedgerItem, LedgerState } from './ledger.state.ts';

/** Stored with every allocation, so that it can be told later why money went where it went. */
export const ALLOCATION_STRATEGY = 'named-then-cost-interest-principal.v1';

export interface AllocationPlan {
  readonly allocations: readonly Allocation[];
  readonly unallocatedMinor: number;
}

/**
 * What the payer names is the principal of those invoices, and nothing else; money that names nothing goes to cost
 * (fees), then interest, then principal, each oldest due first. What is left stays as credit on account.
 * `date` is the value date: nothing is allocated to what was not yet invoiced then, or was settled on any day since.
 */
export function planAllocation(
  ledger: LedgerState,
  amountMinor: number,
  date: BusinessDate,
  namedInvoiceIds: readonly string[],
): AllocationPlan {
  const targets =
    namedInvoiceIds.length > 0
      ? principalTargets(itemsOf(ledger, namedInvoiceIds), date)
      : [
          ...chargeTargets(ledger, 'fee'),
          ...chargeTargets(ledger, 'interest'),
          ...principalTargets(ledger.items.values(), date),
        ];
  const allocations: Allocation[] = [];
  let leftMinor = amountMinor;
  for (const target of targets) {
    if (leftMinor === 0) break;
    const amount = Math.min(leftMinor, target.capacityMinor);
    if (amount <= 0) continue;
    allocations.push({ ...target.part, amountMinor: amount });
    leftMinor -= amount;
  }
  return { allocations, unallocatedMinor: leftMinor };
}

interface Target {
  readonly part: Omit<Allocation, 'amountMinor'>;
  readonly capacityMinor: number;
}

export function itemsOf(ledger: LedgerState, invoiceIds: readonly string[]): readonly LedgerItem[] {
  return invoiceIds.flatMap((invoiceId) =>
    (ledger.invoices.get(invoiceId) ?? []).flatMap((id) => {
      const item = ledger.items.get(id);
      return item === undefined ? [] : [item];
    }),
  );
}

function principalTargets(items: readonly LedgerItem[], date: BusinessDate): readonly Target[] {
  return items
    .filter((item) => item.openMinor > 0)
    .sort(oldestDueFirst)
    .map((item) => ({
      part: { component: 'principal' as const, instalmentId: item.instalmentId, chargeId: null },
      capacityMinor: capacityFrom(item, date),
    }));
}

function chargeTargets(ledger: LedgerState, component: LedgerCharge['component']): readonly Target[] {
  return ledger.charges
    .values()
    .filter((charge) => charge.component === component && charge.openMinor > 0)
    .sort((left, right) =>
      left.dueDate !== right.dueDate ? compare(left.dueDate, right.dueDate) : compare(left.chargeId, right.chargeId),
    )
    .map((charge) => ({
      part: { component, instalmentId: charge.instalmentId, chargeId: charge.chargeId },
      capacityMinor: charge.openMinor,
    }));
}

/**
 * How much can be settled from a day on without the item being over-settled on any later day: the least open amount of
 * that day and all after it. A payment reversed on the 10th leaves no room on the 7th, where it still stands.
 */
function capacityFrom(item: LedgerItem, date: BusinessDate): number {
  if (date < item.invoiceDate) return 0;
  // Only the end of a day counts: within a day, what restores comes before what reduces.
  const movements = [...item.movements].sort((left, right) =>
    left.date !== right.date ? compare(left.date, right.date) : left.amountMinor - right.amountMinor,
  );
  let open = item.amountMinor;
  let least: number | null = null;
  for (const movement of movements) {
    if (movement.date > date && least === null) least = open;
    open -= movement.amountMinor;
    if (least !== null) least = Math.min(least, open);
  }
  return Math.max(0, least === null ? open : Math.min(least, open));
}

function oldestDueFirst(left: LedgerItem, right: LedgerItem): number {
  if (left.dueDate !== right.dueDate) return compare(left.dueDate, right.dueDate);
  if (left.invoiceNumber !== right.invoiceNumber) return compare(left.invoiceNumber, right.invoiceNumber);
  return left.ordinal - right.ordinal;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
