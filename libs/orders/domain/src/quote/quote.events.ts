import type { DomainEvent } from '@kontor/kernel';
import type { PricedLine } from '../lines/priced-line.ts';

interface OfVersion {
  readonly quoteId: string;
  readonly version: number;
  readonly entityId: string;
  readonly accountId: string;
  readonly businessDate: string;
}

/** A version was drawn up and is the live one. */
export type QuoteIssued = DomainEvent<
  'QuoteIssued',
  OfVersion & {
    readonly number: string;
    readonly opportunityId: string | null;
    readonly currency: string;
    readonly lines: readonly PricedLine[];
    readonly totalMinor: number;
    readonly validUntil: string;
    readonly expiresAt: string;
  }
>;

/** The version is no longer live because a newer one is; in the same append as that one's QuoteIssued, before it. */
export type QuoteSuperseded = DomainEvent<'QuoteSuperseded', OfVersion & { readonly supersededBy: number }>;

export type QuoteSent = DomainEvent<'QuoteSent', OfVersion & { readonly channel: string }>;

/** The client bound itself; from here on only orders follow. */
export type QuoteAccepted = DomainEvent<'QuoteAccepted', OfVersion & { readonly evidence: string }>;

export type QuoteDeclined = DomainEvent<'QuoteDeclined', OfVersion & { readonly reason: string }>;

/** Dated the day after the last day on which it could be accepted. */
export type QuoteExpired = DomainEvent<'QuoteExpired', OfVersion & { readonly validUntil: string }>;

/** The time was up, but the version was not live any more. It is kept so that the timer's command leaves its trace. */
export type QuoteExpiryDisregarded = DomainEvent<
  'QuoteExpiryDisregarded',
  { readonly quoteId: string; readonly version: number; readonly because: string; readonly businessDate: string }
>;

/**
 * Quantities were turned into an order. It carries the whole order, so that the order can be placed from this event
 * alone, whoever does it: the caller's request or, after a crash, the process OrderFromQuote.
 */
export type QuoteOrdered = DomainEvent<
  'QuoteOrdered',
  OfVersion & {
    readonly orderId: string;
    readonly orderNumber: string;
    readonly opportunityId: string | null;
    readonly currency: string;
    readonly lines: readonly PricedLine[];
    readonly totalMinor: number;
    readonly promisedDate: string | null;
    readonly paymentTermDays: number;
    readonly paymentTermBase: 'invoice-date' | 'end-of-month';
    readonly fullyOrdered: boolean;
  }
>;

export type QuoteEvent =
  | QuoteIssued
  | QuoteSuperseded
  | QuoteSent
  | QuoteAccepted
  | QuoteDeclined
  | QuoteExpired
  | QuoteExpiryDisregarded
  | QuoteOrdered;
