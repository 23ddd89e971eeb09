import { instant, type ListDefinition } from '../listing.ts';
import { installBase } from './install-base.projection.ts';

interface UnitRow {
  readonly sort_key: string;
  readonly id: string;
  readonly entity_id: string;
  readonly serial: string | null;
  readonly product_id: string;
  readonly sku: string;
  readonly quantity_value: string;
  readonly quantity_scale: number;
  readonly account_id: string;
  readonly registered_on: string;
  readonly recorded_at: string;
  readonly term_version: number | null;
  readonly warranty_start: string | null;
  readonly warranty_end: string | null;
  readonly taken_off_on: string | null;
  readonly replaced_by: string | null;
}

export interface UnitItem {
  readonly id: string;
  readonly entityId: string;
  readonly serial: string | null;
  readonly productId: string;
  readonly sku: string;
  readonly quantity: { readonly value: number; readonly scale: number };
  readonly accountId: string;
  readonly registeredOn: string;
  readonly recordedAt: string;
  readonly termVersion: number | null;
  readonly warrantyStart: string | null;
  readonly warrantyEnd: string | null;
  readonly takenOffOn: string | null;
  readonly replacedByUnitId: string | null;
}

/** The last fact of a unit that was recorded by the moment. */
const last = (table: string, columns: string, condition = 'true') =>
  `lateral (select ${columns} from warranty.${table} f where f.unit_id = u.unit_id and f.recorded_at <= $1::timestamptz
     and ${condition} order by f.revision desc limit 1)`;

/** Filters of the list, as conditions; `?` is the value. */
export const unitFilters = {
  accountId: 'h.account_id = ?::uuid',
  serial: 'u.serial = ?',
  productId: 'u.product_id = ?::uuid',
  sku: 'u.sku = ?',
} as const;

export const unitListing: ListDefinition<UnitRow, UnitItem> = {
  route: '/v1/units',
  projection: installBase.name,
  newestFact:
    'select greatest((select max(recorded_at) from warranty.unit_holders), (select max(recorded_at) from warranty.unit_covers),' +
    ' (select max(recorded_at) from warranty.unit_facets))',
  select: (conditions) => `
    select u.registered_on::text as sort_key, u.unit_id as id, u.entity_id, u.serial, u.product_id, u.sku,
      u.quantity_value::text, u.quantity_scale, h.account_id, u.registered_on::text, ${instant('u.recorded_at')} as recorded_at,
      c.term_version, c.warranty_start::text, c.warranty_end::text, o.value as taken_off_on, r.value as replaced_by
    from warranty.units u
    join ${last('unit_holders', 'account_id')} h on true
    join ${last('unit_covers', 'term_version, warranty_start, warranty_end')} c on true
    left join ${last('unit_facets', 'value', "f.facet = 'off-warranty'")} o on true
    left join ${last('unit_facets', 'value', "f.facet = 'replaced-by'")} r on true
    where ${[
      'u.recorded_at <= $1::timestamptz',
      `($2::uuid[] is null or exists (select 1 from warranty.account_owners a
         where a.account_id = h.account_id and a.owner_id = any($2::uuid[])))`,
      '($3::date is null or (u.registered_on, u.unit_id) < ($3::date, $4::uuid))',
      ...conditions,
    ].join(' and ')}
    order by u.registered_on desc, u.unit_id desc limit $5`,
  item: (row) => ({
    id: row.id,
    entityId: row.entity_id,
    serial: row.serial,
    productId: row.product_id,
    sku: row.sku,
    quantity: { value: Number(row.quantity_value), scale: row.quantity_scale },
    accountId: row.account_id,
    registeredOn: row.registered_on,
    recordedAt: row.recorded_at,
    termVersion: row.term_version,
    warrantyStart: row.warranty_start,
    warrantyEnd: row.warranty_end,
    takenOffOn: row.taken_off_on,
    replacedByUnitId: row.replaced_by,
  }),
};
