import { accessProjection } from '@kontor/auth';
import { service } from '@kontor/orders-contracts';
import {
  creditCheck,
  numberRangeAggregate,
  orderAggregate,
  orderFromQuote,
  priceListAggregate,
  productAggregate,
  quoteAggregate,
  quoteExpiry,
} from '@kontor/orders-domain';
import type { ServiceDefinition } from '@kontor/service';
import { OrdersModule } from './orders.module.ts';
import { ordersPublication } from './outbound/orders.publication.ts';
import { deliveryList } from './read-models/delivery-list/delivery-list.projection.ts';
import { orderBilling } from './read-models/order-billing/order-billing.projection.ts';
import { orderFacts } from './read-models/order-facts/order-facts.projection.ts';
import { orderList } from './read-models/order-list/order-list.projection.ts';
import { productCatalogue } from './read-models/product-catalogue/product-catalogue.projection.ts';
import { quoteList } from './read-models/quote-list/quote-list.projection.ts';

const order = (id: string) => ({ aggregate: orderAggregate, id });
const quote = (id: string) => ({ aggregate: quoteAggregate, id });

/** THE list: everything that orders folds, publishes, projects, ensures and answers. */
export const ordersService: ServiceDefinition = {
  name: service,
  aggregates: [productAggregate, priceListAggregate, quoteAggregate, orderAggregate, numberRangeAggregate],
  publication: ordersPublication,
  projections: [
    accessProjection(service),
    orderFacts,
    productCatalogue,
    quoteList,
    orderList,
    deliveryList,
    orderBilling,
  ],
  processes: [
    // receivables' answers → the order is confirmed or held
    { manager: creditCheck, targets: { order } },
    // quantities taken from a quote → the order, where the request was cut off before it
    { manager: orderFromQuote, targets: { order } },
    // the last day of a version has ended → it is expired
    { manager: quoteExpiry, targets: { quote } },
  ],
  module: (runtime) => OrdersModule.register(runtime),
};
