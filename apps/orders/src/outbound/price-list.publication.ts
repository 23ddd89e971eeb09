import { contracted, type PublicationTable } from '@kontor/feed';
import { priceListPublished } from '@kontor/orders-contracts';
import type { PriceListEvent } from '@kontor/orders-domain';

export const priceListPublication: PublicationTable<PriceListEvent> = {
  PriceListPublished: (data) => contracted(priceListPublished, data),
};
