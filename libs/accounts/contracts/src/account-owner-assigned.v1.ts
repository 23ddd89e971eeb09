import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

export const accountOwnerAssigned = defineContract(
  service,
  'account-owner-assigned',
  1,
  'Another staff member answers for the relationship from this date on.',
  schema.object({
    accountId: schema.uuid(),
    ownerId: schema.uuid(),
    previousOwnerId: schema.nullable(schema.uuid()),
    businessDate: schema.date(),
  }),
  {
    accountId: '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11',
    ownerId: 'c3b5a0de-1f43-4a55-9d20-65f2a7b1e9d4',
    previousOwnerId: 'a1d9c2f4-7a51-4f0b-8c55-3f1f0a9c7e21',
    businessDate: '2026-06-01',
  },
);
export type AccountOwnerAssigned = ContractData<typeof accountOwnerAssigned>;
