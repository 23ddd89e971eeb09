import { defineAggregate, defineCodec } from '@kontor/kernel';
import { opportunityDecider } from './opportunity.decider.ts';
import type { OpportunityEvent } from './opportunity.events.ts';

const opportunityCodec = defineCodec<OpportunityEvent>('accounts', {
  OpportunityOpened: { version: 1 },
  OpportunityStageEntered: { version: 1 },
  OpportunityAmountRevised: { version: 1 },
  OpportunityCloseExpected: { version: 1 },
  OpportunityOwnerAssigned: { version: 1 },
  OpportunityAccountAssigned: { version: 1 },
  OpportunityProbabilityOverridden: { version: 1 },
  OpportunitySourceNoted: { version: 1 },
});

export const opportunityAggregate = defineAggregate({
  category: 'opportunity',
  decider: opportunityDecider,
  codec: opportunityCodec,
});
