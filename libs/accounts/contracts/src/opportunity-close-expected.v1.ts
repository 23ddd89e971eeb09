import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

export const opportunityCloseExpected = defineContract(
  service,
  'opportunity-close-expected',
  1,
  'When the deal is expected to close, as seen on the business date; null means undated.',
  schema.object({
    opportunityId: schema.uuid(),
    expectedClose: schema.nullable(schema.date()),
    businessDate: schema.date(),
  }),
  {
    opportunityId: '2f6c1a7b-9c3e-4a87-8f14-7b1a6f1c3d55',
    expectedClose: '2026-09-30',
    businessDate: '2026-03-09',
  },
);
export type OpportunityCloseExpected = ContractData<typeof opportunityCloseExpected>;
