import type { ListDefinition } from '../list-page.ts';
import { asKnown } from '../past.ts';

export const quoteListPages: ListDefinition = {
  route: '/v1/quotes',
  view: 'orders.quote_list',
  id: 'quote_id',
  sort: { column: 'issued_on', type: 'date', direction: 'desc' },
  ofAccounts: true,
  item: (moment) => `'id', t.quote_id, 'number', t.number, 'entityId', t.entity_id, 'accountId', t.account_id,
    'opportunityId', t.opportunity_id, 'businessDate', t.issued_on,
    'version', ${asKnown('version', moment, 'bigint')}, 'status', ${asKnown('status', moment)},
    'ordered', ${asKnown('ordered', moment)}, 'validUntil', ${asKnown('valid_until', moment)},
    'total', json_build_object('amountMinor', ${asKnown('total_minor', moment, 'bigint')}, 'currency', t.currency)`,
};

export const quoteFilters = {
  number: (parameter: string) => `t.number = ${parameter}`,
  accountId: (parameter: string) => `t.account_id = ${parameter}::uuid`,
  entityId: (parameter: string) => `t.entity_id = ${parameter}`,
  status: (parameter: string, moment: string) => `${asKnown('status', moment)} = ${parameter}`,
};
