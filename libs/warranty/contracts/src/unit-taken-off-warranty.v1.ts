import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const unitTakenOffWarrantyV1 = defineContract(
  'warranty',
  'unit-taken-off-warranty',
  1,
  'The cover of one unit ends by an authorised decision; incidents before this date stay covered.',
  schema.object({
    unitId: schema.uuid(),
    reason: schema.text(),
    businessDate: schema.date(),
  }),
  {
    unitId: '3f0c3f5e-6a0b-5b52-9f0e-0a4f6c1d2b11',
    reason: 'opened by an unlicensed workshop',
    businessDate: '2026-11-20',
  },
);

export type UnitTakenOffWarrantyV1 = ContractData<typeof unitTakenOffWarrantyV1>;
