import { addDays, type BusinessDate } from '@kontor/kernel';
import type { AccountPlan } from './firm-plan.ts';
import type { DeliveryPlan, OrderPlan } from './order-plan.ts';

/** What happens to the invoice of a delivery between its date and its payment, or after that. */
export type IncidentPlan =
  | {
      readonly kind: 'promise';
      readonly date: BusinessDate;
      readonly promisedOn: BusinessDate;
      readonly graceDays: number;
    }
  | {
      readonly kind: 'dispute';
      readonly date: BusinessDate;
      /** Percent of the invoice. */
      readonly share: number;
      readonly resolvedOn: BusinessDate;
      readonly outcome: 'justified' | 'unjustified' | 'settled';
    }
  | { readonly kind: 'credit-note'; readonly date: BusinessDate; readonly share: number; readonly reason: string }
  | {
      readonly kind: 'returned-payment';
      readonly date: BusinessDate;
      /** Null: not paid again yet. */
      readonly paidAgainOn: BusinessDate | null;
    };

const OUTCOMES = ['justified', 'unjustified', 'settled'] as const;
const REASONS = ['One piece was damaged on the way.', 'The discount agreed was forgotten.'] as const;
const PROMISED_AFTER_DUE = 4;
const PROMISED_FOR_DAYS = [10, 6, 25] as const;

/** By key of the delivery. Chosen by place, not by dice: every kind is there in a firm of any size that has deliveries enough. */
export function planIncidents(
  today: BusinessDate,
  accounts: readonly AccountPlan[],
  orders: readonly OrderPlan[],
): ReadonlyMap<string, IncidentPlan> {
  const yesterday = addDays(today, -1);
  const found = new Map<string, IncidentPlan>();
  let late = 0;
  let paid = 0;
  for (const order of orders) {
    const terms = accounts.find(({ key }) => key === order.accountKey)?.paymentTermDays ?? 0;
    for (const delivery of order.deliveries) {
      if (delivery.payment.disputed) continue;
      const due = addDays(delivery.date, terms);
      const paidOn = valueDateOf(delivery, terms);
      const isLate = (paidOn === null || paidOn > addDays(due, PROMISED_AFTER_DUE)) && due < addDays(yesterday, -5);
      if (isLate) {
        late += 1;
        if (late % 2 === 1) found.set(delivery.key, promise(due, late));
      } else if (paidOn !== null && paidOn < addDays(yesterday, -30)) {
        paid += 1;
        const incident = settledIncident(delivery, paidOn, paid);
        if (incident !== null) found.set(delivery.key, incident);
      }
    }
  }
  return found;
}

/** The day that the invoice of a delivery is paid on; null: not, or not yet. */
export function valueDateOf({ date, payment }: DeliveryPlan, termDays: number): BusinessDate | null {
  if (payment.daysAfterDue === null) return null;
  const on = addDays(date, termDays + payment.daysAfterDue);
  return on < date ? date : on;
}

function promise(due: BusinessDate, count: number): IncidentPlan {
  const date = addDays(due, PROMISED_AFTER_DUE);
  const days = PROMISED_FOR_DAYS[count % PROMISED_FOR_DAYS.length] ?? PROMISED_FOR_DAYS[0];
  return { kind: 'promise', date, promisedOn: addDays(date, days), graceDays: 2 };
}

function settledIncident(delivery: DeliveryPlan, paidOn: BusinessDate, count: number): IncidentPlan | null {
  const place = count % 12;
  if (place === 3) {
    const reason = REASONS[count % REASONS.length] ?? REASONS[0];
    return { kind: 'credit-note', date: addDays(paidOn, 3), share: 10, reason };
  }
  if (place === 6) {
    const outcome = OUTCOMES[count % OUTCOMES.length] ?? OUTCOMES[0];
    const date = addDays(delivery.date, 2);
    return { kind: 'dispute', date, share: 40, resolvedOn: addDays(date, 12), outcome };
  }
  if (place !== 9) return null;
  const date = addDays(paidOn, 4);
  return { kind: 'returned-payment', date, paidAgainOn: count % 24 === 9 ? addDays(date, 18) : null };
}
