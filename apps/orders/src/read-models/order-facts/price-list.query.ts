import { equals, type ListDefinition } from '@kontor/http';

/** Price lists in the versions that were the latest at the moment. */
export const priceListListing: ListDefinition = {
  route: '/v1/price-lists',
  action: 'catalogue.read',
  projection: 'order_facts',
  owned: null,
  from: (at) => `(select distinct on (price_list_id) * from orders.price_list_versions
    where recorded_at <= ${at.known} order by price_list_id, version desc) p`,
  select: () => `p.price_list_id as "id", p.name, p.entity_id as "entityId", p.currency, p.version,
    p.valid_from as "validFrom", p.valid_to as "validTo", p.prices`,
  recordedAt: 'p.recorded_at',
  newest: ['select max(recorded_at) from orders.price_list_versions'],
  sort: { key: 'p.price_list_id', type: 'uuid', descending: false },
  id: 'p.price_list_id',
  filters: {
    name: equals('p.name'),
    entityId: equals('p.entity_id'),
    currency: equals('p.currency'),
    on: (value) => `p.valid_from <= ${value}::date and coalesce(p.valid_to >= ${value}::date, true)`,
  },
};
