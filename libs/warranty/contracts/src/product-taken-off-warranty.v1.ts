import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const productTakenOffWarrantyV1 = defineContract(
  'warranty',
  'product-taken-off-warranty',
  1,
  'Deliveries of a product from this date on come without warranty. Units delivered before keep theirs.',
  schema.object({
    productId: schema.uuid(),
    validFrom: schema.date(),
    reason: schema.text(),
    businessDate: schema.date(),
  }),
  {
    productId: 'b7e6a1c2-4f2d-5c39-8c57-0d9f2f1b7a10',
    validFrom: '2027-01-01',
    reason: 'sold off as spare parts',
    businessDate: '2026-12-15',
  },
);

export type ProductTakenOffWarrantyV1 = ContractData<typeof productTakenOffWarrantyV1>;
