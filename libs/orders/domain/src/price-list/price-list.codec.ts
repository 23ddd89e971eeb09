import { defineAggregate, defineCodec } from '@kontor/kernel';
import { priceListDecider } from './price-list.decider.ts';
import type { PriceListEvent } from './price-list.events.ts';

export const priceListAggregate = defineAggregate({
  category: 'priceList',
  decider: priceListDecider,
  codec: defineCodec<PriceListEvent>('orders', { PriceListPublished: { version: 1 } }),
});
