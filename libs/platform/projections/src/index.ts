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
