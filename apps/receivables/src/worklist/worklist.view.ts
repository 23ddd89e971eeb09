import { currencyExponent, daysBetween, isCurrency } from '@kontor/kernel';
import {
  aboveNorm,
  nextStep,
  type Portfolio,
  portfolioOf,
  worklistPriority,
  type WorklistWeights,
} from '@kontor/receivables-domain';
import type { LedgerStanding } from './standings.query.ts';

declare global {
  interface JSON {
    /** ECMAScript "JSON.parse source text access": writes the text as it is. */
    rawJSON(text: string): unknown;
  }
}

type WithoutLimit = 'unlimited' | 'zero';

/** A ledger with its place in the list, and what the place is made of. */
export function worklistItem(standing: LedgerStanding, weights: WorklistWeights, withoutLimit: WithoutLimit) {
  const { currency, today, oldestDueDate, overdueMinor, disputedMinor, unallocatedMinor, brokenPromises, level } =
    standing;
  const money = (amountMinor: number) => ({ amountMinor, currency });
  const daysOverdue = oldestDueDate === null ? 0 : daysBetween(oldestDueDate, today);
  const undisputedMinor = overdueMinor - disputedMinor;
  const priority = worklistPriority(
    { overdueMajor: majorOf(undisputedMinor, currency), daysOverdue, brokenPromises, level },
    weights,
  );
  const promised = standing.promisedOn !== null && standing.promisedMinor >= undisputedMinor;
  return {
    ledgerId: standing.ledgerId,
    accountId: standing.accountId,
    accountNumber: standing.accountNumber,
    accountName: standing.accountName,
    ownerId: standing.ownerId,
    entityId: standing.entityId,
    currency,
    priority: priority.points,
    priorityParts: priority.parts,
    nextStep: nextStep({ overdueMinor, disputedMinor, unallocatedMinor, promised }),
    overdue: money(overdueMinor),
    overdueItems: standing.overdueItems,
    oldestDueDate,
    daysOverdue,
    disputed: money(disputedMinor),
    level,
    lastNoticeOn: standing.lastNoticeOn,
    brokenPromises,
    promised: money(standing.promisedMinor),
    promisedOn: standing.promisedOn,
    unallocatedCredit: money(unallocatedMinor),
    openCharges: money(standing.chargesMinor),
    exposure: money(standing.exposureMinor),
    limit: standing.limitMinor === null ? null : money(standing.limitMinor),
    aboveNorm: money(aboveNorm(standing, today, withoutLimit)),
    restriction: standing.restriction,
  };
}

/** Highest priority first; of equal ones the older, then by account number, so that the order is the same every time. */
export function inOrder(items: readonly ReturnType<typeof worklistItem>[]) {
  return [...items].sort(
    (one, other) =>
      other.priority - one.priority ||
      other.daysOverdue - one.daysOverdue ||
      compare(one.accountNumber ?? '', other.accountNumber ?? '') ||
      compare(one.ledgerId, other.ledgerId),
  );
}

/** R-04 per owner, legal entity and currency. */
export function portfolios(standings: readonly LedgerStanding[], withoutLimit: WithoutLimit) {
  const groups = Map.groupBy(
    standings,
    ({ ownerId, entityId, currency }) => `${ownerId ?? ''} ${entityId} ${currency}`,
  );
  return [...groups]
    .sort(([one], [other]) => compare(one, other))
    .flatMap(([, group]) => {
      const [first] = group;
      if (first === undefined) return [];
      return [portfolioView(first, portfolioOf(group, first.today, withoutLimit))];
    });
}

function portfolioView({ ownerId, entityId, currency }: LedgerStanding, portfolio: Portfolio) {
  const money = (minor: bigint) => ({ amountMinor: jsonInteger(minor), currency });
  const state = ({ accounts, amountMinor }: Portfolio['overdue']) => ({
    accounts,
    amount: money(amountMinor),
    onTarget: accounts === 0,
  });
  return {
    ownerId,
    entityId,
    currency,
    accounts: portfolio.accounts,
    exposure: money(portfolio.exposureMinor),
    aboveNorm: state(portfolio.aboveNorm),
    overdue: state(portfolio.overdue),
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A sum that no double holds is written with all its digits. */
function jsonInteger(value: bigint): number {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : (JSON.rawJSON(value.toString()) as number);
}

function majorOf(minor: number, currency: string): number {
  return Math.floor(minor / 10 ** (isCurrency(currency) ? currencyExponent(currency) : 2));
}
