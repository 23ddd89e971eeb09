import type { Feed } from '@kontor/feed';
import type pg from 'pg';
import type { Projection } from './projection.ts';
import type { ProjectionRunnerOptions, ProjectionStatus } from './runner-types.ts';

/** Folds the contracts of one or more services into the tables of one projection. */
export class ProjectionRunner {
  constructor(
    readonly pool: pg.Pool,
    readonly feed: Feed,
    readonly projection: Projection,
    readonly options: ProjectionRunnerOptions = {},
  ) {}

  /** Makes schema, tables and views. Idempotent; `start` and `catchUp` call it. */
  async prepare(): Promise<void> {}
  /** Folds from the checkpoints on, until `stop`. */
  async start(): Promise<void> {}
  /** Ends after the batches in hand. */
  async stop(): Promise<void> {}
  /** Folds to the present head of every service and returns: for tests, benchmarks and the command line. */
  async catchUp(): Promise<void> {}
  /** Resolves when every position of `orders:18842,accounts:7` was folded, else throws ProjectionBehind. */
  async waitFor(_token: string, _timeoutMs: number): Promise<void> {}
  async status(): Promise<ProjectionStatus> {
    return { projection: this.projection.name, version: this.projection.version, schema: '', services: [] };
  }
  /** Empties the tables and folds from the beginning; resolves when the tables are empty and folding goes on. */
  async rebuild(): Promise<void> {}
  /** Applies what lies behind a parked stream, in order. It stays parked from the first event that fails again. */
  async retryParked(_service: string, _stream: string): Promise<{ applied: number; error: string | null }> {
    return { applied: 0, error: null };
  }
}
