import { defineAggregate, defineCodec } from '@kontor/kernel';
import { quoteDecider } from './quote.decider.ts';
import type { QuoteEvent } from './quote.events.ts';

export const quoteAggregate = defineAggregate({
  category: 'quote',
  decider: quoteDecider,
  codec: defineCodec<QuoteEvent>('orders', {
    QuoteIssued: { version: 1 },
    QuoteSuperseded: { version: 1 },
    QuoteSent: { version: 1 },
    QuoteAccepted: { version: 1 },
    QuoteDeclined: { version: 1 },
    QuoteExpired: { version: 1 },
    QuoteExpiryDisregarded: { version: 1 },
    QuoteOrdered: { version: 1 },
  }),
});
