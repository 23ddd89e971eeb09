import { invalidField } from '@kontor/http';
import type { ServiceRuntime } from '@kontor/service';
import { catalogue } from './catalogue.projection.ts';

export interface CatalogueProduct {
  readonly sku: string;
  readonly warrantyMonths: number | null;
  readonly warrantyStart: 'delivery' | 'invoice';
}

/** A product that exists, or a problem that names the field. It may be seconds old: the catalogue is read up to its head once. */
export async function requireProduct(runtime: ServiceRuntime, productId: string): Promise<CatalogueProduct> {
  const known = await find(runtime, productId);
  if (known !== undefined) return known;
  await runtime.caughtUpToHead(catalogue.name);
  const found = await find(runtime, productId);
  if (found === undefined) throw invalidField('productId', 'is not a product of the catalogue');
  return found;
}

async function find(runtime: ServiceRuntime, productId: string): Promise<CatalogueProduct | undefined> {
  const { rows } = await runtime.pool.query<{
    sku: string;
    warranty_months: number | null;
    warranty_start: 'delivery' | 'invoice';
  }>('select sku, warranty_months, warranty_start from warranty.products where product_id = $1', [productId]);
  const row = rows[0];
  return row && { sku: row.sku, warrantyMonths: row.warranty_months, warrantyStart: row.warranty_start };
}
