export type { Parked } from './batch-fold.ts';
export { parseConsistencyToken } from './consistency.ts';
export * from './errors.ts';
export { foldInMemory, readTables, type TablesContent } from './fold-in-memory.ts';
export { contractTypesOf } from './personal-copies.ts';
export type { Column, Projection, Row, RowChange, SqlType, Table } from './projection.ts';
export { ProjectionRunner } from './projection-runner.ts';
export type {
  ProjectionNotice,
  ProjectionRunnerOptions,
  ProjectionStatus,
  RunState,
  ServiceStatus,
} from './runner-types.ts';
export { schemaOf } from './schema.ts';
export type { VersionBuild } from './rebuild/version-build.ts';
export { AppendLatency } from './rebuild/append-latency.ts';
export type { Comparison, DifferentRow, TableComparison } from './rebuild/compare.ts';
export { type AppendsElsewhere, LatencyBoard } from './rebuild/latency-board.ts';
export { LiveProjection } from './rebuild/live-projection.ts';
export { deadLetters, parkedStreams, retryStream, type Retried, skipEvent } from './rebuild/parked.ts';
export { Rebuild, type RebuildStatus } from './rebuild/rebuild.ts';
export * from './rebuild/rebuild-errors.ts';
export { type Act, RebuildRegistry, type Verification } from './rebuild/registry.ts';
export { type Replayed, replayStreams, type ReplayTarget } from './rebuild/replay.ts';
export { verify } from './rebuild/verify.ts';
