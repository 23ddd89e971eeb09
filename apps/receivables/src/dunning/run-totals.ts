import { Problem } from '@kontor/http';
import { addDays, type BusinessDate } from '@kontor/kernel';
import { type DecidedNoticeSummary, decidedDate, type DunningCalendarState } from '@kontor/receivables-domain';

/** The answer of a run: totals of the whole range, whichever call decided the dates. */
export interface RunTotals {
  readonly notices: number;
  readonly byLevel: { readonly [level: string]: number };
  readonly accounts: number;
  readonly itemLines: number;
  readonly fees: readonly { readonly amountMinor: number; readonly currency: string }[];
}

/** Throws where the fees of many ledgers sum to more than can be told exactly: what is decided stays so. */
export function totalsOf(notices: Iterable<DecidedNoticeSummary>, levels: number, currency: string): RunTotals {
  const byLevel: { [level: string]: number } = {};
  for (let level = 1; level <= levels; level += 1) byLevel[level] = 0;
  const accounts = new Set<string>();
  let count = 0;
  let itemLines = 0;
  let feesMinor = 0n;
  for (const notice of notices) {
    count += 1;
    byLevel[notice.level] = (byLevel[notice.level] ?? 0) + 1;
    accounts.add(notice.accountId);
    itemLines += notice.items;
    feesMinor += BigInt(notice.feeMinor);
  }
  if (feesMinor > BigInt(Number.MAX_SAFE_INTEGER))
    throw new Problem(
      409,
      'TotalsTooLarge',
      'The fees of the range sum to more than can be told exactly. Its dates are decided; ask for a shorter range.',
      { facts: { feesMinor: String(feesMinor), maximumMinor: Number.MAX_SAFE_INTEGER, notices: count } },
    );
  return {
    notices: count,
    byLevel,
    accounts: accounts.size,
    itemLines,
    fees: [{ amountMinor: Number(feesMinor), currency }],
  };
}

export function* datesBetween(from: BusinessDate, to: BusinessDate): Iterable<BusinessDate> {
  for (let date = from; date <= to; date = addDays(date, 1)) yield date;
}

export function* decidedNotices(
  calendar: DunningCalendarState,
  from: BusinessDate,
  to: BusinessDate,
): Iterable<DecidedNoticeSummary> {
  for (const date of datesBetween(from, to)) yield* decidedDate(calendar, date)?.notices ?? [];
}
