import { defineAggregate, defineCodec } from '@kontor/kernel';
import { productDecider } from './product.decider.ts';
import type { ProductEvent } from './product.events.ts';

export const productAggregate = defineAggregate({
  category: 'product',
  decider: productDecider,
  codec: defineCodec<ProductEvent>('orders', {
    ProductRegistered: { version: 1 },
    ListPriceChanged: { version: 1 },
  }),
});
