import type { CloudEvent } from '@kontor/kernel';
import { deliveryRecorded, type DeliveryRecordedV1 } from '@kontor/orders-contracts';
import type { Projection } from '@kontor/projections';
import { begun, pastColumns } from '../past.ts';

/** Deliveries by their own number: in the order's stream they are found by the order alone. */
export const deliveryList: Projection = {
  name: 'delivery_list',
  version: 1,
  viewSchema: 'orders',
  tables: {
    delivery_list: {
      comment: 'Deliveries of orders, whole or in part.',
      key: ['delivery_id'],
      columns: {
        delivery_id: { type: 'uuid', comment: 'Delivery.' },
        number: { type: 'text', comment: 'Number of the delivery.' },
        order_id: { type: 'uuid', comment: 'Order that it delivers.' },
        order_number: { type: 'text', comment: 'Number of the order.' },
        entity_id: { type: 'text', comment: 'Legal entity.' },
        account_id: { type: 'uuid', comment: 'Account that it went to.' },
        delivered_on: { type: 'date', comment: 'Business date of the delivery.' },
        currency: { type: 'text', comment: 'ISO 4217.' },
        amount_minor: { type: 'bigint', comment: 'Its share of the order, minor units.' },
        lines: { type: 'jsonb', comment: 'What was delivered of each line, with serial numbers.' },
        ...pastColumns,
      },
      indexes: ['delivered_on, delivery_id', 'account_id', 'number', 'order_id', 'changed_at'],
    },
  },
  on: {
    [deliveryRecorded.type]: ({ data, recordedat }: CloudEvent<DeliveryRecordedV1>) => [
      {
        table: 'delivery_list',
        put: {
          delivery_id: data.deliveryId,
          number: data.number,
          order_id: data.orderId,
          order_number: data.orderNumber,
          entity_id: data.entityId,
          account_id: data.accountId,
          delivered_on: data.businessDate,
          currency: data.currency,
          amount_minor: data.amount.amountMinor,
          lines: data.lines.map(({ lineId, productId, sku, description, quantity, amountMinor, serials }) => ({
            lineId,
            productId,
            sku,
            description,
            quantity,
            amountMinor,
            serials,
          })),
          ...begun(recordedat),
        },
      },
    ],
  },
};
