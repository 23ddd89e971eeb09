// An entry of its own: whoever runs on PostgreSQL does not load the client library and its gRPC.
export {
  EventStoreDbEventStore,
  type EventStoreDbEventStoreOptions,
  type EventStoreDbStats,
} from './eventstoredb-event-store.ts';
export { EVENTSTOREDB_LIMITS, type EventStoreDbLimits } from './eventstoredb.config.ts';
export { NoSuchLog, NotAPosition, StreamDeletedByStranger } from './store-errors.ts';
export { intoEventStoreDb } from './eventstoredb-copy.ts';
