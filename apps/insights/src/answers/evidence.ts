import { instantText } from './snapshot.ts';

/** The event behind a row, as an explanation names it. */
export interface EvidenceRow {
  readonly event_id: string;
  readonly service: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  readonly contract: string;
  readonly business_date: string;
  readonly recorded_at: string;
}

export function evidenceSelect(table: string): string {
  return (
    `${table}.event_id, ${table}.service, ${table}.stream, ${table}.revision::text, ${table}.position::text, ` +
    `${table}.contract, ${table}.business_date::text, ${instantText(`${table}.recorded_at`)} as recorded_at`
  );
}

export function evidenceOf(row: EvidenceRow) {
  return {
    eventId: row.event_id,
    service: row.service,
    stream: row.stream,
    revision: row.revision,
    position: row.position,
    type: row.contract,
    businessDate: row.business_date,
    recordedAt: row.recorded_at,
  };
}
