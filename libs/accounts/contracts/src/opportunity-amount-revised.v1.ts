import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

export const opportunityAmountRevised = defineContract(
  service,
  'opportunity-amount-revised',
  1,
  'What the deal is worth from the business date on.',
  schema.object({
    opportunityId: schema.uuid(),
    amount: schema.moneySchema,
    businessDate: schema.date(),
  }),
  {
    opportunityId: '2f6c1a7b-9c3e-4a87-8f14-7b1a6f1c3d55',
    amount: { amountMinor: 4_821_000, currency: 'EUR' },
    businessDate: '2026-03-09',
  },
);
export type OpportunityAmountRevised = ContractData<typeof opportunityAmountRevised>;
