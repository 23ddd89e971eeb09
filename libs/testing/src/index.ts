export { pgProxy, type PgProxy } from './pg-proxy.ts';
export { dice, type Dice, seedOfRun } from './seeded.ts';
export { testDatabase, type TestDatabase } from './pg.ts';
export { eventually } from './probe.ts';
export { given, goldenEvents, goldenFiles, storedNames } from './pure.ts';
export { idempotencyKey, startPlatform, type TestPlatform } from './platform.ts';
export type { PlatformStart } from './program.ts';
export { type HttpReply, type PlatformApi, type RequestOptions } from './platform-api.ts';
export {
  type DistributedStart,
  type ProcessLine,
  type RunningProcesses,
  startDistributed,
  type TestDistributed,
} from './distributed.ts';
export { type Ended, endOf, StartedAhead } from './child.ts';
export { type EventStoreDbProcess, eventStoreDbProcess } from './eventstoredb-double/double-process.ts';
export { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';
export { type Fault, type FaultProxy, faultProxy } from './fault-proxy/fault-proxy.ts';
export { testKafka, type TestKafka } from './kafka/kafka.ts';
export { type OwnBroker, ownBrokers, type OwnBrokers } from './kafka/own-brokers.ts';
