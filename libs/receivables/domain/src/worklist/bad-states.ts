import type { BusinessDate } from '@kontor/kernel';

/** What is known of one ledger on a day; amounts of one currency. */
export interface Standing {
  readonly accountId: string;
  readonly exposureMinor: number;
  readonly overdueMinor: number;
  readonly limitMinor: number | null;
  /** Last day of the limit; null: without end. */
  readonly limitValidUntil: BusinessDate | null;
}

/**
 * by how much the exposure is above the norm, which is the limit of the account; one that has ended allows nothing.
 * Zero for an account without a limit, unless none means zero.
 */
export function aboveNorm(standing: Standing, today: BusinessDate, withoutLimit: 'unlimited' | 'zero'): number {
  const { exposureMinor, limitMinor, limitValidUntil } = standing;
  if (limitMinor === null && withoutLimit === 'unlimited') return 0;
  const ended = limitValidUntil !== null && limitValidUntil < today;
  return Math.max(0, exposureMinor - (ended ? 0 : (limitMinor ?? 0)));
}

interface BadState {
  readonly accounts: number;
  readonly amountMinor: bigint;
}

/** The two bad states of a portfolio, each counted by itself: an account may be in one, in both, or in none. */
export interface Portfolio {
  readonly accounts: number;
  readonly exposureMinor: bigint;
  readonly aboveNorm: BadState;
  readonly overdue: BadState;
}

/** of ledgers of one owner, currency and legal entity. The target of both states is zero. */
export function portfolioOf(
  standings: readonly Standing[],
  today: BusinessDate,
  withoutLimit: 'unlimited' | 'zero',
): Portfolio {
  const state = (amountOf: (standing: Standing) => number): BadState => {
    const amounts = standings.map(amountOf).filter((amount) => amount > 0);
    return { accounts: amounts.length, amountMinor: sumOf(amounts) };
  };
  return {
    accounts: standings.length,
    exposureMinor: sumOf(standings.map(({ exposureMinor }) => exposureMinor)),
    aboveNorm: state((standing) => aboveNorm(standing, today, withoutLimit)),
    overdue: state(({ overdueMinor }) => overdueMinor),
  };
}

function sumOf(amounts: readonly number[]): bigint {
  return amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
}
