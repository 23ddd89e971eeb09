import type { BusinessDate, Money } from '@kontor/kernel';
import { standingOn, type RegistrationFact, type Standing } from './registration.ts';

/** Who bears the cost of a claim (W-04). */
export type Coverage = 'warranty' | 'goodwill' | 'contract' | 'paid';

/** What was borne for a unit before, as far as its caps count it. */
export interface CapsUsed {
  readonly claims: number;
  readonly partsMinor: number;
  readonly labourMinor: number;
}

export interface ServiceContract {
  readonly contractId: string;
  readonly validFrom: BusinessDate;
  readonly validTo: BusinessDate;
}

/** Everything the decision rests on; recorded with it, so that it can be made again. */
export interface CoverageInputs {
  readonly incidentDate: BusinessDate;
  /** Facts of the unit; those after the incident are left out before they are recorded. */
  readonly registration: readonly RegistrationFact[];
  readonly capsUsed: CapsUsed;
  readonly serviceContract: ServiceContract | null;
}

export type ReasonCode =
  | 'WithinTerm'
  | 'PartsWithinTerm'
  | 'LabourWithinTerm'
  | 'TermNotStarted'
  | 'ServiceContract'
  | 'NotRegisteredThen'
  | 'SoldWithoutWarranty'
  | 'TakenOffWarranty'
  | 'ReplacedBefore'
  | 'TermEnded'
  | 'ClaimCapUsedUp'
  | 'AmountCapUsedUp';

export interface CoverageResult {
  readonly coverage: 'warranty' | 'contract' | 'paid';
  readonly coversParts: boolean;
  readonly coversLabour: boolean;
  readonly reasonCode: ReasonCode;
  readonly warrantyStart: BusinessDate | null;
  readonly warrantyEnd: BusinessDate | null;
  readonly termVersion: number | null;
  /** The most that is borne for this claim; null: no cap. */
  readonly partsRoom: Money | null;
  readonly labourRoom: Money | null;
}

/**
 * The coverage decision: a pure function of the registration facts up to the incident date, the term pinned in them and
 * the caps used. "Today" is not among its inputs, nor where the unit is now.
 */
export function coverageOf(inputs: CoverageInputs): CoverageResult {
  const standing = standingOn(inputs.registration, inputs.incidentDate);
  const dates = {
    warrantyStart: standing.period.start,
    warrantyEnd: standing.period.end,
    termVersion: standing.cover?.term.version ?? null,
  };
  const caps = standing.cover?.term.caps;
  const partsRoom = room(caps?.parts ?? null, inputs.capsUsed.partsMinor);
  const labourRoom = room(caps?.labour ?? null, inputs.capsUsed.labourMinor);
  const [reasonCode, coversParts, coversLabour] = underWarranty(inputs, standing, partsRoom, labourRoom);
  if (coversParts || coversLabour)
    return { coverage: 'warranty', coversParts, coversLabour, reasonCode, ...dates, partsRoom, labourRoom };
  const contract = inputs.serviceContract;
  if (contract !== null && contract.validFrom <= inputs.incidentDate && inputs.incidentDate <= contract.validTo)
    return {
      coverage: 'contract',
      coversParts: true,
      coversLabour: true,
      reasonCode: 'ServiceContract',
      ...dates,
      partsRoom: null,
      labourRoom: null,
    };
  return {
    coverage: 'paid',
    coversParts: false,
    coversLabour: false,
    reasonCode,
    ...dates,
    partsRoom: null,
    labourRoom: null,
  };
}

function underWarranty(
  inputs: CoverageInputs,
  standing: Standing,
  partsRoom: Money | null,
  labourRoom: Money | null,
): readonly [ReasonCode, boolean, boolean] {
  const date = inputs.incidentDate;
  if (standing.registeredOn === null) return ['NotRegisteredThen', false, false];
  if (standing.replacedOn !== null && standing.replacedOn < date) return ['ReplacedBefore', false, false];
  if (standing.cover === null) return ['SoldWithoutWarranty', false, false];
  if (standing.takenOffOn !== null) return ['TakenOffWarranty', false, false];
  const { claims } = standing.cover.term.caps;
  const inTerm = (end: BusinessDate | null, months: number) =>
    standing.waiting ? months > 0 : end !== null && date <= end;
  const parts = inTerm(standing.partsEnd, standing.cover.term.partsMonths);
  const labour = inTerm(standing.labourEnd, standing.cover.term.labourMonths);
  if (!parts && !labour) return ['TermEnded', false, false];
  if (claims !== null && inputs.capsUsed.claims >= claims) return ['ClaimCapUsedUp', false, false];
  const coversParts = parts && partsRoom?.amountMinor !== 0;
  const coversLabour = labour && labourRoom?.amountMinor !== 0;
  if (!coversParts && !coversLabour) return ['AmountCapUsedUp', false, false];
  if (coversParts !== coversLabour)
    return [coversParts ? 'PartsWithinTerm' : 'LabourWithinTerm', coversParts, coversLabour];
  return [standing.period.start === null ? 'TermNotStarted' : 'WithinTerm', true, true];
}

function room(cap: Money | null, usedMinor: number): Money | null {
  return cap === null ? null : { amountMinor: Math.max(0, cap.amountMinor - usedMinor), currency: cap.currency };
}
