import type { ProblemStatuses } from '@kontor/http';

/**
 * HTTP status of every refusal of this context. 422: the request names something impossible; 409: it does not fit what is
 * so now, and may fit later.
 */
export const accountsProblems: ProblemStatuses = {
  AccountNotKnown: 422,
  AccountAlreadyRegistered: 409,
  AccountAlreadyAssigned: 409,
  BlockTooLarge: 422,
  ContactAlreadyAdded: 409,
  ContactNeedsRole: 422,
  ContactUnknown: 404,
  DatedBeforeLast: 409,
  DatedInFuture: 422,
  HierarchyCircle: 409,
  LossNeedsReason: 422,
  NotImported: 409,
  NumberBelongsToRange: 422,
  NumberTaken: 409,
  OpportunityAlreadyOpened: 409,
  OpportunityClosed: 409,
  OpportunityStillOpen: 409,
  OpportunityUnknown: 404,
  OverrideNeedsExpiry: 422,
  OwnerNeeded: 422,
  OwnerUnknown: 422,
  PipelinePinned: 409,
  ProbabilityImpossible: 422,
  ReasonNeeded: 422,
  ReservedOtherwise: 409,
  StageClosesDeal: 422,
  StageNamedTwice: 422,
  StagesIncomplete: 422,
  StageUnknown: 422,
  WinNeedsOrderOrContract: 422,
};
