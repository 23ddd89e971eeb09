import type { Feed } from '@kontor/feed';
import type { DomainCommand, ProcessManager } from '@kontor/kernel';
import type pg from 'pg';
import type { ProcessRunnerOptions, ProcessStatus, SendCommand, StuckInstance } from './runner-types.ts';

/** Runs one process manager from the feeds of the services whose contracts it names. */
export class ProcessRunner<State, Command extends DomainCommand> {
  constructor(
    readonly pool: pg.Pool,
    readonly feed: Feed,
    readonly manager: ProcessManager<State, Command>,
    readonly send: SendCommand,
    readonly options: ProcessRunnerOptions,
  ) {}

  /** Makes the schema `<service>_processes`. Idempotent; `start` and `catchUp` call it. */
  async prepare(): Promise<void> {}
  async start(): Promise<void> {}
  /** Ends after the batch in hand. */
  async stop(): Promise<void> {}
  /** Works off what lies before the present heads, fires the timers that are due, and returns. */
  async catchUp(): Promise<void> {}
  async status(): Promise<ProcessStatus> {
    return { process: this.manager.name, schema: '', services: [], parkedLanes: 0, timers: 0 };
  }
  /** Instances that are parked, whose timer is overdue, or that have waited for longer than `waitingSeconds`. */
  async stuck(_waitingSeconds: number): Promise<readonly StuckInstance[]> {
    return [];
  }
  /** Handles what lies behind a parked lane, in order. It stays parked from the first event that fails again. */
  async retryParked(_lane: string): Promise<{ handled: number; error: string | null }> {
    return { handled: 0, error: null };
  }
}
