import type { ListParameters } from './list-reader.ts';

/**
 * Validity rows: what changes about a thing is a row per change, keyed by the thing and the revision, so that a list can be
 * asked as of any moment. Where a row comes from, and when it became known.
 */
export const knownColumns = {
  revision: { type: 'bigint', comment: 'Revision of the event in its stream; of one thing the highest counts.' },
  recorded_at: { type: 'timestamptz', comment: 'When it was recorded.' },
} as const;

interface Recorded {
  readonly revision: number;
  readonly recordedat: string;
}

export function knownAs(event: Recorded): { revision: number; recorded_at: string } {
  return { revision: event.revision, recorded_at: event.recordedat };
}

/**
 * The newest validity row that was recorded by the moment of the page, to be joined laterally. `of` says whose rows, which are
 * called x: `x.account_id = t.account_id`.
 */
export function lastKnown(view: string, of: string, at: ListParameters): string {
  return `lateral (select x.* from ${view} x where ${of} and x.recorded_at <= ${at.known}
    order by x.revision desc limit 1)`;
}
