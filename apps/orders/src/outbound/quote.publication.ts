import { contracted, type PublicationTable } from '@kontor/feed';
import {
  quoteAccepted,
  quoteDeclined,
  quoteExpired,
  quoteIssued,
  quoteOrdered,
  quoteSent,
  quoteSuperseded,
} from '@kontor/orders-contracts';
import type { QuoteEvent } from '@kontor/orders-domain';

export const quotePublication: PublicationTable<QuoteEvent> = {
  QuoteIssued: ({ totalMinor, ...data }) =>
    contracted(quoteIssued, { ...data, total: { amountMinor: totalMinor, currency: data.currency } }),
  QuoteSuperseded: (data) => contracted(quoteSuperseded, data),
  QuoteSent: (data) => contracted(quoteSent, data),
  QuoteAccepted: (data) => contracted(quoteAccepted, data),
  QuoteDeclined: (data) => contracted(quoteDeclined, data),
  QuoteExpired: (data) => contracted(quoteExpired, data),
  QuoteExpiryDisregarded: null,
  QuoteOrdered: ({ totalMinor, ...data }) =>
    contracted(quoteOrdered, { ...data, total: { amountMinor: totalMinor, currency: data.currency } }),
};
