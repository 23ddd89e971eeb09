import { addMoney, applyRate, RATE_ONE, type Money } from '@kontor/kernel';
import type { StageKind } from '@kontor/accounts-contracts';

export interface ProbabilityOverride {
  /** In 1/100 000. */
  readonly probability: number;
  /** Last day on which it holds. */
  readonly expiresOn: string | null;
}

/** P-02, P-04: what counts on a date. Lost weighs nothing and won everything, whatever somebody thought of the deal before. */
export function probabilityOn(
  stage: { readonly kind: StageKind; readonly probability: number },
  override: ProbabilityOverride | null,
  date: string,
): number {
  if (stage.kind === 'won') return RATE_ONE;
  if (stage.kind === 'lost') return 0;
  if (override === null || (override.expiresOn !== null && override.expiresOn < date)) return stage.probability;
  return override.probability;
}

/** P-04: round(amount × probability) in minor units, half-even, for each deal by itself. */
export function weightedAmount(amount: Money, probability: number): Money {
  return { amountMinor: applyRate(amount.amountMinor, probability), currency: amount.currency };
}

/**
 * P-04: the forecast is the sum of the weighted deals, per currency: never an average times a sum. Currencies in
 * alphabetical order.
 */
export function weightedTotals(
  deals: readonly { readonly amount: Money; readonly probability: number }[],
): readonly Money[] {
  const totals = new Map<string, Money>();
  for (const { amount, probability } of deals) {
    const weighted = weightedAmount(amount, probability);
    const sum = totals.get(amount.currency);
    totals.set(amount.currency, sum === undefined ? weighted : addMoney(sum, weighted));
  }
  return [...totals.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}
