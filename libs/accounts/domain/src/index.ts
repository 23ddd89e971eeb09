export { differingFields, type Source } from './source.ts';
export type { AccountCommand, AccountParticulars } from './account/account.commands.ts';
export type { AccountEvent, AccountProfile, ContactCard } from './account/account.events.ts';
export { termsOn, type AccountState, type RegisteredAccount, type Terms } from './account/account.state.ts';
export { accountDecider } from './account/account.decider.ts';
export { accountAggregate } from './account/account.codec.ts';
export { normalisedName, normalisedTaxId } from './account/duplicates.ts';
export {
  belongsToRange,
  MAX_BLOCK,
  numberRangeAggregate,
  numberText,
  type NumberRangeEvent,
} from './number-range/number-range.decider.ts';
export { foldedNumber, numberClaimAggregate, type NumberClaimEvent } from './number-claim/number-claim.decider.ts';
export {
  pipelineAggregate,
  type PipelineEvent,
  type PipelineState,
  type PipelineVersion,
  type Stage,
} from './pipeline/pipeline.decider.ts';
export { pipelineKey, SHIPPED_PIPELINES } from './pipeline/shipped-pipelines.ts';
export type { OpportunityCommand } from './opportunity/opportunity.commands.ts';
export type { OpportunityEvent } from './opportunity/opportunity.events.ts';
export { NOT_STATED } from './opportunity/opportunity.rules.ts';
export {
  isClosed,
  presentStage,
  type OpenedOpportunity,
  type OpportunityState,
  type StageEntry,
} from './opportunity/opportunity.state.ts';
export { opportunityAggregate } from './opportunity/opportunity.codec.ts';
export { probabilityOn, weightedAmount, weightedTotals, type ProbabilityOverride } from './opportunity/weighting.ts';
export { erasureAggregate, type ErasureEvent } from './erasure/erasure.decider.ts';
export type { StaffCommand } from './staff/staff.decider.ts';
export type { StaffEvent } from './staff/staff.events.ts';
export { placingOn, type Placing, type StaffState } from './staff/staff.state.ts';
export { staffAggregate } from './staff/staff.codec.ts';
export { importRunAggregate, type ImportRunEvent, type ImportRunState } from './import-run/import-run.decider.ts';
