import { equals, type ListDefinition } from '@kontor/http';
import { ofOwnAccounts } from '../own-accounts.ts';
import { asKnown } from '../past.ts';

export const quoteListing: ListDefinition = {
  route: '/v1/quotes',
  action: 'quotes.read',
  projection: 'quote_list',
  owned: ofOwnAccounts,
  from: () => 'orders.quote_list t',
  select: (at) => `t.quote_id as "id", t.number, t.entity_id as "entityId", t.account_id as "accountId",
    t.opportunity_id as "opportunityId", t.issued_on as "businessDate", ${asKnown('version', at, 'bigint')} as "version",
    ${asKnown('status', at)} as "status", ${asKnown('ordered', at)} as "ordered",
    ${asKnown('valid_until', at)} as "validUntil",
    json_build_object('amountMinor', ${asKnown('total_minor', at, 'bigint')}, 'currency', t.currency) as "total"`,
  recordedAt: 't.recorded_at',
  newest: ['select max(changed_at) from orders.quote_list'],
  sort: { key: 't.issued_on', type: 'date', descending: true },
  id: 't.quote_id',
  filters: {
    number: equals('t.number'),
    accountId: equals('t.account_id', 'uuid'),
    entityId: equals('t.entity_id'),
    status: (value, at) => `${asKnown('status', at)} = ${value}`,
  },
};
