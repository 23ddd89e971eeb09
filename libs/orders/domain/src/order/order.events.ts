import type { DomainEvent, Scaled } from '@kontor/kernel';
import type { PricedLine } from '../lines/priced-line.ts';
import type { ImportSource } from '../product/product.commands.ts';

interface OfOrder {
  readonly orderId: string;
  readonly entityId: string;
  readonly accountId: string;
  readonly businessDate: string;
}

/** The order was taken, and waits for credit. */
export type OrderPlaced = DomainEvent<
  'OrderPlaced',
  OfOrder & {
    readonly number: string;
    readonly quoteId: string | null;
    readonly quoteVersion: number | null;
    readonly opportunityId: string | null;
    readonly currency: string;
    readonly lines: readonly PricedLine[];
    readonly totalMinor: number;
    readonly promisedDate: string | null;
    readonly paymentTermDays: number;
    readonly paymentTermBase: 'invoice-date' | 'end-of-month';
    readonly externalId: string | null;
    readonly source: ImportSource | null;
  }
>;

/** Receivables is asked to reserve what is not yet delivered. In one append with what made it necessary. */
export type CreditRequested = DomainEvent<
  'CreditRequested',
  OfOrder & { readonly attempt: number; readonly amountMinor: number; readonly currency: string }
>;

export type OrderConfirmed = DomainEvent<'OrderConfirmed', OfOrder & { readonly attempt: number }>;

/** Code and sentence are receivables' own. */
export type OrderHeld = DomainEvent<
  'OrderHeld',
  OfOrder & { readonly attempt: number; readonly code: string; readonly sentence: string }
>;

/** An answer to a request that was no longer waited for. It is kept so that the process's command leaves its trace. */
export type CreditAnswerDisregarded = DomainEvent<
  'CreditAnswerDisregarded',
  {
    readonly orderId: string;
    readonly attempt: number;
    readonly answer: 'reserved' | 'refused';
    readonly because: string;
    readonly businessDate: string;
  }
>;

export interface DeliveredLine {
  readonly lineId: number;
  readonly productId: string;
  readonly sku: string;
  readonly description: string;
  readonly quantity: Scaled;
  readonly amountMinor: number;
  readonly serials: readonly string[];
  readonly warrantyMonths: number | null;
  readonly warrantyStart: 'delivery' | 'invoice';
}

/** Goods or services reached the client. Everything that an invoice and a unit need is in it. */
export type DeliveryRecorded = DomainEvent<
  'DeliveryRecorded',
  OfOrder & {
    readonly deliveryId: string;
    readonly number: string;
    readonly orderNumber: string;
    readonly currency: string;
    readonly lines: readonly DeliveredLine[];
    readonly amountMinor: number;
    readonly paymentTermDays: number;
    readonly paymentTermBase: 'invoice-date' | 'end-of-month';
    readonly completesOrder: boolean;
  }
>;

interface OrderEnding extends OfOrder {
  readonly undeliveredMinor: number;
  readonly currency: string;
  readonly reason: string;
}

/** What was not delivered will not be. */
export type OrderCancelled = DomainEvent<'OrderCancelled', OrderEnding>;

/** A partly delivered order counts as done. */
export type OrderClosedShort = DomainEvent<'OrderClosedShort', OrderEnding>;

/** It is wanted after all: a CreditRequested follows in the same append, so no order comes back around the check. */
export type OrderReopened = DomainEvent<'OrderReopened', OrderEnding>;

export type OrderEvent =
  | OrderPlaced
  | CreditRequested
  | OrderConfirmed
  | OrderHeld
  | CreditAnswerDisregarded
  | DeliveryRecorded
  | OrderCancelled
  | OrderClosedShort
  | OrderReopened;
