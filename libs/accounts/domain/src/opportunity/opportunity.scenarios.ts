import type { PipelineVersion } from '../pipeline/pipeline.decider.ts';
import type { OpenOpportunity, OpportunityCommand } from './opportunity.commands.ts';
import type { OpportunityEvent } from './opportunity.events.ts';

export const opportunityId = '2f6c1a7b-9c3e-4a87-8f14-7b1a6f1c3d55';
export const accountId = '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11';
export const ownerId = 'a1d9c2f4-7a51-4f0b-8c55-3f1f0a9c7e21';
export const orderId = '99d9c2f4-7a51-4f0b-8c55-3f1f0a9c7e21';
export const amount = { amountMinor: 55_000, currency: 'USD' };
export const on = (businessDate: string) => ({ businessDate, today: '2026-06-01' });

const stage = (name: string, kind: 'open' | 'on-hold' | 'won' | 'lost', probability: number, ordinal: number) => ({
  name,
  kind,
  probability,
  ordinal,
});
export const pipeline: PipelineVersion = {
  pipelineId: 'p',
  version: 1,
  name: 'direct',
  stages: [
    stage('Talks', 'open', 20_000, 1),
    stage('Offer', 'open', 50_000, 2),
    stage('Waiting', 'on-hold', 5_000, 3),
    stage('Won', 'won', 100_000, 4),
    stage('Lost', 'lost', 0, 5),
  ],
};

export const open: OpenOpportunity = {
  type: 'OpenOpportunity',
  opportunityId,
  title: 'A packing line',
  accountId,
  accountIsRegistered: true,
  ownerId,
  ownerIsStaff: true,
  pipeline,
  stage: null,
  amount,
  expectedClose: '2026-09-30',
  productId: null,
  externalId: null,
  source: null,
  ...on('2026-01-10'),
};
type DataOf<Type extends OpportunityEvent['type']> = Extract<OpportunityEvent, { type: Type }>['data'];

export const opened = (change: Partial<DataOf<'OpportunityOpened'>> = {}): OpportunityEvent => ({
  type: 'OpportunityOpened',
  data: {
    opportunityId,
    title: 'A packing line',
    accountId,
    ownerId,
    queue: null,
    pipelineId: 'p',
    pipelineVersion: 1,
    productId: null,
    externalId: null,
    source: null,
    businessDate: '2026-01-10',
    ...change,
  },
});
export const entered = (
  name: string,
  businessDate: string,
  more: Partial<DataOf<'OpportunityStageEntered'>> = {},
): OpportunityEvent => {
  const found = pipeline.stages.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return {
    type: 'OpportunityStageEntered',
    data: {
      opportunityId,
      stage: name,
      stageKind: found.kind,
      probability: found.probability,
      reason: null,
      competitor: null,
      evidence: null,
      orderId: null,
      contractNumber: null,
      businessDate,
      ...more,
    },
  };
};
export const revised = (amountMinor: number, businessDate: string): OpportunityEvent => ({
  type: 'OpportunityAmountRevised',
  data: { opportunityId, amount: { amountMinor, currency: 'USD' }, businessDate },
});
export const expected = (expectedClose: string | null, businessDate: string): OpportunityEvent => ({
  type: 'OpportunityCloseExpected',
  data: { opportunityId, expectedClose, businessDate },
});

export const fresh = [opened(), entered('Talks', '2026-01-10'), revised(55_000, '2026-01-10')];
export const lost = [...fresh, entered('Lost', '2026-02-01', { reason: 'price' })];
export const won = [...fresh, entered('Won', '2026-02-01', { evidence: 'order', orderId })];

export const win = {
  type: 'WinOpportunity',
  pipeline,
  origin: 'person',
  orderId,
  contractNumber: null,
  amount: null,
  ...on('2026-03-01'),
} satisfies OpportunityCommand;
export const lose = {
  type: 'LoseOpportunity',
  pipeline,
  origin: 'person',
  reason: 'price',
  competitor: 'Südpack',
  ...on('2026-03-01'),
} satisfies OpportunityCommand;
