import type { Watch } from '@kontor/feed';
import type { ProcessCommand } from '@kontor/kernel';
import type { Share } from './shares.ts';

/** Ids derived from the triggering event and the step, so that a redelivery sends the same command again. */
export interface CommandIdentity {
  readonly commandId: string;
  readonly causationId: string;
  readonly correlationId: string;
  /** `process:<name>` */
  readonly actor: string;
  readonly traceparent?: string;
}

/**
 * Hands a command to the service's own runner and waits for the receipt. A refusal is an answer like any other; only a
 * fault is thrown.
 */
export type SendCommand = (command: ProcessCommand, identity: CommandIdentity) => Promise<unknown>;

export interface ProcessRunnerOptions {
  /** The service the process belongs to: its rows lie in the schema `<service>_processes`. */
  readonly service: string;
  /** The service's clock as ISO text; timers fall due by it. */
  readonly now: () => string;
  readonly batchSize?: number;
  /** Commands on their way at once; those of one instance always go one after the other. */
  readonly concurrentCommands?: number;
  /** Whose turn it is where several processes run the service; absent: whoever comes first. */
  readonly share?: Share;
  /** Stands around the handling of each event and timer: the sending of its commands. */
  readonly watch?: Watch;
  /** Told of every fault that is retried and of everything that is parked. */
  readonly report?: (notice: ProcessNotice) => void;
}

export type ProcessNotice =
  | { readonly kind: 'retrying'; readonly process: string; readonly service: string; readonly error: unknown }
  | { readonly kind: 'failed'; readonly process: string; readonly service: string; readonly error: unknown }
  | {
      readonly kind: 'parked';
      readonly process: string;
      readonly service: string;
      readonly lane: string;
      readonly error: unknown;
    };

export type RunState = 'stopped' | 'standing-by' | 'running' | 'retrying' | 'failed';

export interface ProcessServiceStatus {
  readonly service: string;
  readonly state: RunState;
  readonly error: string | null;
  readonly position: bigint;
  readonly head: bigint | null;
  readonly lag: bigint | null;
  readonly lagSeconds: number | null;
}

export interface ProcessStatus {
  readonly process: string;
  readonly schema: string;
  readonly services: readonly ProcessServiceStatus[];
  readonly parkedLanes: number;
  readonly timers: number;
}

/** One line of the watchdog. */
export interface StuckInstance {
  readonly process: string;
  readonly key: string | null;
  readonly reason: 'parked' | 'timer-overdue' | 'waiting';
  readonly since: string;
  readonly detail: string;
}
