import { type BusinessDate, daysBetween } from '@kontor/kernel';
import { type LedgerItem, openOn } from './ledger.state.ts';

export const AGEING_BUCKETS = ['not-due', '1-30', '31-60', '61-90', '91-120', 'over-120'] as const;
export type AgeingBucket = (typeof AGEING_BUCKETS)[number];

/** The bucket of an item that is open on a day: by days since it was due, then 30 days each. */
export function ageingBucket(dueDate: BusinessDate, day: BusinessDate): AgeingBucket {
  const late = daysBetween(dueDate, day);
  if (late <= 0) return 'not-due';
  return AGEING_BUCKETS[Math.min(5, Math.ceil(late / 30))] as AgeingBucket;
}

export interface Ageing {
  readonly items: number;
  readonly outstandingMinor: number;
  readonly buckets: { readonly [bucket in AgeingBucket]: { readonly items: number; readonly amountMinor: number } };
}

/** The reference rule of ageing, principal only: what read models answer must equal it. */
export function ageingOf(items: Iterable<LedgerItem>, day: BusinessDate): Ageing {
  const buckets = Object.fromEntries(AGEING_BUCKETS.map((bucket) => [bucket, { items: 0, amountMinor: 0 }])) as {
    [bucket in AgeingBucket]: { items: number; amountMinor: number };
  };
  let count = 0;
  let outstandingMinor = 0;
  for (const item of items) {
    const open = openOn(item, day);
    if (open === 0) continue;
    const bucket = buckets[ageingBucket(item.dueDate, day)];
    bucket.items += 1;
    bucket.amountMinor += open;
    count += 1;
    outstandingMinor += open;
  }
  return { items: count, outstandingMinor, buckets };
}
