import { describe, expect, it } from '@jest/globals';
import { decide, type CloudEvent } from '@kontor/kernel';
import { quoteOrdered } from '@kontor/orders-contracts';
import { orderDecider } from '../order/order.decider.ts';
import { orderFromQuote, placeOrderOf } from './order-from-quote.process.ts';

const data = quoteOrdered.example;

describe('OrderFromQuote', () => {
  it('O-04: places the order that a quote was turned into, and finds it placed the second time', () => {
    const reaction = orderFromQuote.reactions[quoteOrdered.type];
    if (reaction === undefined) throw new Error('no reaction');
    const event = { data } as unknown as CloudEvent;
    expect(reaction.correlate(event)).toBe(data.orderId);
    expect(reaction.react({}, event)).toEqual({
      state: {},
      commands: [{ step: 'place', aggregate: 'order', key: data.orderId, command: placeOrderOf(data) }],
    });

    const first = decide(orderDecider, placeOrderOf(data), orderDecider.initial);
    expect(first.kind === 'accepted' && first.events.map((placed) => placed.type)).toEqual([
      'OrderPlaced',
      'CreditRequested',
    ]);
  });
});
