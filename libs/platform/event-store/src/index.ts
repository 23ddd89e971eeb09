export {
  EventStore,
  type AllPage,
  type AppendReceipt,
  type EventFilter,
  type EventMetadata,
  type ExpectedRevision,
  type LogHead,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
  type SubscriptionBatch,
} from './event-store.ts';
export {
  AppendTooLarge,
  EventTooLarge,
  InvalidAppend,
  StoreSchemaTooNew,
  StoreTimeout,
  StoreUnavailable,
  UnknownEventType,
  WrongExpectedRevision,
} from './errors.ts';
export { ForwardingEventStore } from './forwarding-event-store.ts';
export { PostgresEventStore, type PostgresEventStoreOptions } from './postgres-event-store.ts';
export { isDatabaseOutage } from './postgres/pg-errors.ts';
export { openEventStoreDb } from './open-eventstoredb.ts';
export { PARTITION_SIZE, STORE_LIMITS, type StoreLimits } from './postgres/store.config.ts';
export type { StoreStats } from './postgres/reader.ts';
export { type KeyState, KeyVault, SubjectErased } from './vault.ts';
export { KEY_VAULT_LIMITS, type KeyVaultLimits } from './keys/keys.config.ts';
export { fixedKeyVault } from './keys/fixed-key-vault.ts';
export { type CopiedKey, PostgresKeyVault, type PostgresKeyVaultOptions } from './keys/postgres-key-vault.ts';
export { EventSerializer, type DecodedEvent, type EventToStore, KnownTypes } from './serializer.ts';
export { Sealer, type SealerOptions, type SealerStatus, SealsDoNotFit } from './seals/sealer.ts';
export { type CopiedEvent, exportLog, importLog, type LogStamp, logStamp } from './postgres/log-copy.ts';
export { intoPostgres } from './postgres/postgres-copy.ts';
export { compareLogs, type ComparedLogs, type CompareOptions } from './copy/compare-logs.ts';
export { CopyDiffers } from './copy/copied-event.ts';
export { type CopiedStretch, copyLog, type CopyOptions, type CopyTarget } from './copy/copy-log.ts';
export { type CopiedSeal, exportSeals, importSeals, type SealsStamp, sealsStamp } from './seals/seals-copy.ts';
export { exportRenumberedSeals, type RenumberedSeals, renumberedSeals } from './seals/renumbered-seals.ts';
export { moveSeals } from './seals/move-seals.ts';
export { migrateSeals } from './seals/seals-schema.ts';
export { newSealKey, type SealKey, sealKey, type TrustedKeys, trustedKeys } from './seals/signing.ts';
export { type Broken, type VerifiedLog, verifyLog } from './seals/verify.ts';
export { heldBack, SideEffectWhileFolding, withoutEffects } from './without-effects.ts';
