import type { BusinessDate, Money } from '@kontor/kernel';

/** What a warranty term starts with (W-02). */
export type StartBasis = 'delivery' | 'invoice' | 'install' | 'receive';

/** What a unit gets that is given in another's stead (W-03): what was left, at least the minimum, or a new term. */
export type ReplacementPolicy = 'remaining' | 'minimum' | 'new';

/** The most that is borne for one unit while its term runs; null: no such cap. */
export interface Caps {
  readonly claims: number | null;
  readonly parts: Money | null;
  readonly labour: Money | null;
}

/** One version of the warranty of a product. Version 0 is the term that was sold with the order line. */
export interface Term {
  readonly version: number;
  readonly basis: StartBasis;
  /** Days after the delivery on which the term starts at the latest; null: it waits for its basis. */
  readonly graceCapDays: number | null;
  readonly partsMonths: number;
  readonly labourMonths: number;
  /** Statutory minimum, in months. */
  readonly minimumMonths: number;
  readonly replacementPolicy: ReplacementPolicy;
  readonly caps: Caps;
}

/** Last days of cover that a replacement takes over from the unit it stands for; null: nothing was left. */
export interface Remaining {
  readonly parts: BusinessDate | null;
  readonly labour: BusinessDate | null;
}

/** The warranty of one unit: a term pinned at delivery, and the day it counts from. It never changes afterwards. */
export interface Cover {
  readonly term: Term;
  readonly deliveredOn: BusinessDate;
  readonly remaining: Remaining;
}

/** The longest term anyone may define: 50 years. */
export const MAX_TERM_MONTHS = 600;
/** The longest grace before a term starts: 10 years. */
export const MAX_GRACE_DAYS = 3660;

/** The term of a line as it was sold; undefined when it was sold without warranty. */
export function termAsSold(months: number | null, basis: 'delivery' | 'invoice'): Term | null {
  if (months === null || months <= 0) return null;
  return {
    version: 0,
    basis,
    graceCapDays: null,
    partsMonths: months,
    labourMonths: months,
    minimumMonths: 0,
    replacementPolicy: 'remaining',
    caps: { claims: null, parts: null, labour: null },
  };
}
