import { type BusinessDate, laterDate } from '@kontor/kernel';
import { latestStart, periodFrom, periodOf, type Period } from './period.ts';
import type { Cover } from './term.ts';

/** What happened to a unit that matters for its cover, in the order it was recorded. */
export type RegistrationFact =
  | { readonly kind: 'registered'; readonly businessDate: BusinessDate; readonly cover: Cover | null }
  | { readonly kind: 'started'; readonly businessDate: BusinessDate; readonly basisDate: BusinessDate }
  | {
      readonly kind: 'redelivered';
      readonly businessDate: BusinessDate;
      readonly newCover: { readonly cover: Cover | null } | null;
    }
  | { readonly kind: 'taken-off'; readonly businessDate: BusinessDate }
  | { readonly kind: 'replaced'; readonly businessDate: BusinessDate };

/** A unit's cover as it stood on a date, from the facts up to that date and from no other. */
export interface Standing {
  readonly registeredOn: BusinessDate | null;
  readonly cover: Cover | null;
  readonly period: Period;
  /** Last days as far as they are known on the date: from the start, or from the latest possible one. */
  readonly partsEnd: BusinessDate | null;
  readonly labourEnd: BusinessDate | null;
  /** True: the term waits for its basis without any limit; until then the unit is covered. */
  readonly waiting: boolean;
  readonly takenOffOn: BusinessDate | null;
  readonly replacedOn: BusinessDate | null;
}

/**
 * Folds the facts with business date ≤ `date`. Neither a return nor a repair is among them, so neither can erase or
 * restart a cover (W-03): only a sale to another holder, as a redelivery with a cover of its own.
 */
export function standingOn(facts: readonly RegistrationFact[], date: BusinessDate): Standing {
  let registeredOn: BusinessDate | null = null;
  let cover: Cover | null = null;
  let basisDate: BusinessDate | null = null;
  let takenOffOn: BusinessDate | null = null;
  let replacedOn: BusinessDate | null = null;
  for (const fact of facts) {
    if (fact.businessDate > date) continue;
    if (fact.kind === 'registered') {
      registeredOn = fact.businessDate;
      cover = fact.cover;
    } else if (fact.kind === 'started') {
      basisDate = fact.basisDate;
    } else if (fact.kind === 'redelivered') {
      if (fact.newCover !== null) {
        cover = fact.newCover.cover;
        basisDate = null;
        takenOffOn = null;
      }
    } else if (fact.kind === 'taken-off') {
      takenOffOn = fact.businessDate;
    } else {
      replacedOn = fact.businessDate;
    }
  }
  const period = periodOf(cover, basisDate);
  const assumed = cover === null || period.start !== null ? period : ifLatest(cover);
  return {
    registeredOn,
    cover,
    period,
    partsEnd: assumed.partsEnd,
    labourEnd: assumed.labourEnd,
    waiting: cover !== null && assumed.start === null,
    takenOffOn,
    replacedOn,
  };
}

/** What is left of a cover on a date, for a replacement: the whole term from that date while it still waits to start. */
export function remainingOn(facts: readonly RegistrationFact[], date: BusinessDate): Cover['remaining'] {
  const standing = standingOn(facts, date);
  if (standing.cover === null || standing.takenOffOn !== null) return { parts: null, labour: null };
  if (!standing.waiting) return { parts: standing.partsEnd, labour: standing.labourEnd };
  const whole = periodFrom(standing.cover, laterDate(date, standing.cover.deliveredOn));
  return { parts: whole.partsEnd, labour: whole.labourEnd };
}

function ifLatest(cover: Cover): Period {
  const latest = latestStart(cover);
  return latest === null ? { start: null, end: null, partsEnd: null, labourEnd: null } : periodFrom(cover, latest);
}
