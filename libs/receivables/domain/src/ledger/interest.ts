import { type BusinessDate, daysBetween, divideHalfEven, exactInteger, RATE_ONE } from '@kontor/kernel';
import type { Movement } from './ledger.state.ts';

/** A yearly rate in 1/100 000, in force from a date until the next one. */
export interface DatedRate {
  readonly from: BusinessDate;
  readonly rate: number;
}

/** A stretch of days, half-open, with one principal and one rate; rounded on its own, half-even. */
export interface InterestSegment {
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly days: number;
  readonly principalMinor: number;
  readonly rate: number;
  readonly amountMinor: number;
}

export interface InterestBase {
  readonly dueDate: BusinessDate;
  readonly amountMinor: number;
  readonly movements: readonly Movement[];
}

const DAYS_PER_YEAR = 365n;

/**
 * Simple interest on an item in segments: principal at each moment × dated rate × days / 365, from the due date
 * inclusive to the day of payment, rate change or `asAt` exclusive. No compounding.
 */
export function interestSegments(
  item: InterestBase,
  rates: readonly DatedRate[],
  asAt: BusinessDate,
): readonly InterestSegment[] {
  const segments: InterestSegment[] = [];
  const bounds = boundaries(item, rates, asAt);
  let open: { from: BusinessDate; principalMinor: number; rate: number } | null = null;
  for (const day of [...bounds, asAt]) {
    const principalMinor = day === asAt ? 0 : principalOn(item, day);
    const rate = day === asAt ? 0 : rateOn(rates, day);
    if (open !== null && open.principalMinor === principalMinor && open.rate === rate && day !== asAt) continue;
    if (open !== null && open.principalMinor > 0 && open.rate > 0) segments.push(segment(open, day));
    open = { from: day, principalMinor, rate };
  }
  return segments;
}

/** The sum of the segments: what the item has borne as at a date, whatever of it was posted before. */
export function interestMinor(item: InterestBase, rates: readonly DatedRate[], asAt: BusinessDate): number {
  return interestSegments(item, rates, asAt).reduce((sum, part) => sum + part.amountMinor, 0);
}

/** Whether the interest can be counted exactly: bounded by the whole amount at the highest rate for all the days. */
export function interestCountable(item: InterestBase, rates: readonly DatedRate[], asAt: BusinessDate): boolean {
  const highest = rates.reduce((most, { rate }) => Math.max(most, rate), 0);
  const years = Math.max(0, daysBetween(item.dueDate, asAt)) / 365;
  return (item.amountMinor * highest * years) / RATE_ONE < Number.MAX_SAFE_INTEGER / 2;
}

function segment(
  open: { from: BusinessDate; principalMinor: number; rate: number },
  to: BusinessDate,
): InterestSegment {
  const days = daysBetween(open.from, to);
  const dividend = BigInt(open.principalMinor) * BigInt(open.rate) * BigInt(days);
  return {
    ...open,
    to,
    days,
    amountMinor: exactInteger(divideHalfEven(dividend, BigInt(RATE_ONE) * DAYS_PER_YEAR)),
  };
}

/** The due date and every later day before `asAt` on which principal or rate may change, ascending. */
function boundaries(item: InterestBase, rates: readonly DatedRate[], asAt: BusinessDate): readonly BusinessDate[] {
  if (item.dueDate >= asAt) return [];
  const days = new Set<BusinessDate>([item.dueDate]);
  for (const { date } of item.movements) if (date > item.dueDate && date < asAt) days.add(date);
  for (const { from } of rates) if (from > item.dueDate && from < asAt) days.add(from);
  return [...days].sort();
}

/** A payment's own day bears no interest on what was paid: it counts from its value date on. */
function principalOn(item: InterestBase, day: BusinessDate): number {
  return item.movements.reduce(
    (open, movement) => (movement.date <= day ? open - movement.amountMinor : open),
    item.amountMinor,
  );
}

function rateOn(rates: readonly DatedRate[], day: BusinessDate): number {
  let found: DatedRate | undefined;
  for (const rate of rates) if (rate.from <= day && (found === undefined || rate.from > found.from)) found = rate;
  return found?.rate ?? 0;
}
