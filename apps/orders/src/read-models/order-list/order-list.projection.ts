import type { CloudEvent } from '@kontor/kernel';
import {
  creditRequested,
  deliveryRecorded,
  orderCancelled,
  orderClosedShort,
  orderConfirmed,
  orderHeld,
  orderPlaced,
  type CreditRequestedV1,
  type DeliveryRecordedV1,
  type OrderCancelledV1,
  type OrderClosedShortV1,
  type OrderConfirmedV1,
  type OrderHeldV1,
  type OrderPlacedV1,
} from '@kontor/orders-contracts';
import type { Projection, Row, RowChange } from '@kontor/projections';
import { begun, changed, pastColumns } from '../past.ts';

export const orderList: Projection = {
  name: 'order_list',
  version: 1,
  viewSchema: 'orders',
  tables: {
    order_list: {
      comment: 'Orders with their facets: commercial and fulfilment, beside each other.',
      key: ['order_id'],
      columns: {
        order_id: { type: 'uuid', comment: 'Order.' },
        number: { type: 'text', comment: 'Number of the order.' },
        entity_id: { type: 'text', comment: 'Legal entity.' },
        account_id: { type: 'uuid', comment: 'Account that ordered.' },
        quote_id: { type: 'uuid', nullable: true, comment: 'Quote that it came from.' },
        opportunity_id: { type: 'uuid', nullable: true, comment: 'Deal that it closes.' },
        external_id: { type: 'text', nullable: true, comment: 'Identity of the source it was imported from.' },
        placed_on: { type: 'date', comment: 'Business date of the order.' },
        promised_date: { type: 'date', nullable: true, comment: 'Day promised to the client.' },
        currency: { type: 'text', comment: 'ISO 4217.' },
        total_minor: { type: 'bigint', comment: 'Sum of the lines, minor units.' },
        delivered_minor: { type: 'bigint', comment: 'What of it was delivered, minor units.' },
        commercial: { type: 'text', comment: 'awaiting-credit, confirmed, held, cancelled or closed-short.' },
        fulfilment: { type: 'text', comment: 'open, partly-delivered or delivered.' },
        hold_code: { type: 'text', nullable: true, comment: 'Why it is held.' },
        ...pastColumns,
      },
      indexes: ['placed_on, order_id', 'account_id', 'number', 'changed_at', 'external_id'],
    },
  },
  on: {
    [orderPlaced.type]: ({ data, recordedat }: CloudEvent<OrderPlacedV1>) => [
      {
        table: 'order_list',
        put: {
          order_id: data.orderId,
          number: data.number,
          entity_id: data.entityId,
          account_id: data.accountId,
          quote_id: data.quoteId,
          opportunity_id: data.opportunityId,
          external_id: data.externalId,
          placed_on: data.businessDate,
          promised_date: data.promisedDate,
          currency: data.currency,
          total_minor: data.total.amountMinor,
          delivered_minor: 0,
          commercial: 'awaiting-credit',
          fulfilment: 'open',
          hold_code: null,
          ...begun(recordedat),
        },
      },
    ],
    [creditRequested.type]: (event: CloudEvent<CreditRequestedV1>) =>
      change(event, (row) => (row['commercial'] === 'awaiting-credit' ? null : commercial('awaiting-credit'))),
    [orderConfirmed.type]: (event: CloudEvent<OrderConfirmedV1>) => change(event, () => commercial('confirmed')),
    [orderHeld.type]: (event: CloudEvent<OrderHeldV1>) =>
      change(event, () => ({ commercial: 'held', hold_code: event.data.code })),
    [orderCancelled.type]: (event: CloudEvent<OrderCancelledV1>) => change(event, () => commercial('cancelled')),
    [orderClosedShort.type]: (event: CloudEvent<OrderClosedShortV1>) => change(event, () => commercial('closed-short')),
    [deliveryRecorded.type]: (event: CloudEvent<DeliveryRecordedV1>) =>
      change(event, (row) => ({
        delivered_minor: Number(row['delivered_minor']) + event.data.amount.amountMinor,
        fulfilment: event.data.completesOrder ? 'delivered' : 'partly-delivered',
      })),
  },
};

function commercial(facet: string): Row {
  return { commercial: facet, hold_code: null };
}

/** Null: nothing that the list shows is another. */
function change(
  event: CloudEvent<{ readonly orderId: string }>,
  changes: (row: Row) => Row | null,
): readonly RowChange[] {
  return [
    {
      table: 'order_list',
      key: { order_id: event.data.orderId },
      change: (row) => {
        const next = row === undefined ? null : changes(row);
        return row === undefined || next === null ? row : changed(row, next, event.recordedat);
      },
    },
  ];
}
