import type { BusinessDate } from '@kontor/kernel';
import type { LedgerItem, LedgerPromise, LedgerState } from './ledger.state.ts';

/** an item waits while a promise for it may still be kept. */
export function isPromised(ledger: LedgerState, item: LedgerItem, date: BusinessDate): boolean {
  for (const promise of ledger.promises.values()) {
    if (date < promise.madeOn || date > promise.lastDay) continue;
    if (!promise.instalmentIds.includes(item.instalmentId)) continue;
    if (settledSince(ledger, promise, date) < promise.amountMinor) return true;
  }
  return false;
}

/**
 * What was paid on a promise up to a day or its last one, by value date: money that was booked after the promise was made.
 * What was there before is not in the amount promised, and taking it back breaks nothing. Fees and interest that a payment
 * for its instalments covered count: the client paid what was promised, the order of allocation is ours.
 */
export function settledSince(ledger: LedgerState, promise: LedgerPromise, day: BusinessDate): number {
  const until = day < promise.lastDay ? day : promise.lastDay;
  const bySource = new Map<string, number>();
  for (const [index, instalmentId] of promise.instalmentIds.entries()) {
    const movements = ledger.items.get(instalmentId)?.movements ?? [];
    for (const { date, amountMinor, sourceId } of movements.slice(promise.movementsBefore[index] ?? 0))
      if (date <= until) bySource.set(sourceId, (bySource.get(sourceId) ?? 0) + amountMinor);
  }
  let settled = 0;
  for (const [sourceId, amountMinor] of bySource)
    if (amountMinor > 0) settled += amountMinor + chargesPaidBy(ledger, promise, sourceId);
  return settled;
}

function chargesPaidBy(ledger: LedgerState, promise: LedgerPromise, sourceId: string): number {
  const covered = (credits: LedgerState['credits']) =>
    (credits.get(sourceId)?.allocations ?? []).reduce(
      (sum, { component, amountMinor }) => (component === 'principal' ? sum : sum + amountMinor),
      0,
    );
  return Math.max(0, covered(ledger.credits) - covered(promise.creditsBefore));
}

export function brokenOn(ledger: LedgerState, date: BusinessDate): readonly LedgerPromise[] {
  const broken: LedgerPromise[] = [];
  for (const promise of ledger.promises.values()) {
    if (promise.status === 'broken' || promise.lastDay >= date) continue;
    // Kept by money that was taken back as an error: it never came.
    if (settledSince(ledger, promise, promise.lastDay) < promise.amountMinor) broken.push(promise);
  }
  return broken;
}
