import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const claimRejectedV1 = defineContract(
  'warranty',
  'claim-rejected',
  1,
  'A claim is refused, with a reason; it can be reopened.',
  schema.object({
    claimId: schema.uuid(),
    reason: schema.text(),
    businessDate: schema.date(),
  }),
  {
    claimId: '2a7c5e91-3d6b-5f08-8b14-7f9e1c0d5a38',
    reason: 'damage by frost, see the conditions of use',
    businessDate: '2026-10-09',
  },
);

export type ClaimRejectedV1 = ContractData<typeof claimRejectedV1>;
