import { equals, lastKnown, type ListDefinition, type ListParameters } from '@kontor/http';

const latest = (aspect: string, at: ListParameters) =>
  lastKnown('accounts.opportunity_facts', `x.opportunity_id = d.opportunity_id and x.aspect = '${aspect}'`, at);

/** By opening date and id: neither ever changes. */
export const opportunityListing: ListDefinition = {
  route: '/v1/opportunities',
  action: 'opportunities.read',
  projection: 'opportunity-list',
  owned: (owners) => `o.owner_id = any(${owners})`,
  from: (at) => `accounts.opportunities d
    left join ${latest('stage', at)} s on true left join ${latest('amount', at)} m on true
    left join ${latest('owner', at)} o on true left join ${latest('account', at)} a on true
    left join ${latest('close', at)} c on true`,
  select: () => `d.opportunity_id as "id", d.title, a.account_id as "accountId", o.owner_id as "ownerId", s.stage,
    s.stage_kind as "stageKind", case when m.amount_minor is null then null else
      json_build_object('amountMinor', m.amount_minor, 'currency', m.currency) end as "amount",
    c.expected_close as "expectedClose", d.product_id as "productId", d.external_id as "externalId",
    d.opened_on as "openedOn"`,
  recordedAt: 'd.recorded_at',
  newest: ['opportunities', 'opportunity_facts'].map((table) => `select max(recorded_at) from accounts.${table}`),
  sort: { key: 'd.opened_on', type: 'date', descending: false },
  id: 'd.opportunity_id',
  filters: {
    externalId: equals('d.external_id'),
    ownerId: equals('o.owner_id', 'uuid'),
    accountId: equals('a.account_id', 'uuid'),
    stage: equals('s.stage'),
    kind: equals('s.stage_kind'),
    /** The deals that have no account yet. */
    queue: (value) => `a.account_id is null and ${value}::text = 'enquiries'`,
  },
};
