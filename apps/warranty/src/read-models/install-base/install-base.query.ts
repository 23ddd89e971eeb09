import { equals, instantText, lastKnown, type ListDefinition, type ListParameters } from '@kontor/http';
import { installBase } from './install-base.projection.ts';

const last = (at: ListParameters, table: string, condition = '') =>
  lastKnown(`warranty.${table}`, `x.unit_id = u.unit_id${condition}`, at);

export const unitListing: ListDefinition = {
  route: '/v1/units',
  action: 'warranty.read',
  projection: installBase.name,
  owned: (owners) => `exists (select 1 from warranty.account_owners a
    where a.account_id = h.account_id and a.owner_id = any(${owners}))`,
  from: (at) => `warranty.units u
    join ${last(at, 'unit_holders')} h on true
    join ${last(at, 'unit_covers')} c on true
    left join ${last(at, 'unit_facets', " and x.facet = 'off-warranty'")} o on true
    left join ${last(at, 'unit_facets', " and x.facet = 'replaced-by'")} r on true`,
  select: () => `u.unit_id as "id", u.entity_id as "entityId", u.serial, u.product_id as "productId", u.sku,
    json_build_object('value', u.quantity_value, 'scale', u.quantity_scale) as "quantity",
    h.account_id as "accountId", u.registered_on as "registeredOn", ${instantText('u.recorded_at')} as "recordedAt",
    c.term_version as "termVersion", c.warranty_start as "warrantyStart", c.warranty_end as "warrantyEnd",
    o.value as "takenOffOn", r.value as "replacedByUnitId"`,
  recordedAt: 'u.recorded_at',
  newest: ['unit_holders', 'unit_covers', 'unit_facets'].map(
    (table) => `select max(recorded_at) from warranty.${table}`,
  ),
  sort: { key: 'u.registered_on', type: 'date', descending: true },
  id: 'u.unit_id',
  filters: {
    accountId: equals('h.account_id', 'uuid'),
    serial: equals('u.serial'),
    productId: equals('u.product_id', 'uuid'),
    sku: equals('u.sku'),
  },
};
