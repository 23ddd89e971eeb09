import type { BusinessDate } from '@kontor/kernel';
import type { Term } from '../cover/term.ts';

/** What applies to deliveries from `validFrom` on; a null term: without warranty. */
export interface TermEntry {
  readonly validFrom: BusinessDate;
  readonly term: Term | null;
}

export interface WarrantyTermState {
  readonly productId: string | null;
  readonly entries: readonly TermEntry[];
}

export const initialWarrantyTerm: WarrantyTermState = { productId: null, entries: [] };

/**
 * The term for a delivery on a date: the entry that became valid last, then the one recorded last. Undefined: nothing
 * was defined for that date, so the term of the sale applies; null: off warranty.
 */
export function termInForce(state: WarrantyTermState, date: BusinessDate): Term | null | undefined {
  let best: TermEntry | undefined;
  for (const entry of state.entries)
    if (entry.validFrom <= date && (best === undefined || entry.validFrom >= best.validFrom)) best = entry;
  return best?.term;
}
