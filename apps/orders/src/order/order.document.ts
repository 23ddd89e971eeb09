import { fulfilment, lineFacets, undeliveredMinor, type Order } from '@kontor/orders-domain';

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
