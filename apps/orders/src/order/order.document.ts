import { fulfilment, lineFacets, undeliveredMinor, type Order } from '@kontor/orders-domain';
import { billingFacet, paymentFacet, type LineBilling } from '../read-models/order-billing/order-billing.query.ts';

/** An order as it is answered. Facets stand beside each other, so that none hides another. */
export function orderDocument(order: Order) {
  const { orderId, totalMinor, currency, lines, source: _source, ...placed } = order.placed;
  const facets = lineFacets(order);
  return {
    id: orderId,
    ...placed,
    total: { amountMinor: totalMinor, currency },
    undelivered: { amountMinor: undeliveredMinor(order), currency },
    facets: { commercial: order.commercial, fulfilment: fulfilment(order) },
    credit: { attempt: order.attempt, hold: order.hold },
    endReason: order.endReason,
    lines: lines.map((line, index) => {
      const { lineId: _lineId, commercial, fulfilment: delivered, ...progress } = facets[index] ?? {};
      return { ...line, facets: { commercial, fulfilment: delivered }, ...progress };
    }),
    deliveries: order.deliveries.map((delivery) => ({
      deliveryId: delivery.deliveryId,
      number: delivery.number,
      businessDate: delivery.businessDate,
      amount: { amountMinor: delivery.amountMinor, currency },
      lines: delivery.lines.map(({ lineId, quantity, amountMinor, serials }) => ({
        lineId,
        quantity,
        amountMinor,
        serials,
      })),
    })),
  };
}

/** The facets of every line: commercial × fulfilment × billing × payment. */
export function facetsDocument(
  order: Order,
  billing: ReadonlyMap<number, LineBilling>,
  positions: { readonly [service: string]: string },
) {
  const { orderId, number, currency, lines } = order.placed;
  const progress = lineFacets(order);
  return {
    id: orderId,
    number,
    positions,
    lines: lines.map((line, index) => {
      const billed = billing.get(line.lineId);
      return {
        lineId: line.lineId,
        facets: {
          commercial: order.commercial,
          fulfilment: progress[index]?.fulfilment ?? 'open',
          billing: billingFacet(billed, line.amountMinor),
          payment: paymentFacet(billed),
        },
        ordered: { amountMinor: line.amountMinor, currency },
        delivered: { amountMinor: progress[index]?.deliveredMinor ?? 0, currency },
        billed: { amountMinor: billed?.billedMinor ?? 0, currency },
      };
    }),
  };
}
