import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const claimReopenedV1 = defineContract(
  'warranty',
  'claim-reopened',
  1,
  'A rejected or closed claim is taken up again, with its history; its coverage is decided anew.',
  schema.object({
    claimId: schema.uuid(),
    reason: schema.text(),
    businessDate: schema.date(),
  }),
  {
    claimId: '7b3d9f10-5e2c-5a86-9c41-2f8e0d6a1b57',
    reason: 'the seal leaks again',
    businessDate: '2026-11-02',
  },
);

export type ClaimReopenedV1 = ContractData<typeof claimReopenedV1>;
