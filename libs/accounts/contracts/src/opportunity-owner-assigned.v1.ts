import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

export const opportunityOwnerAssigned = defineContract(
  service,
  'opportunity-owner-assigned',
  1,
  'Another staff member answers for the deal from this date on.',
  schema.object({
    opportunityId: schema.uuid(),
    ownerId: schema.uuid(),
    businessDate: schema.date(),
  }),
  {
    opportunityId: '2f6c1a7b-9c3e-4a87-8f14-7b1a6f1c3d55',
    ownerId: 'c3b5a0de-1f43-4a55-9d20-65f2a7b1e9d4',
    businessDate: '2026-06-01',
  },
);
export type OpportunityOwnerAssigned = ContractData<typeof opportunityOwnerAssigned>;
