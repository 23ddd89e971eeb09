import { equals, instantText, type ListDefinition } from '@kontor/http';
import { claimList } from './claim-list.projection.ts';

const lastOf = (facet: string, name: string) =>
  `(array_agg(value order by revision desc) filter (where facet = '${facet}'))[1] as ${name}`;

export const claimListing: ListDefinition = {
  route: '/v1/claims',
  action: 'warranty.read',
  projection: claimList.name,
  owned: (owners) => `exists (select 1 from warranty.account_owners a
    where a.account_id = c.account_id and a.owner_id = any(${owners}))`,
  from: (at) => `warranty.claims c join lateral (
    select ${lastOf('status', 'status')}, ${lastOf('owner', 'owner_id')}, ${lastOf('coverage', 'coverage')},
      ${lastOf('work', 'work')}
    from warranty.claim_facets x where x.claim_id = c.claim_id and x.recorded_at <= ${at.known}) f on true`,
  select: () => `c.claim_id as "id", c.number, c.entity_id as "entityId", c.kind, c.unit_id as "unitId",
    c.product_id as "productId", c.account_id as "accountId", c.incident_date as "incidentDate",
    c.opened_on as "openedOn", ${instantText('c.recorded_at')} as "recordedAt", f.status, f.owner_id as "ownerId",
    f.coverage, f.work`,
  recordedAt: 'c.recorded_at',
  newest: ['select max(recorded_at) from warranty.claim_facets'],
  sort: { key: 'c.opened_on', type: 'date', descending: true },
  id: 'c.claim_id',
  filters: {
    number: equals('c.number'),
    accountId: equals('c.account_id', 'uuid'),
    unitId: equals('c.unit_id', 'uuid'),
    kind: equals('c.kind'),
    status: equals('f.status'),
    ownerId: equals('f.owner_id'),
    coverage: equals('f.coverage'),
  },
};
