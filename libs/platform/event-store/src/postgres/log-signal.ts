import type pg from 'pg';
import { connectBeside, destroy } from './connection.ts';
import type { StoreLimits } from './store.config.ts';

/**
 * Tells those who wait how far the log has come, from three sources: this process's own appends, the server's
 * notifications, and a slow poll, because a notification is lost while its connection is down. The connection and the
 * poll exist only while somebody waits.
 */
export class LogSignal {
  /** The highest position anybody has told of. */
  head = 0n;
  private readonly waiters = new Set<() => void>();
  private users = 0;
  private stop: AbortController | undefined;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pool: pg.Pool,
    private readonly schema: string,
    private readonly limits: StoreLimits,
    private readonly askHead: () => Promise<bigint>,
  ) {}

  /** Called with any head that somebody has seen; it may be an old one. */
  reached(head: bigint): void {
    if (head <= this.head) return;
    this.head = head;
    for (const wake of this.waiters) wake();
  }

  /** Resolves when the log has a position above this one, or when the signal is aborted. */
  above(position: bigint, signal: AbortSignal): Promise<void> {
    if (this.head > position || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiters.delete(wake);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const wake = (): void => {
        if (this.head > position) done();
      };
      this.waiters.add(wake);
      signal.addEventListener('abort', done);
    });
  }

  /** Listens until the returned function is called; any number of users share one connection. */
  use(): () => void {
    this.users += 1;
    if (this.users === 1) this.start();
    let used = true;
    return () => {
      if (!used) return;
      used = false;
      this.users -= 1;
      if (this.users === 0) this.stop?.abort();
    };
  }

  /** Ends the connection, whoever uses it. */
  async close(): Promise<void> {
    this.stop?.abort();
    await this.running;
  }

  private start(): void {
    const stop = new AbortController();
    this.stop = stop;
    const before = this.running;
    this.running = before.then(() => Promise.all([this.poll(stop.signal), this.listen(stop.signal)]));
  }

  private async poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(this.limits.pollIntervalMs, signal);
      if (!signal.aborted) await unlessAborted(this.look(), signal);
    }
  }

  private async listen(signal: AbortSignal): Promise<void> {
    let delayMs = this.limits.minReconnectDelayMs;
    while (!signal.aborted) {
      try {
        const client = await connectBeside(this.pool, 'kontor listen', this.limits);
        const ended = new Promise<void>((resolve) => {
          client.once('end', resolve);
          client.once('error', () => {
            resolve();
          });
        });
        client.on('notification', ({ payload }) => {
          if (payload !== undefined) this.reached(BigInt(payload));
        });
        try {
          await unlessAborted(client.query(`LISTEN ${this.schema}`), signal);
          delayMs = this.limits.minReconnectDelayMs;
          // What was appended while nobody listened.
          await unlessAborted(this.look(), signal);
          await unlessAborted(ended, signal);
        } finally {
          destroy(client);
        }
      } catch {
        // The server is away: the poll and the next attempt find it again.
        delayMs = Math.min(delayMs * 2, this.limits.maxReconnectDelayMs);
      }
      await pause(delayMs, signal);
    }
  }

  private async look(): Promise<void> {
    try {
      this.reached(await this.askHead());
    } catch {
      // Not reachable just now; the next poll asks again.
    }
  }
}

/**
 * The work's result, or undefined as soon as the signal is aborted. Not Promise.race with a promise of the abort: that one lives
 * as long as its subscription, and would hold the result of every race that was ever run against it.
 */
export function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

/** Ends early when the signal is aborted. The timer keeps no process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener('abort', done);
  });
}
