import { accept, type Decider, type Refused, refuse } from '@kontor/kernel';
import type { DunningLevel, DunningPolicy } from '../ledger/dunning-rule.ts';
import type { DatedRate } from '../ledger/interest.ts';

/** What a policy says, without its version. One stream per legal entity and currency. */
export interface PolicyContent {
  readonly name: string;
  readonly daysBetweenNotices: number;
  readonly minimumBalanceMinor: number;
  readonly toleranceMinor: number;
  readonly levels: readonly DunningLevel[];
  readonly interestRates: readonly DatedRate[];
}

export interface PolicyStoredData extends PolicyContent {
  readonly policyId: string;
  readonly version: number;
  readonly entityId: string;
  readonly currency: string;
}

export type DunningPolicyEvent = { readonly type: 'DunningPolicyStored'; readonly data: PolicyStoredData };

export interface StorePolicy extends PolicyContent {
  readonly type: 'StorePolicy';
  readonly policyId: string;
  readonly entityId: string;
  readonly currency: string;
}

export interface DunningPolicyState {
  /** Index 0 is version 1. */
  readonly versions: readonly PolicyStoredData[];
}

/** A level beyond this is a mistake, not a policy. */
const MAX_LEVELS = 10;

export const dunningPolicyDecider: Decider<DunningPolicyState, StorePolicy, DunningPolicyEvent> = {
  initial: { versions: [] },
  evolve: {
    DunningPolicyStored: (state, data) => ({ versions: [...state.versions, data] }),
  },
  decide: {
    // A version is never changed. The same content again is the version that is there, whatever it is called.
    StorePolicy: ({ type: _type, ...content }, state) => {
      const fault = policyFault(content);
      if (fault !== null) return fault;
      if (versionWith(state, content) !== undefined) return accept();
      return accept({
        type: 'DunningPolicyStored',
        data: { ...content, version: state.versions.length + 1 },
      });
    },
  },
};

export function versionWith(state: DunningPolicyState, content: PolicyContent): PolicyStoredData | undefined {
  const wanted = policyFingerprint(content);
  return state.versions.find((version) => policyFingerprint(version) === wanted);
}

export function policyOf(stored: PolicyStoredData): DunningPolicy {
  const { policyId, version, currency, daysBetweenNotices, minimumBalanceMinor, toleranceMinor } = stored;
  const { levels, interestRates } = stored;
  return {
    policyId,
    version,
    currency,
    daysBetweenNotices,
    minimumBalanceMinor,
    toleranceMinor,
    levels,
    interestRates,
  };
}

/** The same for the same policy, whatever it is called. */
export function policyFingerprint(content: PolicyContent): string {
  return JSON.stringify([
    content.daysBetweenNotices,
    content.minimumBalanceMinor,
    content.toleranceMinor,
    content.levels.map((level) => [level.level, level.daysAfterDue, level.feeMinor, level.restriction]),
    content.interestRates.map((rate) => [rate.from, rate.rate]),
  ]);
}

export function policyFault(content: PolicyContent): Refused | null {
  const { levels, interestRates } = content;
  if (levels.length === 0 || levels.length > MAX_LEVELS)
    return refuse('InvalidPolicy', `A policy has 1 to ${MAX_LEVELS} levels.`, { levels: levels.length });
  for (const [index, level] of levels.entries()) {
    const before = levels[index - 1]?.daysAfterDue ?? 0;
    if (level.level !== index + 1 || level.daysAfterDue <= before)
      return refuse('InvalidPolicy', 'Levels must ascend, each with more days after due than the one before.', {
        level: index + 1,
        daysAfterDue: level.daysAfterDue,
      });
  }
  for (const [index, rate] of interestRates.entries()) {
    const before = interestRates[index - 1];
    if (before !== undefined && rate.from <= before.from)
      return refuse('InvalidPolicy', 'Interest rates must ascend by date.', { from: rate.from });
  }
  return null;
}
