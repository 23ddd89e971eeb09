import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';
import type { EventMetadata, NewEvent, StoredEvent } from '../event-store.ts';

/**
 * When an event was recorded, in what is stored. The server stamps every event with its own clock, in commit order; `recordedAfter`
 * is the latest time the appending process had seen in the log, so that a server's clock that falls back leaves the log in
 * order. `recordedAt` is exact, and written only by the copy of another log.
 */
export interface StoredTimes {
  readonly recordedAfter?: string;
  readonly recordedAt?: string;
}

/** `,"recordedAfter":"2026-01-31T10:00:00.123456Z"` */
export const STAMP_BYTES = ',"recordedAfter":""'.length + '2026-01-31T10:00:00.123456Z'.length;

/** The bytes of an event's metadata with the stamp behind the last field. */
export function stamped(metadata: Uint8Array, times: StoredTimes): Uint8Array {
  const open = Buffer.from(metadata).subarray(0, -1).toString();
  const stamp = JSON.stringify(times).slice(1);
  return new Uint8Array(Buffer.from(open === '{' ? `{${stamp}` : `${open},${stamp}`));
}

type Recorded = NonNullable<ResolvedEvent['event'] | AllStreamResolvedEvent['event']>;

/** The client gives the server's time in whole milliseconds. */
export const createdAt = ({ created }: Recorded): string => `${created.toISOString().slice(0, -1)}000Z`;

/** As the port gives it; `stream` without the log's prefix. */
export function storedEvent(event: Recorded, position: bigint, stream: string): StoredEvent {
  const { recordedAfter, recordedAt, ...metadata } = (event.metadata ?? {}) as unknown as EventMetadata & StoredTimes;
  const created = createdAt(event);
  return {
    id: event.id,
    type: event.type,
    data: bytesOf(event),
    metadata,
    stream,
    revision: event.revision,
    position,
    recordedAt: recordedAt ?? (recordedAfter !== undefined && recordedAfter > created ? recordedAfter : created),
  };
}

/** Ours are binary, byte for byte. A stranger's JSON in one of our streams is given as its text. */
function bytesOf(event: Recorded): NewEvent['data'] {
  if (event.data instanceof Uint8Array) return event.data;
  return Buffer.from(typeof event.data === 'string' ? event.data : JSON.stringify(event.data));
}
