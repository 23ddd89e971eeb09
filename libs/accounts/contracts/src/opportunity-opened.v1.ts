import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

export const opportunityOpened = defineContract(
  service,
  'opportunity-opened',
  1,
  'A possible deal is followed from here on, in a pinned version of a pipeline. Stage, amount and expected close follow as events of their own.',
  schema.object({
    opportunityId: schema.uuid(),
    title: schema.text(),
    accountId: schema.nullable(schema.uuid()),
    ownerId: schema.nullable(schema.uuid()),
    queue: schema.nullable(schema.text('where it waits for an account: enquiries')),
    pipelineId: schema.uuid(),
    pipelineVersion: schema.integer(),
    productId: schema.nullable(schema.uuid()),
    externalId: schema.nullable(schema.text('the id in the system it was imported from')),
    businessDate: schema.date(),
  }),
  {
    opportunityId: '2f6c1a7b-9c3e-4a87-8f14-7b1a6f1c3d55',
    title: 'Replacement of the packing line',
    accountId: '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11',
    ownerId: 'a1d9c2f4-7a51-4f0b-8c55-3f1f0a9c7e21',
    queue: null,
    pipelineId: '8d0e1e7c-5c6e-5c1a-9a5f-3b2f1a0d9c77',
    pipelineVersion: 1,
    productId: null,
    externalId: null,
    businessDate: '2026-03-09',
  },
);
export type OpportunityOpened = ContractData<typeof opportunityOpened>;
