import { equals, instantText, type ListDefinition, type ListParameters } from '@kontor/http';
import { installBase } from './install-base.projection.ts';

/** The last fact of a unit that was recorded by the moment. */
const last = (at: ListParameters, table: string, columns: string, condition = 'true') =>
  `lateral (select ${columns} from warranty.${table} f where f.unit_id = u.unit_id and f.recorded_at <= ${at.known}
     and ${condition} order by f.revision desc limit 1)`;

export const unitListing: ListDefinition = {
  route: '/v1/units',
  action: 'warranty.read',
  projection: installBase.name,
  owned: (owners) => `exists (select 1 from warranty.account_owners a
    where a.account_id = h.account_id and a.owner_id = any(${owners}))`,
  from: (at) => `warranty.units u
    join ${last(at, 'unit_holders', 'account_id')} h on true
    join ${last(at, 'unit_covers', 'term_version, warranty_start, warranty_end')} c on true
    left join ${last(at, 'unit_facets', 'value', "f.facet = 'off-warranty'")} o on true
    left join ${last(at, 'unit_facets', 'value', "f.facet = 'replaced-by'")} r on true`,
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
