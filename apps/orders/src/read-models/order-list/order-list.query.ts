import type { ListDefinition } from '../list-page.ts';
import { asKnown } from '../past.ts';

export const orderListPages: ListDefinition = {
  route: '/v1/orders',
  view: 'orders.order_list',
  id: 'order_id',
  sort: { column: 'placed_on', type: 'date', direction: 'desc' },
  ofAccounts: true,
  item: (moment) => `'id', t.order_id, 'number', t.number, 'entityId', t.entity_id, 'accountId', t.account_id,
    'quoteId', t.quote_id, 'opportunityId', t.opportunity_id, 'externalId', t.external_id,
    'businessDate', t.placed_on, 'promisedDate', t.promised_date,
    'total', json_build_object('amountMinor', t.total_minor, 'currency', t.currency),
    'delivered', json_build_object('amountMinor', ${asKnown('delivered_minor', moment, 'bigint')}, 'currency', t.currency),
    'facets', json_build_object('commercial', ${asKnown('commercial', moment)},
                                'fulfilment', ${asKnown('fulfilment', moment)}),
    'holdCode', ${asKnown('hold_code', moment)}`,
};

export const orderFilters = {
  number: (parameter: string) => `t.number = ${parameter}`,
  accountId: (parameter: string) => `t.account_id = ${parameter}::uuid`,
  entityId: (parameter: string) => `t.entity_id = ${parameter}`,
  externalId: (parameter: string) => `t.external_id = ${parameter}`,
  commercial: (parameter: string, moment: string) => `${asKnown('commercial', moment)} = ${parameter}`,
  fulfilment: (parameter: string, moment: string) => `${asKnown('fulfilment', moment)} = ${parameter}`,
};
