import type { StoredEvent } from '@kontor/event-store';

/** An event as it is stored, personal fields sealed. */
export function shownStored(event: StoredEvent) {
  return {
    eventId: event.id,
    type: event.type,
    revision: event.revision.toString(),
    position: event.position.toString(),
    recordedAt: event.recordedAt,
    metadata: event.metadata,
    data: JSON.parse(Buffer.from(event.data).toString('utf8')) as unknown,
  };
}

export type StoredEventShown = ReturnType<typeof shownStored>;
