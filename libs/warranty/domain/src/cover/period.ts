import { addDays, addMonths, earlierDate, laterDate, type BusinessDate } from '@kontor/kernel';
import type { Cover, Term } from './term.ts';

/** Days of cover, the last ones inclusive. All null while the day the term starts on is not known. */
export interface Period {
  readonly start: BusinessDate | null;
  readonly end: BusinessDate | null;
  readonly partsEnd: BusinessDate | null;
  readonly labourEnd: BusinessDate | null;
}

export const NO_PERIOD: Period = { start: null, end: null, partsEnd: null, labourEnd: null };

/**
 * The day a term starts: with the delivery, or when it was invoiced, installed or received; then never before the
 * delivery, and never later than the grace cap allows. Null: its basis has not happened.
 */
export function startOf(cover: Cover, basisDate: BusinessDate | null): BusinessDate | null {
  if (cover.term.basis === 'delivery') return cover.deliveredOn;
  if (basisDate === null) return null;
  const start = laterDate(basisDate, cover.deliveredOn);
  const latest = latestStart(cover);
  return latest === null ? start : earlierDate(start, latest);
}

/** The day on which a term starts even if its basis never happens; null: it waits. */
export function latestStart(cover: Cover): BusinessDate | null {
  if (cover.term.basis === 'delivery') return cover.deliveredOn;
  return cover.term.graceCapDays === null ? null : addDays(cover.deliveredOn, cover.term.graceCapDays);
}

/**
 * The period of a cover. The last day has the number of the first day (BGB § 188 (2)): 12 months from 2026-03-02 end
 * with 2027-03-02; where the month has no such day, with its last (§ 188 (3)): 12 months from 2024-02-29, 2025-02-28.
 */
export function periodOf(cover: Cover | null, basisDate: BusinessDate | null): Period {
  if (cover === null) return NO_PERIOD;
  const start = startOf(cover, basisDate);
  return start === null ? NO_PERIOD : periodFrom(cover, start);
}

export function periodFrom(cover: Cover, start: BusinessDate): Period {
  const partsEnd = laterEnd(endAfter(start, cover.term.partsMonths), cover.remaining.parts);
  const labourEnd = laterEnd(endAfter(start, cover.term.labourMonths), cover.remaining.labour);
  return { start, end: laterEnd(partsEnd, labourEnd), partsEnd, labourEnd };
}

/**
 * The cover of a unit that is given in another's stead (W-03). What was left of the old one is never lost; by policy it
 * is all, or at least the statutory minimum runs anew, or the whole term does. Null: nothing was left and nothing is added.
 */
export function coverOfReplacement(
  term: Term | null,
  policy: Term['replacementPolicy'],
  old: Cover['remaining'],
  replacedOn: BusinessDate,
): Cover | null {
  if (term === null) return null;
  const left = {
    parts: old.parts !== null && old.parts >= replacedOn ? old.parts : null,
    labour: old.labour !== null && old.labour >= replacedOn ? old.labour : null,
  };
  const months: { readonly [P in Term['replacementPolicy']]: { readonly parts: number; readonly labour: number } } = {
    remaining: { parts: 0, labour: 0 },
    minimum: { parts: term.minimumMonths, labour: term.minimumMonths },
    new: { parts: term.partsMonths, labour: term.labourMonths },
  };
  const { parts, labour } = months[policy];
  if (parts === 0 && labour === 0 && left.parts === null && left.labour === null) return null;
  return {
    term: { ...term, basis: 'delivery', graceCapDays: null, partsMonths: parts, labourMonths: labour },
    deliveredOn: replacedOn,
    remaining: left,
  };
}

function endAfter(start: BusinessDate, months: number): BusinessDate | null {
  return months === 0 ? null : addMonths(start, months);
}

function laterEnd(left: BusinessDate | null, right: BusinessDate | null): BusinessDate | null {
  if (left === null) return right;
  return right === null ? left : laterDate(left, right);
}
