import type { BusinessDate, Money, Scaled } from '@kontor/kernel';

/** What the processes read of other services' contracts: a domain knows the shapes it needs, not their libraries. */
export interface OrderFacts {
  readonly orderId: string;
  readonly entityId: string;
  readonly accountId: string;
  readonly businessDate: BusinessDate;
}

export interface CreditRequest extends OrderFacts {
  readonly attempt: number;
  readonly amount: Money;
}

export interface OrderEnding extends OrderFacts {
  readonly undelivered: Money;
}

export interface Delivery extends OrderFacts {
  readonly deliveryId: string;
  readonly lines: readonly {
    readonly lineId: number;
    readonly sku: string;
    readonly description: string;
    readonly quantity: Scaled;
    readonly amountMinor: number;
  }[];
  readonly amount: Money;
  readonly paymentTermDays: number;
  readonly paymentTermBase: 'invoice-date' | 'end-of-month';
  readonly completesOrder: boolean;
}

export const CREDIT_REQUESTED = 'kontor.orders.credit-requested.v1';
export const ORDER_CANCELLED = 'kontor.orders.order-cancelled.v1';
export const ORDER_CLOSED_SHORT = 'kontor.orders.order-closed-short.v1';
export const DELIVERY_RECORDED = 'kontor.orders.delivery-recorded.v1';

/** The key of a ledger; the service derives its stream id from it. Durable. */
export function ledgerKey(entityId: string, currency: string, accountId: string): string {
  return `${entityId}|${currency}|${accountId}`;
}

/** The key of a number range. Durable. */
export function numberRangeKey(entityId: string, kind: string, year: number): string {
  return `${entityId}|${kind}|${year}`;
}
