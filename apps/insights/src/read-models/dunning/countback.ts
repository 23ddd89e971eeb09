import { addDays, type BusinessDate, daysBetween, endOfMonth, ratioText } from '@kontor/kernel';

/** Sales of the days of a month up to the date that is asked about. */
export interface MonthOfSales {
  readonly month: string;
  readonly days: number;
  readonly salesMinor: bigint;
}

export interface Countback {
  /** Two decimals; null where the sales do not reach back far enough. */
  readonly days: string | null;
  /** What is open beyond all sales there are. */
  readonly uncoveredMinor: bigint;
  /** What each month takes of what is open, the newest first. */
  readonly months: readonly (MonthOfSales & { readonly coveredMinor: bigint })[];
}

/**
 * what is open is taken off the sales of the newest month first: months that are covered count with all their days,
 * the last one in proportion; rounded last. A month without sales, or with more credit notes than invoices, counts its days.
 */
export function countback(openMinor: bigint, months: readonly MonthOfSales[]): Countback {
  const covered: (MonthOfSales & { readonly coveredMinor: bigint })[] = [];
  let rest = openMinor > 0n ? openMinor : 0n;
  let fullDays = 0;
  for (const month of months) {
    if (rest === 0n) break;
    const coveredMinor = month.salesMinor <= 0n ? 0n : month.salesMinor < rest ? month.salesMinor : rest;
    covered.push({ ...month, coveredMinor });
    rest -= coveredMinor;
    if (rest > 0n || coveredMinor === month.salesMinor) fullDays += month.days;
    else {
      const inDays = BigInt(fullDays) * month.salesMinor + coveredMinor * BigInt(month.days);
      return { days: ratioText(inDays, month.salesMinor, 2), uncoveredMinor: 0n, months: covered };
    }
  }
  return {
    days: rest > 0n ? null : ratioText(BigInt(fullDays), 1n, 2),
    uncoveredMinor: rest,
    months: covered,
  };
}

/** Every month from that of `to`, which counts up to `to`, back to the oldest with sales. */
export function monthsBack(to: BusinessDate, sales: ReadonlyMap<string, bigint>): readonly MonthOfSales[] {
  const oldest = [...sales.keys()].sort()[0];
  const months: MonthOfSales[] = [];
  for (let last = to; oldest !== undefined && last.slice(0, 'YYYY-MM'.length) >= oldest;) {
    const month = last.slice(0, 'YYYY-MM'.length);
    const first = `${month}-01`;
    months.push({ month, days: daysBetween(first, last) + 1, salesMinor: sales.get(month) ?? 0n });
    last = endOfMonth(addDays(first, -1));
  }
  return months;
}
