import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const unitTransferredV1 = defineContract(
  'warranty',
  'unit-transferred',
  1,
  'A unit has another holder. Its cover goes with it, unchanged.',
  schema.object({
    unitId: schema.uuid(),
    accountId: schema.uuid(),
    previousAccountId: schema.uuid(),
    reason: schema.text(),
    businessDate: schema.date(),
  }),
  {
    unitId: '3f0c3f5e-6a0b-5b52-9f0e-0a4f6c1d2b11',
    accountId: 'c41f7e90-1b5d-5e2a-9d33-64a8f0e7c255',
    previousAccountId: '5d2f8b1a-9c3e-5a47-b1d6-7e4c2a9f0b33',
    reason: 'sold on by the client',
    businessDate: '2026-09-14',
  },
);

export type UnitTransferredV1 = ContractData<typeof unitTransferredV1>;
