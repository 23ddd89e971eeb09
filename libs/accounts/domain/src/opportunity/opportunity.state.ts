import type { Money } from '@kontor/kernel';
import type { StageKind, WinEvidence } from '@kontor/accounts-contracts';
import type { Source } from '../source.ts';
import type { ProbabilityOverride } from './weighting.ts';

/** One stay in a stage, as it was entered. The list of them is the history of the deal. */
export interface StageEntry {
  readonly stage: string;
  readonly kind: StageKind;
  readonly probability: number;
  readonly reason: string | null;
  readonly competitor: string | null;
  readonly evidence: WinEvidence | null;
  readonly orderId: string | null;
  readonly contractNumber: string | null;
  readonly businessDate: string;
}

interface DatedAmount {
  readonly amount: Money;
  readonly businessDate: string;
}

export interface OpenedOpportunity {
  readonly opportunityId: string;
  readonly title: string;
  readonly accountId: string | null;
  readonly queue: string | null;
  readonly owner: { readonly ownerId: string | null; readonly businessDate: string };
  readonly pipelineId: string;
  readonly pipelineVersion: number;
  readonly productId: string | null;
  readonly externalId: string | null;
  readonly source: Source | null;
  readonly openedOn: string;
  /** Entered stages in order; the last is the present one. */
  readonly stages: readonly StageEntry[];
  readonly amount: DatedAmount | null;
  readonly expected: { readonly expectedClose: string | null; readonly businessDate: string } | null;
  readonly override: (ProbabilityOverride & { readonly reason: string; readonly businessDate: string }) | null;
}

/** Undefined until it is opened. */
export type OpportunityState = OpenedOpportunity | undefined;

/** The present stage. An opened deal always stands in one: it enters its first in the append that opens it. */
export function presentStage(deal: OpenedOpportunity): StageEntry {
  const stage = deal.stages.at(-1);
  if (stage === undefined) throw new Error(`${deal.opportunityId} was opened without a stage`);
  return stage;
}

export function isClosed(deal: OpenedOpportunity): boolean {
  const { kind } = presentStage(deal);
  return kind === 'won' || kind === 'lost';
}
