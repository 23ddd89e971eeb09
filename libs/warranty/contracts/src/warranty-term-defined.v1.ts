import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const warrantyTermDefinedV1 = defineContract(
  'warranty',
  'warranty-term-defined',
  1,
  'A version of the warranty term of a product. It applies to deliveries from `validFrom` on; units delivered before keep theirs.',
  schema.object({
    productId: schema.uuid(),
    version: schema.integer('1, 2, 3 …'),
    basis: schema.oneOf(['delivery', 'invoice', 'install', 'receive'], 'what the term starts with'),
    graceCapDays: schema.nullable(schema.integer('days after delivery on which the term starts at the latest')),
    partsMonths: schema.integer(),
    labourMonths: schema.integer(),
    minimumMonths: schema.integer('statutory minimum, also for a replacement'),
    replacementPolicy: schema.oneOf(['remaining', 'minimum', 'new'], 'what a replacement unit gets'),
    claimCap: schema.nullable(schema.integer('claims under warranty per unit')),
    partsCap: schema.nullable(schema.moneySchema),
    labourCap: schema.nullable(schema.moneySchema),
    validFrom: schema.date(),
    businessDate: schema.date(),
  }),
  {
    productId: 'b7e6a1c2-4f2d-5c39-8c57-0d9f2f1b7a10',
    version: 3,
    basis: 'delivery',
    graceCapDays: null,
    partsMonths: 24,
    labourMonths: 12,
    minimumMonths: 12,
    replacementPolicy: 'minimum',
    claimCap: 3,
    partsCap: { amountMinor: 250000, currency: 'EUR' },
    labourCap: null,
    validFrom: '2026-01-01',
    businessDate: '2025-12-10',
  },
);

export type WarrantyTermDefinedV1 = ContractData<typeof warrantyTermDefinedV1>;
