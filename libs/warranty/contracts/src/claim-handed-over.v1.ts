import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const claimHandedOverV1 = defineContract(
  'warranty',
  'claim-handed-over',
  1,
  'Another person looks after a claim.',
  schema.object({
    claimId: schema.uuid(),
    ownerId: schema.text(),
    previousOwnerId: schema.text(),
    businessDate: schema.date(),
  }),
  {
    claimId: '7b3d9f10-5e2c-5a86-9c41-2f8e0d6a1b57',
    ownerId: 'm.adeyemi',
    previousOwnerId: 's.lindqvist',
    businessDate: '2026-10-06',
  },
);

export type ClaimHandedOverV1 = ContractData<typeof claimHandedOverV1>;
