import { defineAggregate, defineCodec } from '@kontor/kernel';
import { orderDecider } from './order.decider.ts';
import type { OrderEvent } from './order.events.ts';

export const orderAggregate = defineAggregate({
  category: 'order',
  decider: orderDecider,
  codec: defineCodec<OrderEvent>('orders', {
    OrderPlaced: { version: 1 },
    CreditRequested: { version: 1 },
    OrderConfirmed: { version: 1 },
    OrderHeld: { version: 1 },
    CreditAnswerDisregarded: { version: 1 },
    DeliveryRecorded: { version: 1 },
    OrderCancelled: { version: 1 },
    OrderClosedShort: { version: 1 },
    OrderReopened: { version: 1 },
  }),
});
