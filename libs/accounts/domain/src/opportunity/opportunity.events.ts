import type { DomainEvent, Money } from '@kontor/kernel';
import type { StageKind, WinEvidence } from '@kontor/accounts-contracts';
import type { Source } from '../source.ts';

export type OpportunityOpened = DomainEvent<
  'OpportunityOpened',
  {
    readonly opportunityId: string;
    readonly title: string;
    readonly accountId: string | null;
    readonly ownerId: string | null;
    readonly queue: string | null;
    readonly pipelineId: string;
    readonly pipelineVersion: number;
    readonly productId: string | null;
    readonly externalId: string | null;
    readonly source: Source | null;
    readonly businessDate: string;
  }
>;
/** Won and lost are stages too; a deal that enters an open stage after one of them was reopened. */
export type OpportunityStageEntered = DomainEvent<
  'OpportunityStageEntered',
  {
    readonly opportunityId: string;
    readonly stage: string;
    readonly stageKind: StageKind;
    readonly probability: number;
    readonly reason: string | null;
    readonly competitor: string | null;
    readonly evidence: WinEvidence | null;
    readonly orderId: string | null;
    readonly contractNumber: string | null;
    readonly businessDate: string;
  }
>;
export type OpportunityAmountRevised = DomainEvent<
  'OpportunityAmountRevised',
  { readonly opportunityId: string; readonly amount: Money; readonly businessDate: string }
>;
export type OpportunityCloseExpected = DomainEvent<
  'OpportunityCloseExpected',
  { readonly opportunityId: string; readonly expectedClose: string | null; readonly businessDate: string }
>;
export type OpportunityOwnerAssigned = DomainEvent<
  'OpportunityOwnerAssigned',
  { readonly opportunityId: string; readonly ownerId: string; readonly businessDate: string }
>;
/** The deal leaves the queue: it is known whose it is. */
export type OpportunityAccountAssigned = DomainEvent<
  'OpportunityAccountAssigned',
  { readonly opportunityId: string; readonly accountId: string; readonly businessDate: string }
>;
export type OpportunityProbabilityOverridden = DomainEvent<
  'OpportunityProbabilityOverridden',
  {
    readonly opportunityId: string;
    readonly probability: number | null;
    readonly reason: string;
    readonly expiresOn: string | null;
    readonly businessDate: string;
  }
>;
export type OpportunitySourceNoted = DomainEvent<
  'OpportunitySourceNoted',
  { readonly opportunityId: string; readonly content: Source['content']; readonly businessDate: string }
>;

export type OpportunityEvent =
  | OpportunityOpened
  | OpportunityStageEntered
  | OpportunityAmountRevised
  | OpportunityCloseExpected
  | OpportunityOwnerAssigned
  | OpportunityAccountAssigned
  | OpportunityProbabilityOverridden
  | OpportunitySourceNoted;
