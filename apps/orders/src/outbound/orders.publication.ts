import { publicationOf, type PublicationTable } from '@kontor/feed';
import { service } from '@kontor/orders-contracts';
import type { NumberAssigned } from '@kontor/orders-domain';
import { orderPublication } from './order.publication.ts';
import { priceListPublication } from './price-list.publication.ts';
import { productPublication } from './product.publication.ts';
import { quotePublication } from './quote.publication.ts';

/** Numbers are seen on the documents that bear them. */
const numberRangePublication: PublicationTable<NumberAssigned> = { NumberAssigned: null };

/** What orders tells the others: at most one contract per event. */
export const ordersPublication = publicationOf(
  service,
  productPublication,
  priceListPublication,
  quotePublication,
  orderPublication,
  numberRangePublication,
);
