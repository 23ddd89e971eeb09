import type pg from 'pg';
import type { ListDefinition } from '../list-page.ts';
import { asKnown } from '../past.ts';

export const productPages: ListDefinition = {
  route: '/v1/products',
  view: 'orders.product_catalogue',
  id: 'product_id',
  sort: { column: 'sku', type: 'text', direction: 'asc' },
  ofAccounts: false,
  item: (moment) => `'id', t.product_id, 'sku', t.sku, 'name', t.name, 'kind', t.kind,
    'classification', t.classification, 'serialTracked', t.serial_tracked, 'warrantyMonths', t.warranty_months,
    'warrantyStart', t.warranty_start, 'externalId', t.external_id,
    'listPrice', case when ${asKnown('list_price_minor', moment, 'bigint')} is null then null else
      json_build_object('amountMinor', ${asKnown('list_price_minor', moment, 'bigint')},
                        'currency', ${asKnown('list_price_currency', moment)}) end`,
};

export const productFilters = {
  sku: (parameter: string) => `lower(t.sku) = lower(${parameter})`,
  kind: (parameter: string) => `t.kind = ${parameter}`,
  externalId: (parameter: string) => `t.external_id = ${parameter}`,
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
