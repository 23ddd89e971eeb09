import type { DomainCommand, Money } from '@kontor/kernel';
import type { PipelineVersion } from '../pipeline/pipeline.decider.ts';
import type { Source } from '../source.ts';

interface Dated {
  readonly businessDate: string;
  readonly today: string;
}

/** Who closes a deal: an import has no order to show and no reason to give, a person must. */
type Origin = 'person' | 'import' | 'process';

export interface OpenOpportunity extends DomainCommand<'OpenOpportunity'>, Dated {
  readonly opportunityId: string;
  readonly title: string;
  readonly accountId: string | null;
  readonly accountIsRegistered: boolean;
  readonly ownerId: string | null;
  readonly ownerIsStaff: boolean;
  readonly pipeline: PipelineVersion;
  /** Null is the first open stage. */
  readonly stage: string | null;
  readonly amount: Money | null;
  readonly expectedClose: string | null;
  readonly productId: string | null;
  readonly externalId: string | null;
  readonly source: Source | null;
}
/** `pipeline` is always the version to which the deal is pinned. */
export interface EnterStage extends DomainCommand<'EnterStage'>, Dated {
  readonly stage: string;
  readonly pipeline: PipelineVersion;
}
export interface ReviseAmount extends DomainCommand<'ReviseAmount'>, Dated {
  readonly amount: Money;
}
export interface MoveExpectedClose extends DomainCommand<'MoveExpectedClose'>, Dated {
  readonly expectedClose: string | null;
}
export interface OverrideProbability extends DomainCommand<'OverrideProbability'>, Dated {
  /** Null withdraws the override. */
  readonly probability: number | null;
  readonly reason: string;
  readonly expiresOn: string | null;
}
export interface AssignOpportunityOwner extends DomainCommand<'AssignOpportunityOwner'>, Dated {
  readonly ownerId: string;
  readonly ownerIsStaff: boolean;
}
export interface AssignOpportunityAccount extends DomainCommand<'AssignOpportunityAccount'>, Dated {
  readonly accountId: string;
  readonly accountIsRegistered: boolean;
}
export interface WinOpportunity extends DomainCommand<'WinOpportunity'>, Dated {
  readonly pipeline: PipelineVersion;
  readonly origin: Origin;
  readonly orderId: string | null;
  readonly contractNumber: string | null;
  /** What it was won for; null leaves the amount. */
  readonly amount: Money | null;
}
export interface LoseOpportunity extends DomainCommand<'LoseOpportunity'>, Dated {
  readonly pipeline: PipelineVersion;
  readonly origin: Origin;
  readonly reason: string;
  readonly competitor: string | null;
}
export interface ReopenOpportunity extends DomainCommand<'ReopenOpportunity'>, Dated {
  readonly pipeline: PipelineVersion;
  /** Null is the stage in which it stood before it was closed. */
  readonly stage: string | null;
  readonly reason: string;
}
export interface NoteOpportunitySource extends DomainCommand<'NoteOpportunitySource'>, Dated {
  readonly content: Source['content'];
}

export type OpportunityCommand =
  | OpenOpportunity
  | EnterStage
  | ReviseAmount
  | MoveExpectedClose
  | OverrideProbability
  | AssignOpportunityOwner
  | AssignOpportunityAccount
  | WinOpportunity
  | LoseOpportunity
  | ReopenOpportunity
  | NoteOpportunitySource;
