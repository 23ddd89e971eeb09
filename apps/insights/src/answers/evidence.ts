import { instantText } from '@kontor/http';

/** The event behind a row, as an explanation names it. */
export interface EvidenceRow {
  readonly event_id: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  readonly contract: string;
  readonly business_date: string;
  readonly recorded_at: string;
}

/** The columns of `EvidenceRow`; `other` says where stream and contract are found when not in the table itself. */
export function evidenceSelect(
  table: string,
  other: { readonly stream: string; readonly contract: string } = {
    stream: `${table}.stream`,
    contract: `${table}.contract`,
  },
): string {
  return (
    `${table}.event_id, ${other.stream} as stream, ${table}.revision::text, ${table}.position::text, ` +
    `${other.contract} as contract, ${table}.business_date::text, ${instantText(`${table}.recorded_at`)} as recorded_at`
  );
}

export function evidenceOf(service: string, row: EvidenceRow) {
  return {
    eventId: row.event_id,
    service,
    stream: row.stream,
    revision: row.revision,
    position: row.position,
    type: row.contract,
    businessDate: row.business_date,
    recordedAt: row.recorded_at,
  };
}
