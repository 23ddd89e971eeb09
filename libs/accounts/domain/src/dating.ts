import { refuse, type BusinessDate, type Refused } from '@kontor/kernel';

/** What has happened cannot be dated after today; what is agreed for later has a date of its own (validFrom, expectedClose). */
export function refuseFuture(businessDate: BusinessDate, today: BusinessDate): Refused | undefined {
  if (businessDate <= today) return undefined;
  return refuse('DatedInFuture', `${businessDate} lies after today, ${today}.`, { businessDate, today });
}

/**
 * Facts of one kind follow each other in business dates: otherwise the state folded by revision and a figure asked by
 * business date would name different winners. The same date again corrects.
 */
export function refuseBefore(businessDate: BusinessDate, last: BusinessDate | null, what: string): Refused | undefined {
  if (last === null || businessDate >= last) return undefined;
  return refuse('DatedBeforeLast', `${businessDate} lies before the last ${what}, dated ${last}.`, {
    businessDate,
    last,
    what,
  });
}
