import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

export const opportunityProbabilityOverridden = defineContract(
  service,
  'opportunity-probability-overridden',
  1,
  'A person thinks differently of the deal than its stage does. Holds until it expires, is withdrawn (null), or the deal is won or lost; the default of the stage is kept beside it.',
  schema.object({
    opportunityId: schema.uuid(),
    probability: schema.nullable(schema.integer('in 1/100 000; null withdraws the override')),
    reason: schema.text(),
    expiresOn: schema.nullable(schema.date('last day on which it holds')),
    businessDate: schema.date(),
  }),
  {
    opportunityId: '2f6c1a7b-9c3e-4a87-8f14-7b1a6f1c3d55',
    probability: 99_000,
    reason: 'Budget released by the board',
    expiresOn: '2026-06-30',
    businessDate: '2026-04-15',
  },
);
export type OpportunityProbabilityOverridden = ContractData<typeof opportunityProbabilityOverridden>;
