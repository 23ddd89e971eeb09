import type { Contracted, Publication } from '@kontor/feed';
import { service } from '@kontor/orders-contracts';
import type { NumberAssigned } from '@kontor/orders-domain';
import type { PublicationTable } from './contracted.ts';
import { orderPublication } from './order.publication.ts';
import { priceListPublication } from './price-list.publication.ts';
import { productPublication } from './product.publication.ts';
import { quotePublication } from './quote.publication.ts';

/** Numbers are seen on the documents that bear them. */
const numberRangePublication: PublicationTable<NumberAssigned> = { NumberAssigned: null };

const tables: { readonly [type: string]: ((data: never) => Contracted) | null } = {
  ...productPublication,
  ...priceListPublication,
  ...quotePublication,
  ...orderPublication,
  ...numberRangePublication,
};

/** What orders tells the others: at most one contract per event. */
export const ordersPublication: Publication = {
  service,
  publish: ({ type, data }) => tables[type]?.(data as never),
};
