import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@kontor/kernel';
import { quoteIssued } from '@kontor/orders-contracts';
import { quoteExpiry } from './quote-expiry.process.ts';

describe('QuoteExpiry', () => {
  it('O-04: a version is expired when its last day has ended', () => {
    const data = quoteIssued.example;
    const reaction = quoteExpiry.reactions[quoteIssued.type];
    const timer = {
      name: 'expire-version-1',
      dueAt: '2026-04-01T22:00:00.000Z',
      payload: { version: 1, businessDate: '2026-04-02' },
    };
    expect(reaction?.correlate({ data } as unknown as CloudEvent)).toBe(data.quoteId);
    expect(reaction?.react({}, { data } as unknown as CloudEvent)).toEqual({
      state: {},
      commands: [],
      timers: [timer],
    });
    expect(quoteExpiry.onTimer?.({}, { ...timer, key: data.quoteId })).toEqual({
      state: {},
      commands: [
        {
          step: 'expire',
          aggregate: 'quote',
          key: data.quoteId,
          command: { type: 'ExpireQuote', quoteId: data.quoteId, version: 1, businessDate: '2026-04-02' },
        },
      ],
    });
  });
});
