import type { KeyVault } from '@kontor/event-store';
import type { Watch } from '@kontor/feed';

export interface ProjectionRunnerOptions {
  /** Needed by projections that are `personal`. */
  readonly vault?: KeyVault;
  /** Stored events folded in one transaction. */
  readonly batchSize?: number;
  /** A database role that may read the stable views, their personal columns excepted. */
  readonly readerRole?: string;
  /** Awaited before each batch, or part of one, is folded: a rebuild gives way here. `workedMs`: how long the last one took. */
  readonly beforeBatch?: (signal: AbortSignal, workedMs: number) => Promise<void>;
  /** Asked before each part of a batch: how many events may be folded at once. */
  readonly partEvents?: () => number;
  /** Stands around each fold of events. */
  readonly watch?: Watch;
  /** Told of every fault that is retried and of every stream that is parked. */
  readonly report?: (notice: ProjectionNotice) => void;
}

export type ProjectionNotice =
  | { readonly kind: 'retrying'; readonly projection: string; readonly service: string; readonly error: unknown }
  | { readonly kind: 'failed'; readonly projection: string; readonly service: string; readonly error: unknown }
  | {
      readonly kind: 'parked';
      readonly projection: string;
      readonly service: string;
      readonly stream: string;
      readonly error: unknown;
    };

export type RunState = 'stopped' | 'running' | 'retrying' | 'failed';

export interface ServiceStatus {
  readonly service: string;
  readonly state: RunState;
  readonly error: string | null;
  readonly position: bigint;
  /** Null when the feed cannot be asked. */
  readonly head: bigint | null;
  /** In positions of the log: events, or bytes on EventStoreDB. */
  readonly lag: bigint | null;
  readonly lagSeconds: number | null;
  readonly parkedStreams: number;
}

export interface ProjectionStatus {
  readonly projection: string;
  readonly version: number;
  readonly schema: string;
  readonly services: readonly ServiceStatus[];
}
