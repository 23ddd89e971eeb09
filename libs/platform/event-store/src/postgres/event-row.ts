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

/**
 * The events of a page. Their data lie in one piece of memory that nobody else has a share in: Node's own pool would give
 * each a few hundred bytes beside what is long forgotten, and whoever keeps an event would keep all of that.
 */
export function storedEvents<Row extends EventRow>(
  rows: readonly Row[],
  streamOf: (row: Row) => string,
): StoredEvent[] {
  const bytes = Buffer.allocUnsafeSlow(rows.reduce((sum, { data }) => sum + data.length / 2, 0));
  let at = 0;
  return rows.map((row) => {
    const data = bytes.subarray(at, at + bytes.write(row.data, at, 'hex'));
    at += data.byteLength;
    return storedEvent(row, streamOf(row), data);
  });
}

function storedEvent(row: EventRow, stream: string, data: Buffer): StoredEvent {
  return {
    id: row.event_id ?? '',
    type: row.type,
    data,
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
