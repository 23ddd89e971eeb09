import type { Decider } from '@kontor/kernel';
import type { OpportunityCommand } from './opportunity.commands.ts';
import type { OpportunityEvent } from './opportunity.events.ts';
import type { OpportunityState } from './opportunity.state.ts';

export const evolveOpportunity: Decider<OpportunityState, OpportunityCommand, OpportunityEvent>['evolve'] = {
  OpportunityOpened: (_state, data) => ({
    opportunityId: data.opportunityId,
    title: data.title,
    accountId: data.accountId,
    queue: data.queue,
    owner: { ownerId: data.ownerId, businessDate: data.businessDate },
    pipelineId: data.pipelineId,
    pipelineVersion: data.pipelineVersion,
    productId: data.productId,
    externalId: data.externalId,
    source: data.source,
    openedOn: data.businessDate,
    stages: [],
    amount: null,
    expected: null,
    override: null,
  }),
  OpportunityStageEntered: (state, data) =>
    state && {
      ...state,
      stages: [
        ...state.stages,
        {
          stage: data.stage,
          kind: data.stageKind,
          probability: data.probability,
          reason: data.reason,
          competitor: data.competitor,
          evidence: data.evidence,
          orderId: data.orderId,
          contractNumber: data.contractNumber,
          businessDate: data.businessDate,
        },
      ],
      // A closed deal has its outcome; what somebody thought before does not come back when it is reopened.
      override: data.stageKind === 'won' || data.stageKind === 'lost' ? null : state.override,
    },
  OpportunityAmountRevised: (state, { amount, businessDate }) =>
    state && { ...state, amount: { amount, businessDate } },
  OpportunityCloseExpected: (state, { expectedClose, businessDate }) =>
    state && { ...state, expected: { expectedClose, businessDate } },
  OpportunityOwnerAssigned: (state, { ownerId, businessDate }) =>
    state && { ...state, owner: { ownerId, businessDate } },
  OpportunityAccountAssigned: (state, { accountId }) => state && { ...state, accountId, queue: null },
  OpportunityProbabilityOverridden: (state, { probability, reason, expiresOn, businessDate }) =>
    state && {
      ...state,
      override: probability === null ? null : { probability, reason, expiresOn, businessDate },
    },
  OpportunitySourceNoted: (state, { content }) =>
    state && { ...state, source: state.source && { ...state.source, content } },
};
