import type { Scaled } from '@kontor/kernel';
import type { DraftLine } from '../lines/priced-line.ts';

/** Draws up the first version. `expiresAt` is the end of `validUntil` in the entity's time zone. */
export interface IssueQuote {
  readonly type: 'IssueQuote';
  readonly quoteId: string;
  /** Null only while the decision is tried out before a number is asked for. */
  readonly number: string | null;
  readonly entityId: string;
  readonly accountId: string;
  readonly opportunityId: string | null;
  readonly currency: string;
  readonly lines: readonly DraftLine[];
  readonly validUntil: string;
  readonly expiresAt: string;
  readonly businessDate: string;
}

/** Draws up the next version; the one before is superseded. */
export interface ReviseQuote {
  readonly type: 'ReviseQuote';
  readonly quoteId: string;
  readonly lines: readonly DraftLine[];
  readonly validUntil: string;
  readonly expiresAt: string;
  readonly businessDate: string;
}

export interface SendQuote {
  readonly type: 'SendQuote';
  readonly version: number;
  readonly channel: string;
  readonly businessDate: string;
}

export interface AcceptQuote {
  readonly type: 'AcceptQuote';
  readonly version: number;
  /** By what the client accepted: a purchase order, a signed copy, a mail. */
  readonly evidence: string;
  readonly businessDate: string;
}

export interface DeclineQuote {
  readonly type: 'DeclineQuote';
  readonly version: number;
  readonly reason: string;
  readonly businessDate: string;
}

/** Sent by the process QuoteExpiry when `expiresAt` has come. */
export interface ExpireQuote {
  readonly type: 'ExpireQuote';
  readonly quoteId: string;
  readonly version: number;
  readonly businessDate: string;
}

/** Turns quantities of an accepted version into an order. */
export interface OrderQuote {
  readonly type: 'OrderQuote';
  readonly version: number;
  readonly orderId: string;
  /** Null only while the decision is tried out before a number is asked for. */
  readonly orderNumber: string | null;
  /** Null: everything that is left. */
  readonly lines: readonly { readonly lineId: number; readonly quantity: Scaled }[] | null;
  readonly promisedDate: string | null;
  readonly paymentTermDays: number;
  readonly paymentTermBase: 'invoice-date' | 'end-of-month';
  /** A fact: the restriction that receivables put on the account. */
  readonly restriction: 'block-new-orders' | 'prepayment-only' | null;
  readonly businessDate: string;
}

export type QuoteCommand = IssueQuote | ReviseQuote | SendQuote | AcceptQuote | DeclineQuote | ExpireQuote | OrderQuote;
