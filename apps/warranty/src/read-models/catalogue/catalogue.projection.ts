import type { CloudEvent } from '@kontor/kernel';
import type { Projection } from '@kontor/projections';
import { productRegistered, type ProductRegisteredV1 } from '@kontor/orders-contracts';

/** What after-sales needs of the catalogue to register a unit by hand: the product's article number and the term it is sold with. */
export const catalogue: Projection = {
  name: 'warranty-catalogue',
  version: 1,
  viewSchema: 'warranty',
  tables: {
    products: {
      comment: 'Products of the catalogue, as after-sales knows them.',
      key: ['product_id'],
      columns: {
        product_id: { type: 'uuid', comment: 'Product.' },
        sku: { type: 'text', comment: 'Article number.' },
        name: { type: 'text', comment: 'Name.' },
        serial_tracked: { type: 'boolean', comment: 'Every delivered piece has a serial number.' },
        warranty_months: {
          type: 'integer',
          nullable: true,
          comment: 'Months of warranty it is sold with; null: none.',
        },
        warranty_start: { type: 'text', comment: 'What that warranty starts with: delivery or invoice.' },
      },
      indexes: ['sku'],
    },
  },
  on: {
    [productRegistered.type]: ({ data }: CloudEvent<ProductRegisteredV1>) => [
      {
        table: 'products',
        put: {
          product_id: data.productId,
          sku: data.sku,
          name: data.name,
          serial_tracked: data.serialTracked,
          warranty_months: data.warrantyMonths,
          warranty_start: data.warrantyStart,
        },
      },
    ],
  },
};
