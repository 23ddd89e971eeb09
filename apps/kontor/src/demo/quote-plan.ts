import { addDays, type BusinessDate, daysBetween } from '@kontor/kernel';
import type { AccountPlan } from './firm-plan.ts';
import type { OrderPlan } from './order-plan.ts';

/** An offer stands so many days; what was ordered from one is younger than that. */
const VALID_DAYS = 90;
const OFFERED_BEFORE_ORDER = 7;

export interface QuotePlan {
  readonly key: string;
  readonly accountKey: string;
  readonly date: BusinessDate;
  readonly validUntil: BusinessDate;
  readonly lines: OrderPlan['lines'];
  readonly fate:
    | { readonly kind: 'ordered'; readonly orderKey: string; readonly acceptedOn: BusinessDate }
    | { readonly kind: 'declined'; readonly date: BusinessDate }
    | { readonly kind: 'sent' }
    | { readonly kind: 'expired' };
}

/** Every young order came from a quote; besides, every third client has one that was declined, is out, or has expired. */
export function planQuotes(
  today: BusinessDate,
  accounts: readonly AccountPlan[],
  orders: readonly OrderPlan[],
): QuotePlan[] {
  const ordered = orders.flatMap((order): QuotePlan[] => {
    const date = addDays(order.date, -OFFERED_BEFORE_ORDER);
    const registeredOn = accounts.find(({ key }) => key === order.accountKey)?.registeredOn ?? date;
    if (daysBetween(date, today) >= VALID_DAYS || date < registeredOn) return [];
    return [
      {
        ...{ key: `quote-${order.key}`, accountKey: order.accountKey, date, lines: order.lines },
        validUntil: addDays(date, VALID_DAYS),
        fate: { kind: 'ordered', orderKey: order.key, acceptedOn: addDays(order.date, -1) },
      },
    ];
  });
  const others = accounts.flatMap((account, index): QuotePlan[] => {
    const lines = orders.find(({ accountKey }) => accountKey === account.key)?.lines;
    if (lines === undefined || index % 3 !== 0) return [];
    const about = { key: `quote-${account.key}`, accountKey: account.key, lines };
    const date = addDays(today, -3 - (index % 20));
    const validUntil = addDays(date, VALID_DAYS);
    const fate = (['declined', 'sent', 'expired'] as const)[(index / 3) % 3] ?? 'sent';
    if (fate === 'declined') return [{ ...about, date, validUntil, fate: { kind: fate, date: addDays(date, 2) } }];
    if (fate === 'sent') return [{ ...about, date, validUntil, fate: { kind: fate } }];
    const old = addDays(today, -40);
    return [{ ...about, date: old, validUntil: addDays(old, 30), fate: { kind: fate } }];
  });
  return [...ordered, ...others];
}
