import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const unitReplacedV1 = defineContract(
  'warranty',
  'unit-replaced',
  1,
  'A unit was replaced by another one and is no longer in use.',
  schema.object({
    unitId: schema.uuid(),
    replacementUnitId: schema.uuid(),
    businessDate: schema.date(),
  }),
  {
    unitId: '3f0c3f5e-6a0b-5b52-9f0e-0a4f6c1d2b11',
    replacementUnitId: '9a1d7c1e-2f44-5d0a-8a57-51c7be0a9e02',
    businessDate: '2026-12-01',
  },
);

export type UnitReplacedV1 = ContractData<typeof unitReplacedV1>;
