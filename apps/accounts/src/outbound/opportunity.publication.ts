import type { PublicationTable } from '@kontor/feed';
import { as } from './as.ts';
import {
  opportunityAccountAssigned,
  opportunityAmountRevised,
  opportunityCloseExpected,
  opportunityOpened,
  opportunityOwnerAssigned,
  opportunityProbabilityOverridden,
  opportunityStageEntered,
} from '@kontor/accounts-contracts';
import type { OpportunityEvent } from '@kontor/accounts-domain';

export const opportunityPublication: PublicationTable<OpportunityEvent> = {
  OpportunityOpened: as(opportunityOpened, 'source'),
  OpportunityStageEntered: as(opportunityStageEntered),
  OpportunityAmountRevised: as(opportunityAmountRevised),
  OpportunityCloseExpected: as(opportunityCloseExpected),
  OpportunityOwnerAssigned: as(opportunityOwnerAssigned),
  OpportunityAccountAssigned: as(opportunityAccountAssigned),
  OpportunityProbabilityOverridden: as(opportunityProbabilityOverridden),
  OpportunitySourceNoted: null,
};
