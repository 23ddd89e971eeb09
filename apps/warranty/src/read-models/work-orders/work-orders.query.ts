import { equals, lastKnown, type ListDefinition } from '@kontor/http';
import { workOrders } from './work-orders.projection.ts';

export const workOrderListing: ListDefinition = {
  route: '/v1/work-orders',
  action: 'warranty.read',
  projection: workOrders.name,
  owned: (owners) => `exists (select 1 from warranty.account_owners a
    where a.account_id = c.account_id and a.owner_id = any(${owners}))`,
  // A work order follows its claim in one stream, but is folded beside it: until both are there, it is not listed.
  from: (at) => `warranty.work_orders w join warranty.claims c using (claim_id)
    left join ${lastKnown('warranty.work_order_repairs', 'x.work_order_id = w.work_order_id', at)} r on true`,
  select: () => `w.work_order_id as "id", w.number, w.claim_id as "claimId", c.number as "claimNumber",
    c.entity_id as "entityId", c.account_id as "accountId", w.workshop, w.workshop_account_id as "workshopAccountId",
    w.task, w.opened_on as "openedOn", r.business_date as "repairedOn"`,
  recordedAt: 'w.recorded_at',
  // What the claims have not been folded up to is left for a later moment: else it would come in between two pages.
  newest: ['work_orders', 'work_order_repairs'].map(
    (table) => `select max(recorded_at) from warranty.${table}
      where recorded_at <= (select max(recorded_at) from warranty.claim_facets)`,
  ),
  sort: { key: 'w.opened_on', type: 'date', descending: true },
  id: 'w.work_order_id',
  filters: {
    number: equals('w.number'),
    claimId: equals('w.claim_id', 'uuid'),
    accountId: equals('c.account_id', 'uuid'),
    workshop: equals('w.workshop'),
  },
};
