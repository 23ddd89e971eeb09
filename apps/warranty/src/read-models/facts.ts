import type { CloudEvent } from '@kontor/kernel';
import type { Column, Row } from '@kontor/projections';

/** Columns of every fact row: which change it was, and both of its times. */
export const factColumns = {
  revision: { type: 'bigint', comment: 'Revision of the stream with which it became so.' },
  business_date: { type: 'date', comment: 'Business date of the change.' },
  recorded_at: { type: 'timestamptz', comment: 'When the change was recorded.' },
} as const satisfies { readonly [name: string]: Column };

export function factOf(event: CloudEvent<object>): Row {
  return { revision: event.revision, business_date: event.businessdate, recorded_at: event.recordedat };
}
