import { equals, type ListDefinition, type ListFilter } from '@kontor/http';
import type pg from 'pg';
import { asKnown } from '../past.ts';

/** Article numbers are the same whatever their case. */
const ofArticle: ListFilter = (value) => `lower(t.sku) = lower(${value}::text)`;

export const productListing: ListDefinition = {
  route: '/v1/products',
  action: 'catalogue.read',
  projection: 'product_catalogue',
  owned: null,
  from: () => 'orders.product_catalogue t',
  select: (at) => `t.product_id as "id", t.sku, t.name, t.kind, t.classification, t.serial_tracked as "serialTracked",
    t.warranty_months as "warrantyMonths", t.warranty_start as "warrantyStart", t.external_id as "externalId",
    case when ${asKnown('list_price_minor', at, 'bigint')} is null then null else
      json_build_object('amountMinor', ${asKnown('list_price_minor', at, 'bigint')},
                        'currency', ${asKnown('list_price_currency', at)}) end as "listPrice"`,
  recordedAt: 't.recorded_at',
  newest: ['select max(changed_at) from orders.product_catalogue'],
  sort: { key: 't.sku', type: 'text', descending: false },
  id: 't.product_id',
  filters: {
    sku: ofArticle,
    number: ofArticle,
    kind: equals('t.kind'),
    externalId: equals('t.external_id'),
  },
};

/** Another product under the article number, if there is one: spaces at the ends and case do not count. */
export async function skuTakenBy(pool: pg.Pool, sku: string, productId: string): Promise<string | null> {
  const { rows } = await pool.query<{ id: string }>(
    `select product_id as id from orders.product_catalogue where lower(sku) = lower($1) and product_id <> $2
     order by product_id limit 1`,
    [sku, productId],
  );
  return rows[0]?.id ?? null;
}

/** Those of the ids that are no product here. */
export async function unknownProducts(pool: pg.Pool, productIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ id: string }>(
    `select id::text from unnest($1::uuid[]) id
     where not exists (select 1 from orders.product_catalogue p where p.product_id = id)`,
    [productIds],
  );
  return new Set(rows.map((row) => row.id));
}
