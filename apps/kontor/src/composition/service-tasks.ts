import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceRuntime, ServiceTask } from '@kontor/service';
import type { Turn } from '@kontor/subscriptions';

/** Runs a service's own tasks: those of the start in order, the repeated ones until it stops. */
export class ServiceTasks {
  private readonly stopping = new AbortController();
  private running: Promise<void>[] = [];

  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly tasks: readonly ServiceTask[],
    /** Whose turn the repeated ones are, where several processes run the service. Those of the start are everybody's: they are idempotent. */
    private readonly turn?: Turn,
  ) {}

  async start(): Promise<void> {
    for (const task of this.tasks) if (task.everyMs === undefined) await task.run(this.runtime, this.stopping.signal);
    this.running = this.tasks.flatMap((task) => (task.everyMs === undefined ? [] : [this.repeat(task, task.everyMs)]));
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
