import { priceListPublished } from '@kontor/orders-contracts';
import type { PriceListEvent } from '@kontor/orders-domain';
import { contracted, type PublicationTable } from './contracted.ts';

export const priceListPublication: PublicationTable<PriceListEvent> = {
  PriceListPublished: (data) => contracted(priceListPublished, data),
};
