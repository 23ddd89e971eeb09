import type { CloudEvent } from '@kontor/kernel';
import {
  listPriceChanged,
  productRegistered,
  type ListPriceChangedV1,
  type ProductRegisteredV1,
} from '@kontor/orders-contracts';
import type { Projection } from '@kontor/projections';
import { begun, changed, pastColumns } from '../past.ts';

export const productCatalogue: Projection = {
  name: 'product_catalogue',
  version: 1,
  viewSchema: 'orders',
  tables: {
    product_catalogue: {
      comment: 'Products that can be quoted and ordered.',
      key: ['product_id'],
      columns: {
        product_id: { type: 'uuid', comment: 'Product.' },
        sku: { type: 'text', comment: 'Article number.' },
        name: { type: 'text', comment: 'Name.' },
        kind: { type: 'text', comment: 'goods, part, service or work.' },
        classification: { type: 'text', nullable: true, comment: 'Series or group.' },
        serial_tracked: { type: 'boolean', comment: 'Every piece carries a serial number.' },
        warranty_months: { type: 'integer', nullable: true, comment: 'Length of the warranty; null: none.' },
        warranty_start: { type: 'text', comment: 'What the warranty runs from.' },
        list_price_minor: { type: 'bigint', nullable: true, comment: 'List price, minor units.' },
        list_price_currency: { type: 'text', nullable: true, comment: 'Currency of the list price.' },
        external_id: { type: 'text', nullable: true, comment: 'Identity of the source it was imported from.' },
        ...pastColumns,
      },
      indexes: ['sku, product_id', 'lower(sku)', 'external_id', 'changed_at'],
    },
  },
  on: {
    [productRegistered.type]: ({ data, recordedat }: CloudEvent<ProductRegisteredV1>) => [
      {
        table: 'product_catalogue',
        put: {
          product_id: data.productId,
          sku: data.sku,
          name: data.name,
          kind: data.kind,
          classification: data.classification,
          serial_tracked: data.serialTracked,
          warranty_months: data.warrantyMonths,
          warranty_start: data.warrantyStart,
          external_id: data.externalId,
          ...priceColumns(data.listPrice),
          ...begun(recordedat),
        },
      },
    ],
    [listPriceChanged.type]: ({ data, recordedat }: CloudEvent<ListPriceChangedV1>) => [
      {
        table: 'product_catalogue',
        key: { product_id: data.productId },
        change: (row) => row && changed(row, priceColumns(data.listPrice), recordedat),
      },
    ],
  },
};

function priceColumns(price: ProductRegisteredV1['listPrice']) {
  return {
    list_price_minor: price?.amountMinor ?? null,
    list_price_currency: price?.currency ?? null,
  };
}
