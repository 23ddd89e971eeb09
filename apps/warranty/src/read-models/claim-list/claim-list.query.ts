import { instant, type ListDefinition } from '../listing.ts';
import { claimList } from './claim-list.projection.ts';

interface ClaimRow {
  readonly sort_key: string;
  readonly id: string;
  readonly number: string;
  readonly entity_id: string;
  readonly kind: string;
  readonly unit_id: string | null;
  readonly product_id: string | null;
  readonly account_id: string;
  readonly incident_date: string;
  readonly opened_on: string;
  readonly recorded_at: string;
  readonly status: string;
  readonly owner_id: string;
  readonly coverage: string | null;
  readonly work: string | null;
}

export interface ClaimItem {
  readonly id: string;
  readonly number: string;
  readonly entityId: string;
  readonly kind: string;
  readonly unitId: string | null;
  readonly productId: string | null;
  readonly accountId: string;
  readonly incidentDate: string;
  readonly openedOn: string;
  readonly recordedAt: string;
  readonly status: string;
  readonly ownerId: string;
  readonly coverage: string | null;
  readonly work: string | null;
}

/** Filters of the list, as conditions; `?` is the value. */
export const claimFilters = {
  number: 'c.number = ?',
  accountId: 'c.account_id = ?::uuid',
  unitId: 'c.unit_id = ?::uuid',
  kind: 'c.kind = ?',
  status: 'f.status = ?',
  ownerId: 'f.owner_id = ?',
  coverage: 'f.coverage = ?',
} as const;

const lastOf = (facet: string, name: string) =>
  `(array_agg(value order by revision desc) filter (where facet = '${facet}'))[1] as ${name}`;

export const claimListing: ListDefinition<ClaimRow, ClaimItem> = {
  route: '/v1/claims',
  projection: claimList.name,
  newestFact: 'select max(recorded_at) from warranty.claim_facets',
  select: (conditions) => `
    select c.opened_on::text as sort_key, c.claim_id as id, c.number, c.entity_id, c.kind, c.unit_id, c.product_id,
      c.account_id, c.incident_date::text, c.opened_on::text, ${instant('c.recorded_at')} as recorded_at,
      f.status, f.owner_id, f.coverage, f.work
    from warranty.claims c
    join lateral (
      select ${lastOf('status', 'status')}, ${lastOf('owner', 'owner_id')}, ${lastOf('coverage', 'coverage')},
        ${lastOf('work', 'work')}
      from warranty.claim_facets x where x.claim_id = c.claim_id and x.recorded_at <= $1::timestamptz) f on true
    where ${[
      'c.recorded_at <= $1::timestamptz',
      `($2::uuid[] is null or exists (select 1 from warranty.account_owners a
         where a.account_id = c.account_id and a.owner_id = any($2::uuid[])))`,
      '($3::date is null or (c.opened_on, c.claim_id) < ($3::date, $4::uuid))',
      ...conditions,
    ].join(' and ')}
    order by c.opened_on desc, c.claim_id desc limit $5`,
  item: (row) => ({
    id: row.id,
    number: row.number,
    entityId: row.entity_id,
    kind: row.kind,
    unitId: row.unit_id,
    productId: row.product_id,
    accountId: row.account_id,
    incidentDate: row.incident_date,
    openedOn: row.opened_on,
    recordedAt: row.recorded_at,
    status: row.status,
    ownerId: row.owner_id,
    coverage: row.coverage,
    work: row.work,
  }),
};
