import { contracted, type PublicationTable } from '@kontor/feed';
import {
  creditRequested,
  deliveryRecorded,
  orderCancelled,
  orderClosedShort,
  orderConfirmed,
  orderHeld,
  orderPlaced,
  orderReopened,
} from '@kontor/orders-contracts';
import type { OrderEvent } from '@kontor/orders-domain';

export const orderPublication: PublicationTable<OrderEvent> = {
  OrderPlaced: ({ totalMinor, source: _source, ...data }) =>
    contracted(orderPlaced, { ...data, total: { amountMinor: totalMinor, currency: data.currency } }),
  CreditRequested: ({ amountMinor, currency, ...data }) =>
    contracted(creditRequested, { ...data, amount: { amountMinor, currency } }),
  OrderConfirmed: (data) => contracted(orderConfirmed, data),
  OrderHeld: (data) => contracted(orderHeld, data),
  CreditAnswerDisregarded: null,
  DeliveryRecorded: ({ amountMinor, ...data }) =>
    contracted(deliveryRecorded, { ...data, amount: { amountMinor, currency: data.currency } }),
  OrderCancelled: (data) => contracted(orderCancelled, ending(data)),
  OrderClosedShort: (data) => contracted(orderClosedShort, ending(data)),
  OrderReopened: (data) => contracted(orderReopened, ending(data)),
};

function ending<Data extends { readonly undeliveredMinor: number; readonly currency: string }>({
  undeliveredMinor,
  currency,
  ...data
}: Data) {
  return { ...data, undelivered: { amountMinor: undeliveredMinor, currency } };
}
