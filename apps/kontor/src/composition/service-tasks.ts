import { setTimeout as delay } from 'node:timers/promises';
import { pause } from '@kontor/feed';
import type { ServiceRuntime, ServiceTask } from '@kontor/service';
import type { Turn } from '@kontor/subscriptions';

/** How often a task of the start that waits for a version to be built is tried again. */
const LOOK_MS = 1_000;

/** Runs a service's own tasks: those of the start in order, the repeated ones until it stops. */
export class ServiceTasks {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>[] = [];

  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly tasks: readonly ServiceTask[],
    /** Whose turn the repeated ones are, where several processes run the service. Those of the start are everybody's: they are idempotent. */
    private readonly turn?: Turn,
  ) {}

  async start(): Promise<void> {
    for (const task of this.tasks)
      if (task.everyMs === undefined && !(await this.isDone(task))) this.running.push(this.runLater(task));
    for (const task of this.tasks) if (task.everyMs !== undefined) this.running.push(this.repeat(task, task.everyMs));
  }

  /** False: it is about a version of a projection that is being built. */
  private async isDone(task: ServiceTask): Promise<boolean> {
    try {
      await task.run(this.runtime, this.stopping.signal);
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ProjectionBuilding') return false;
      throw error;
    }
  }

  private async runLater(task: ServiceTask): Promise<void> {
    const { signal } = this.stopping;
    try {
      do await pause(LOOK_MS, signal);
      while (!signal.aborted && !(await this.isDone(task)));
    } catch (error) {
      if (!signal.aborted) this.runtime.logger.error({ err: error, task: task.name }, 'a task of the start failed');
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
    await this.turn?.release();
  }

  private async repeat(task: ServiceTask, everyMs: number): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        if ((await this.turn?.held()) ?? true) await task.run(this.runtime, signal);
      } catch (error) {
        // The next run tries again; a task that keeps failing is seen in the log and in what it leaves undone.
        if (!signal.aborted) this.runtime.logger.error({ err: error, task: task.name }, 'a task of the service failed');
      }
      try {
        await delay(everyMs, undefined, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }
}
