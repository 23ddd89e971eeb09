import { equals, type ListDefinition } from '@kontor/http';
import { ofOwnAccounts } from '../own-accounts.ts';
import { asKnown } from '../past.ts';

export const orderListing: ListDefinition = {
  route: '/v1/orders',
  action: 'orders.read',
  projection: 'order_list',
  owned: ofOwnAccounts,
  from: () => 'orders.order_list t',
  select: (at) => `t.order_id as "id", t.number, t.entity_id as "entityId", t.account_id as "accountId",
    t.quote_id as "quoteId", t.opportunity_id as "opportunityId", t.external_id as "externalId",
    t.placed_on as "businessDate", t.promised_date as "promisedDate",
    json_build_object('amountMinor', t.total_minor, 'currency', t.currency) as "total",
    json_build_object('amountMinor', ${asKnown('delivered_minor', at, 'bigint')}, 'currency', t.currency) as "delivered",
    json_build_object('commercial', ${asKnown('commercial', at)}, 'fulfilment', ${asKnown('fulfilment', at)}) as "facets",
    ${asKnown('hold_code', at)} as "holdCode"`,
  recordedAt: 't.recorded_at',
  newest: ['select max(changed_at) from orders.order_list'],
  sort: { key: 't.placed_on', type: 'date', descending: true },
  id: 't.order_id',
  filters: {
    number: equals('t.number'),
    accountId: equals('t.account_id', 'uuid'),
    entityId: equals('t.entity_id'),
    externalId: equals('t.external_id'),
    commercial: (value, at) => `${asKnown('commercial', at)} = ${value}`,
    fulfilment: (value, at) => `${asKnown('fulfilment', at)} = ${value}`,
  },
};
