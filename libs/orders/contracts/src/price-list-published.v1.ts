import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

export const priceListPublished = defineContract(
  service,
  'price-list-published',
  1,
  'A version of a price list is in force for the dates it names; the versions before it stay readable.',
  schema.object({
    priceListId: schema.uuid(),
    entityId: schema.text(),
    version: schema.integer('1, 2, 3 …'),
    name: schema.text(),
    currency: schema.text('ISO 4217'),
    validFrom: schema.date(),
    validTo: schema.nullable(schema.date('the last day; null: open')),
    prices: schema.list(
      schema.object({
        productId: schema.uuid(),
        column: schema.nullable(schema.text('price column of the account’s terms; null: everybody')),
        fromQuantity: schema.scaledSchema,
        unitPrice: schema.scaledSchema,
      }),
    ),
    businessDate: schema.date(),
  }),
  {
    priceListId: '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1b001',
    entityId: 'main',
    version: 1,
    name: 'General 2026',
    currency: 'USD',
    validFrom: '2026-01-01',
    validTo: null,
    prices: [
      {
        productId: '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1a001',
        column: null,
        fromQuantity: { value: 0, scale: 0 },
        unitPrice: { value: 482_100, scale: 2 },
      },
      {
        productId: '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1a001',
        column: 'key',
        fromQuantity: { value: 10, scale: 0 },
        unitPrice: { value: 450_000, scale: 2 },
      },
    ],
    businessDate: '2025-12-15',
  },
);
export type PriceListPublishedV1 = ContractData<typeof priceListPublished>;
