import type { ListDefinition } from '../list-page.ts';

export const deliveryListPages: ListDefinition = {
  route: '/v1/deliveries',
  view: 'orders.delivery_list',
  id: 'delivery_id',
  sort: { column: 'delivered_on', type: 'date', direction: 'desc' },
  ofAccounts: true,
  item: () => `'id', t.delivery_id, 'number', t.number, 'orderId', t.order_id, 'orderNumber', t.order_number,
    'entityId', t.entity_id, 'accountId', t.account_id, 'businessDate', t.delivered_on,
    'amount', json_build_object('amountMinor', t.amount_minor, 'currency', t.currency), 'lines', t.lines`,
};

export const deliveryFilters = {
  id: (parameter: string) => `t.delivery_id = ${parameter}::uuid`,
  number: (parameter: string) => `t.number = ${parameter}`,
  orderId: (parameter: string) => `t.order_id = ${parameter}::uuid`,
  accountId: (parameter: string) => `t.account_id = ${parameter}::uuid`,
  entityId: (parameter: string) => `t.entity_id = ${parameter}`,
};
