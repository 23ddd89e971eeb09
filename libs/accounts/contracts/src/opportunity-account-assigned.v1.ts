import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

export const opportunityAccountAssigned = defineContract(
  service,
  'opportunity-account-assigned',
  1,
  'It is known from this date on whose deal it is; it leaves the queue of enquiries.',
  schema.object({
    opportunityId: schema.uuid(),
    accountId: schema.uuid(),
    businessDate: schema.date(),
  }),
  {
    opportunityId: '2f6c1a7b-9c3e-4a87-8f14-7b1a6f1c3d55',
    accountId: '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11',
    businessDate: '2026-03-12',
  },
);
export type OpportunityAccountAssigned = ContractData<typeof opportunityAccountAssigned>;
