import { equals, type ListDefinition } from '@kontor/http';
import { ofOwnAccounts } from '../own-accounts.ts';

export const deliveryListing: ListDefinition = {
  route: '/v1/deliveries',
  action: 'orders.read',
  projection: 'delivery_list',
  owned: ofOwnAccounts,
  from: () => 'orders.delivery_list t',
  select: () => `t.delivery_id as "id", t.number, t.order_id as "orderId", t.order_number as "orderNumber",
    t.entity_id as "entityId", t.account_id as "accountId", t.delivered_on as "businessDate",
    json_build_object('amountMinor', t.amount_minor, 'currency', t.currency) as "amount", t.lines`,
  recordedAt: 't.recorded_at',
  newest: ['select max(changed_at) from orders.delivery_list'],
  sort: { key: 't.delivered_on', type: 'date', descending: true },
  id: 't.delivery_id',
  filters: {
    id: equals('t.delivery_id', 'uuid'),
    number: equals('t.number'),
    orderId: equals('t.order_id', 'uuid'),
    accountId: equals('t.account_id', 'uuid'),
    entityId: equals('t.entity_id'),
  },
};
