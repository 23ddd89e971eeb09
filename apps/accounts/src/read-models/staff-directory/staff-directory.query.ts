import { equals, type ListDefinition } from '@kontor/http';

/** The placings valid on a date, by staff id: names can be erased, and an order must not change by it. */
export const staffListing: ListDefinition = {
  route: '/v1/staff',
  action: 'staff.read',
  projection: 'staff-directory',
  owned: null,
  dated: true,
  from: (at) => `(select distinct on (staff_id) * from accounts.staff_placings
    where recorded_at <= ${at.known} and business_date <= ${at.asOf}
    order by staff_id, business_date desc, revision desc) p`,
  select: () => `p.staff_id as "id", p.name, p.staff_position as "position", p.manager_id as "managerId", p.region,
    p.business_date as "since"`,
  recordedAt: 'p.recorded_at',
  newest: ['select max(recorded_at) from accounts.staff_placings'],
  sort: { key: 'p.staff_id', type: 'uuid', descending: false },
  id: 'p.staff_id',
  filters: {
    managerId: equals('p.manager_id', 'uuid'),
    region: equals('p.region'),
    externalId: (value, at) => `exists (select 1 from accounts.staff_placings x where x.staff_id = p.staff_id
      and x.recorded_at <= ${at.known} and x.external_id = ${value}::text)`,
  },
};
