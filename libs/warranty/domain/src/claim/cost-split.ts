import type { Coverage } from '../cover/coverage.ts';
import type { DecidedCoverage } from './claim.state.ts';

export interface RepairCost {
  readonly partsMinor: number;
  readonly labourMinor: number;
}

export interface CostSplit {
  readonly coverage: Coverage;
  /** Borne by us because it is covered; what counts against the caps of a warranty. */
  readonly coveredPartsMinor: number;
  readonly coveredLabourMinor: number;
  /** Borne by us out of goodwill. */
  readonly goodwillMinor: number;
  readonly borneByUsMinor: number;
  readonly borneByClientMinor: number;
}

/**
 * Who bears a repair (W-07): first what is covered, within the room that the caps leave; then goodwill, up to what is
 * left of it; the client the rest. The shares sum to the cost.
 */
export function splitCost(
  cost: RepairCost,
  decision: DecidedCoverage,
  borne: RepairCost,
  goodwillLeftMinor: number,
): CostSplit {
  const coveredPartsMinor = decision.coversParts ? within(cost.partsMinor, decision.partsRoom, borne.partsMinor) : 0;
  const coveredLabourMinor = decision.coversLabour
    ? within(cost.labourMinor, decision.labourRoom, borne.labourMinor)
    : 0;
  const whole = cost.partsMinor + cost.labourMinor;
  const uncovered = whole - coveredPartsMinor - coveredLabourMinor;
  const goodwillMinor = Math.min(uncovered, goodwillLeftMinor);
  return {
    coverage: decision.coverage === 'paid' && decision.goodwill !== null ? 'goodwill' : decision.coverage,
    coveredPartsMinor,
    coveredLabourMinor,
    goodwillMinor,
    borneByUsMinor: whole - uncovered + goodwillMinor,
    borneByClientMinor: uncovered - goodwillMinor,
  };
}

function within(costMinor: number, room: { readonly amountMinor: number } | null, borneMinor: number): number {
  return room === null ? costMinor : Math.min(costMinor, Math.max(0, room.amountMinor - borneMinor));
}
