import { millionths } from '../lines/quantity.ts';
import type { QuoteIssued, QuoteOrdered } from './quote.events.ts';

export type QuoteVersionStatus = 'issued' | 'sent' | 'accepted' | 'declined' | 'expired' | 'superseded';

export interface QuoteVersion {
  readonly issued: QuoteIssued['data'];
  readonly status: QuoteVersionStatus;
  /** By what it was accepted, or why declined. */
  readonly note: string | null;
}

export interface QuoteState {
  /** In ascending order of version, 1 first; empty: there is no such quote. */
  readonly versions: readonly QuoteVersion[];
  readonly orders: readonly QuoteOrdered['data'][];
}

export const noQuote: QuoteState = { versions: [], orders: [] };

/** Neither answered, expired nor superseded. */
export function isLive(version: QuoteVersion): boolean {
  return version.status === 'issued' || version.status === 'sent';
}

/** Millionths of a line of the accepted version that orders have taken already. */
export function orderedMillionths(state: QuoteState, lineId: number): number {
  return state.orders
    .flatMap((order) => order.lines)
    .filter((line) => line.lineId === lineId)
    .reduce((sum, line) => sum + millionths(line.quantity), 0);
}

export function withVersion(
  state: QuoteState,
  number: number,
  change: (version: QuoteVersion) => QuoteVersion,
): QuoteState {
  return {
    ...state,
    versions: state.versions.map((version) => (version.issued.version === number ? change(version) : version)),
  };
}
