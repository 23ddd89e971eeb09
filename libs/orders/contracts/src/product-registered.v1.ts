import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

/** Cost and margin are no fields of this contract, and never will be: what is published may reach a client. */
export const productRegistered = defineContract(
  service,
  'product-registered',
  1,
  'A product can be quoted and ordered from now on.',
  schema.object({
    productId: schema.uuid(),
    sku: schema.text('the article number, unique in the catalogue'),
    name: schema.text(),
    kind: schema.oneOf(['goods', 'part', 'service', 'work']),
    classification: schema.nullable(schema.text('series or group')),
    serialTracked: schema.flag('every delivered piece carries a serial number'),
    warrantyMonths: schema.nullable(schema.integer('length of the warranty; null: none')),
    warrantyStart: schema.oneOf(['delivery', 'invoice'], 'what the warranty runs from'),
    listPrice: schema.nullable(schema.moneySchema),
    externalId: schema.nullable(schema.text('the identity of the source it was imported from')),
    businessDate: schema.date(),
  }),
  {
    productId: '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1a001',
    sku: 'GTX-PRO',
    name: 'GTX Pro',
    kind: 'goods',
    classification: 'GTX',
    serialTracked: true,
    warrantyMonths: 24,
    warrantyStart: 'delivery',
    listPrice: { amountMinor: 482_100, currency: 'USD' },
    externalId: null,
    businessDate: '2025-12-01',
  },
);
export type ProductRegisteredV1 = ContractData<typeof productRegistered>;

export const listPriceChanged = defineContract(
  service,
  'list-price-changed',
  1,
  'The list price of a product is another; what was quoted or ordered before keeps its price.',
  schema.object({
    productId: schema.uuid(),
    listPrice: schema.nullable(schema.moneySchema),
    businessDate: schema.date(),
  }),
  {
    productId: '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1a001',
    listPrice: { amountMinor: 495_000, currency: 'USD' },
    businessDate: '2026-02-01',
  },
);
export type ListPriceChangedV1 = ContractData<typeof listPriceChanged>;
