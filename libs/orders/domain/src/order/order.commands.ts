import type { Scaled } from '@kontor/kernel';
import type { DraftLine } from '../lines/priced-line.ts';
import type { ImportSource } from '../product/product.commands.ts';
import type { Restriction } from './restriction.ts';

/** Price, terms and restriction are facts that the handler gathered; they are recorded with the order. */
export interface PlaceOrder {
  readonly type: 'PlaceOrder';
  readonly orderId: string;
  /** Null only while the decision is tried out before a number is asked for. */
  readonly number: string | null;
  readonly entityId: string;
  readonly accountId: string;
  readonly quoteId: string | null;
  readonly quoteVersion: number | null;
  readonly opportunityId: string | null;
  readonly currency: string;
  readonly lines: readonly DraftLine[];
  readonly promisedDate: string | null;
  readonly paymentTermDays: number;
  readonly paymentTermBase: 'invoice-date' | 'end-of-month';
  readonly restriction: Restriction | null;
  readonly externalId: string | null;
  readonly source: ImportSource | null;
  readonly businessDate: string;
}

/** Sent by the process CreditCheck when receivables reserved. */
export interface ConfirmOrder {
  readonly type: 'ConfirmOrder';
  readonly orderId: string;
  readonly attempt: number;
  readonly businessDate: string;
}

/** Sent by the process CreditCheck when receivables refused. */
export interface HoldOrder {
  readonly type: 'HoldOrder';
  readonly orderId: string;
  readonly attempt: number;
  readonly code: string;
  readonly sentence: string;
  readonly businessDate: string;
}

/** Sent by the process CreditCheck when money came in that was paid in advance for the order. */
export interface ResumeOnPrepayment {
  readonly type: 'ResumeOnPrepayment';
  readonly orderId: string;
  readonly businessDate: string;
}

export interface RetryCredit {
  readonly type: 'RetryCredit';
  readonly businessDate: string;
}

export interface DeliveredQuantity {
  readonly lineId: number;
  readonly quantity: Scaled;
  readonly serials: readonly string[];
}

export interface RecordDelivery {
  readonly type: 'RecordDelivery';
  readonly deliveryId: string;
  /** Null only while the decision is tried out before a number is asked for. */
  readonly number: string | null;
  readonly lines: readonly DeliveredQuantity[];
  /** The day of the delivery. */
  readonly businessDate: string;
  readonly today: string;
}

export interface CancelOrder {
  readonly type: 'CancelOrder';
  readonly reason: string;
  readonly businessDate: string;
}

export interface CloseOrderShort {
  readonly type: 'CloseOrderShort';
  readonly reason: string;
  readonly businessDate: string;
}

export interface ReopenOrder {
  readonly type: 'ReopenOrder';
  readonly reason: string;
  readonly restriction: Restriction | null;
  readonly businessDate: string;
}

export type OrderCommand =
  | PlaceOrder
  | ConfirmOrder
  | HoldOrder
  | ResumeOnPrepayment
  | RetryCredit
  | RecordDelivery
  | CancelOrder
  | CloseOrderShort
  | ReopenOrder;
