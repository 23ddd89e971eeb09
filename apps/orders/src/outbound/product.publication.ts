import { contracted, type PublicationTable } from '@kontor/feed';
import { listPriceChanged, productRegistered } from '@kontor/orders-contracts';
import type { ProductEvent } from '@kontor/orders-domain';

export const productPublication: PublicationTable<ProductEvent> = {
  ProductRegistered: ({ source: _source, ...data }) => contracted(productRegistered, data),
  ListPriceChanged: ({ source: _source, ...data }) => contracted(listPriceChanged, data),
};
