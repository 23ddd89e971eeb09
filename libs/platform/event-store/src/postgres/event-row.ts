import type { EventMetadata, StoredEvent } from '../event-store.ts';

/** A row of the functions that read events; all text, as the driver gives it. */
export interface EventRow {
  readonly position: string;
  readonly revision: string;
  readonly recorded_at: string;
  readonly event_id: string | null;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

const MICROSECONDS_END = '2026-01-31 10:00:00.123456'.length;

export function storedEvent(row: EventRow, stream: string): StoredEvent {
  return {
    id: row.event_id ?? '',
    type: row.type,
    data: Buffer.from(row.data, 'hex'),
    metadata: JSON.parse(row.metadata) as EventMetadata,
    stream,
    revision: BigInt(row.revision),
    position: BigInt(row.position),
    recordedAt: isoOf(row.recorded_at),
  };
}

/** `2026-01-31 10:00:00.12+00`, as PostgreSQL writes it in UTC without trailing zeros, in ISO 8601 with six digits. */
export function isoOf(timestamp: string): string {
  const end = timestamp.lastIndexOf('+');
  const digits = timestamp.slice(11, end);
  const time = digits.includes('.') ? digits : `${digits}.`;
  return `${timestamp.slice(0, 10)}T${time.padEnd(MICROSECONDS_END - 11, '0')}Z`;
}
