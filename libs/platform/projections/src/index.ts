export * from './errors.ts';
export type { Column, Projection, Row, RowChange, SqlType, Table } from './projection.ts';
export { ProjectionRunner } from './projection-runner.ts';
export type {
  ProjectionNotice,
  ProjectionRunnerOptions,
  ProjectionStatus,
  RunState,
  ServiceStatus,
} from './runner-types.ts';
