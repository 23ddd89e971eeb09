import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';
import { STAGE_KINDS, WIN_EVIDENCES } from './values.ts';

export const opportunityStageEntered = defineContract(
  service,
  'opportunity-stage-entered',
  1,
  'The deal stands in this stage from the business date on, with the stage default as its probability. Won and lost are stages; a reopened deal enters an open one again.',
  schema.object({
    opportunityId: schema.uuid(),
    stage: schema.text('name in the pinned pipeline version'),
    stageKind: schema.oneOf(STAGE_KINDS),
    probability: schema.integer('default of the stage in 1/100 000'),
    reason: schema.nullable(schema.text('why it was lost or reopened')),
    competitor: schema.nullable(schema.text('who got a lost deal')),
    evidence: schema.nullable(schema.oneOf(WIN_EVIDENCES)),
    orderId: schema.nullable(schema.uuid('the order a won deal was closed with')),
    contractNumber: schema.nullable(schema.text('the contract a won deal was closed with')),
    businessDate: schema.date(),
  }),
  {
    opportunityId: '2f6c1a7b-9c3e-4a87-8f14-7b1a6f1c3d55',
    stage: 'Lost',
    stageKind: 'lost',
    probability: 0,
    reason: 'price',
    competitor: 'Südpack',
    evidence: null,
    orderId: null,
    contractNumber: null,
    businessDate: '2026-06-30',
  },
);
export type OpportunityStageEntered = ContractData<typeof opportunityStageEntered>;
