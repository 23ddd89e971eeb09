import type { CloudEvent, ProcessManager } from '@kontor/kernel';
import type { QuoteOrderedV1 } from '@kontor/orders-contracts';
import type { PlaceOrder } from '../order/order.commands.ts';

/**
 * Ensures that quantities taken from a quote are an order. The request that took them places the order itself; this
 * process comes behind it and finds it placed, or, where that request was cut off in between, places it.
 */
export const orderFromQuote: ProcessManager<Record<string, never>, PlaceOrder> = {
  name: 'OrderFromQuote',
  initial: {},
  reactions: {
    'kontor.orders.quote-ordered.v1': {
      correlate: (event) => (event.data as QuoteOrderedV1).orderId,
      react: (state, event: CloudEvent) => {
        const data = event.data as QuoteOrderedV1;
        return {
          state,
          commands: [{ step: 'place', aggregate: 'order', key: data.orderId, command: placeOrderOf(data) }],
        };
      },
    },
  },
};

/** The order as the quote's event carries it. Restriction was decided there, on the same facts. */
export function placeOrderOf(data: Omit<QuoteOrderedV1, 'total' | 'fullyOrdered'>): PlaceOrder {
  return {
    type: 'PlaceOrder',
    orderId: data.orderId,
    number: data.orderNumber,
    entityId: data.entityId,
    accountId: data.accountId,
    quoteId: data.quoteId,
    quoteVersion: data.version,
    opportunityId: data.opportunityId,
    currency: data.currency,
    lines: data.lines.map(({ amountMinor: _amountMinor, ...draft }) => draft),
    promisedDate: data.promisedDate,
    paymentTermDays: data.paymentTermDays,
    paymentTermBase: data.paymentTermBase,
    restriction: null,
    externalId: null,
    source: null,
    businessDate: data.businessDate,
  };
}
