import type { EventMetadata, StoredEvent } from '../event-store.ts';

/** A row of the statements that read events; all text, as the driver gives it. */
export interface EventRow {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly recorded_at: string;
  readonly event_id: string | null;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export function storedEvent(row: EventRow, stream: string): StoredEvent {
  return {
    id: row.event_id ?? '',
    type: row.type,
    data: Buffer.from(row.data, 'hex'),
    metadata: JSON.parse(row.metadata) as EventMetadata,
    stream,
    revision: BigInt(row.revision),
    position: BigInt(row.position),
    recordedAt: row.recorded_at,
  };
}
