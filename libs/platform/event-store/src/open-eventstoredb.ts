import type { EventStoreDbEventStoreOptions } from './eventstoredb/eventstoredb-event-store.ts';
import type { EventStore } from './event-store.ts';

/** A log in EventStoreDB. The client library, with its gRPC, is loaded only now. */
export async function openEventStoreDb(options: EventStoreDbEventStoreOptions): Promise<EventStore> {
  const { EventStoreDbEventStore } = await import('./eventstoredb/eventstoredb-event-store.ts');
  return new EventStoreDbEventStore(options);
}
