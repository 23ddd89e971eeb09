import { addDays, type ProcessManager } from '@kontor/kernel';
import type { QuoteIssuedV1 } from '@kontor/orders-contracts';
import type { ExpireQuote } from '../quote/quote.commands.ts';

/** Ensures that no version of a quote stays open beyond its last day: one timer per version, at the end of that day. */
export const quoteExpiry: ProcessManager<Record<string, never>, ExpireQuote> = {
  name: 'QuoteExpiry',
  initial: {},
  reactions: {
    'kontor.orders.quote-issued.v1': {
      correlate: (event) => (event.data as QuoteIssuedV1).quoteId,
      react: (state, event) => {
        const { version, expiresAt, validUntil } = event.data as QuoteIssuedV1;
        return {
          state,
          commands: [],
          timers: [
            {
              name: `expire-version-${version}`,
              dueAt: expiresAt,
              payload: { version, businessDate: addDays(validUntil, 1) },
            },
          ],
        };
      },
    },
  },
  onTimer: (state, { key, payload }) => ({
    state,
    commands: [
      {
        step: 'expire',
        aggregate: 'quote',
        key,
        command: {
          type: 'ExpireQuote',
          quoteId: key,
          version: Number(payload['version']),
          businessDate: String(payload['businessDate']),
        },
      },
    ],
  }),
};
