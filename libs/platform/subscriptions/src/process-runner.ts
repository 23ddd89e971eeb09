import {
  backOff,
  type Checkpoint,
  concerning,
  consume,
  errorText,
  type Feed,
  inTransaction,
  lowestPosition,
  passed,
  pause,
  unseen,
} from '@kontor/feed';
import type { DomainCommand, ProcessManager } from '@kontor/kernel';
import type pg from 'pg';
import { LeaseHeldElsewhere, LeaseLost } from './errors.ts';
import { type Lease, LeaseKeeper } from './leases.ts';
import { ProcessStore, type SkippedBy } from './process-store.ts';
import { ProcessWork } from './process-work.ts';
import { prepareProcesses, processesSchema } from './processes-schema.ts';
import type { ProcessRunnerOptions, ProcessStatus, SendCommand, StuckInstance } from './runner-types.ts';
import { type ServiceRun, statusOfService, stopped } from './service-run.ts';
import { LEASE_POLL_MS, PROCESS_BATCH_EVENTS, TIMER_POLL_MS, WATERMARK_WRITE_MS } from './subscriptions.config.ts';
import { stuckInstances } from './watchdog.ts';

/**
 * Runs one process manager from the feeds of the services whose contracts it names. Commands are sent first, with ids
 * derived from the event; then state, timers and checkpoint are written in one transaction. Killed anywhere, it sends
 * the same commands again and gets the first receipts. One process at a time runs a manager; others stand by.
 */
export class ProcessRunner<State, Command extends DomainCommand> {
  readonly manager: ProcessManager<State, Command>;
  readonly schema: string;
  readonly services: readonly string[];
  readonly #pool: pg.Pool;
  readonly #feed: Feed;
  readonly #options: ProcessRunnerOptions;
  readonly #store: ProcessStore<State>;
  readonly #work: ProcessWork<State, Command>;
  readonly #runs: ReadonlyMap<string, ServiceRun>;
  /** Events that are left out, whenever they come. */
  #skipped: ReadonlySet<string> = new Set();
  #lease: Lease | undefined;
  /** A commit found another holder's token: this one ends its work and stands in line again. */
  #fencedOut = new AbortController();
  #running: { readonly abort: AbortController; readonly done: Promise<unknown> } | undefined;

  constructor(
    pool: pg.Pool,
    feed: Feed,
    manager: ProcessManager<State, Command>,
    send: SendCommand,
    options: ProcessRunnerOptions,
  ) {
    this.manager = manager;
    this.schema = processesSchema(options.service);
    this.services = [...new Set(Object.keys(manager.reactions).map((type) => type.split('.')[1] ?? ''))].sort();
    this.#pool = pool;
    this.#feed = feed;
    this.#options = options;
    this.#store = new ProcessStore(this.schema, manager.name);
    this.#work = new ProcessWork(pool, manager, send, this.#store, options);
    this.#runs = new Map(this.services.map((service) => [service, stopped()]));
  }

  /** Makes the schema `<service>_processes`. Idempotent; `start` and `catchUp` call it. */
  async prepare(): Promise<void> {
    await inTransaction(this.#pool, 'begin', (client) =>
      prepareProcesses(client, this.schema, this.manager.name, this.services),
    );
  }

  /** Runs until `stop`, as soon as no other process does. */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    await this.prepare();
    const abort = new AbortController();
    this.#running = { abort, done: this.#keepRunning(abort.signal) };
  }

  /** Ends after the batch in hand; one whose commands are still being sent is handled again at the next start. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.abort.abort();
    await running?.done;
  }

  /** Works off what lies before the present heads, fires the timers that are due, and returns. Throws LeaseHeldElsewhere. */
  async catchUp(): Promise<void> {
    await this.prepare();
    const { signal } = new AbortController();
    await this.#withLease(async (lease) => {
      await Promise.all(this.services.map((service) => this.#consume(service, false, lease, signal)));
      await this.#work.fireTimers(lease, signal);
    });
  }

  async status(): Promise<ProcessStatus> {
    const services = await Promise.all(
      this.services.map(async (service) => {
        const checkpoint = await this.#store.checkpoints.read(this.#pool, service);
        const head = await this.#feed.head(service).catch(() => null);
        return statusOfService(service, this.#runOf(service), checkpoint, head);
      }),
    );
    return { process: this.manager.name, schema: this.schema, services, ...(await this.#store.counts(this.#pool)) };
  }

  /** The watchdog: instances that are parked, whose timer is overdue, or that have waited for longer than this. */
  async stuck(waitingSeconds: number): Promise<readonly StuckInstance[]> {
    return stuckInstances(this.#pool, this.schema, this.#options.now(), waitingSeconds, this.manager.name);
  }

  /**
   * Handles what lies behind a parked lane (`key:…`, `stream:…`), in order; it stays parked from the first event that fails
   * again. Throws NotParked, LeaseHeldElsewhere.
   */
  async retryParked(lane: string): Promise<{ handled: number; error: string | null }> {
    return this.#withLease((lease) => this.#work.retryParked(lane, lease));
  }

  /**
   * Leaves out the event that parked a lane, and handles what waits behind it; `tell` writes down who did it, in the
   * transaction of the deed. Throws NotParked, LeaseHeldElsewhere.
   */
  async skipParked(
    lane: string,
    eventId: string,
    by: SkippedBy,
    tell: (client: pg.ClientBase) => Promise<void>,
  ): Promise<{ handled: number; error: string | null }> {
    await this.#withLease((lease) => this.#work.skipParked(lane, eventId, by, tell, lease));
    return this.retryParked(lane);
  }

  /** Before the first start on a history in which it was left out already, as after a restore. */
  async leaveOut(eventId: string, by: SkippedBy): Promise<void> {
    await inTransaction(this.#pool, 'begin', (client) => this.#store.addSkip(client, eventId, by));
  }

  /** The lease that this runner holds already, or one for the time of the work. */
  async #withLease<Result>(work: (lease: Lease) => Promise<Result>): Promise<Result> {
    if (this.#lease !== undefined) return work(this.#lease);
    const lease = await LeaseKeeper.of(this.#pool).tryAcquire(this.schema, this.manager.name);
    if (lease === undefined) throw new LeaseHeldElsewhere(this.manager.name);
    try {
      return await work(lease);
    } finally {
      await lease.release();
    }
  }

  async #keepRunning(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        for (const run of this.#runs.values()) if (run.state !== 'failed') run.state = 'standing-by';
        const mayTake = (await this.#options.share?.shouldTake()) ?? true;
        this.#lease = mayTake ? await LeaseKeeper.of(this.#pool).tryAcquire(this.schema, this.manager.name) : undefined;
        this.#fencedOut = new AbortController();
        failures = 0;
        if (this.#lease === undefined) await pause(LEASE_POLL_MS, signal);
        else await this.#runInTurn(this.#lease, [signal, this.#lease.lost, this.#fencedOut.signal]);
      } catch (error) {
        failures += 1;
        for (const service of this.services) this.#retrying(service, error);
        await backOff(failures, signal);
      } finally {
        const lease = this.#lease;
        this.#lease = undefined;
        await lease?.release();
      }
    }
    for (const run of this.#runs.values()) if (run.state !== 'failed') run.state = 'stopped';
  }

  /** Until one of the signals, or until it is another process's turn. */
  async #runInTurn(lease: Lease, signals: readonly AbortSignal[]): Promise<void> {
    const handedOver = new AbortController();
    const signal = AbortSignal.any([...signals, handedOver.signal]);
    const over = new AbortController();
    const looking = this.#options.share?.handedOver(AbortSignal.any([...signals, over.signal])).then((yes) => {
      if (yes) handedOver.abort();
    });
    try {
      await this.#runWith(lease, signal);
    } finally {
      over.abort();
      await looking;
    }
  }

  async #runWith(lease: Lease, signal: AbortSignal): Promise<void> {
    const services = this.services.map(async (service) => {
      try {
        await this.#consume(service, true, lease, signal);
      } catch (error) {
        // One service's log cannot be read any more; the others go on.
        Object.assign(this.#runOf(service), { state: 'failed', error: errorText(error) });
        this.#options.report?.({ kind: 'failed', process: this.manager.name, service, error });
      }
    });
    await Promise.all([...services, this.#scheduleTimers(lease, signal)]);
  }

  async #consume(service: string, follow: boolean, lease: Lease, signal: AbortSignal): Promise<void> {
    const run = this.#runOf(service);
    const { reactions } = this.manager;
    const concerns = concerning(Object.keys(reactions), reactions);
    let persisted: Checkpoint;
    let writtenAt = Number.NEGATIVE_INFINITY;
    await consume({
      feed: this.#feed,
      service,
      follow,
      signal,
      batchSize: this.#options.batchSize ?? PROCESS_BATCH_EVENTS,
      checkpoint: async () => {
        persisted = await this.#store.checkpoints.read(this.#pool, service);
        this.#skipped = await this.#store.skipped(this.#pool);
        Object.assign(run, { state: 'running', position: lowestPosition(persisted) });
        return persisted;
      },
      apply: async (batch, checkpoint) => {
        const events = unseen(batch, checkpoint).filter(({ type, id }) => concerns(type) && !this.#skipped.has(id));
        if (events.length === 0) {
          if (batch.watermark.position <= lowestPosition(persisted)) return checkpoint;
          if (follow && performance.now() - writtenAt < WATERMARK_WRITE_MS)
            return passed(checkpoint, batch.logId, batch.watermark);
        }
        persisted = await this.#work.handle(batch, events, persisted, lease, signal);
        writtenAt = performance.now();
        return persisted;
      },
      progress: (batch, checkpoint) => {
        Object.assign(run, { state: 'running', error: null, position: lowestPosition(checkpoint) });
        if (batch.caughtUp) run.caughtUpAt = Date.now();
      },
      retrying: (error) => {
        this.#retrying(service, error);
      },
    });
  }

  async #scheduleTimers(lease: Lease, signal: AbortSignal): Promise<void> {
    if (this.manager.onTimer === undefined) return;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#work.fireTimers(lease, signal);
        failures = 0;
        await pause(TIMER_POLL_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        for (const service of this.services) this.#retrying(service, error);
        await backOff(failures, signal);
      }
    }
  }

  #retrying(service: string, error: unknown): void {
    if (error instanceof LeaseLost) this.#fencedOut.abort();
    Object.assign(this.#runOf(service), { state: 'retrying', error: errorText(error) });
    this.#options.report?.({ kind: 'retrying', process: this.manager.name, service, error });
  }

  #runOf(service: string): ServiceRun {
    const run = this.#runs.get(service);
    if (run === undefined) throw new RangeError(`${this.manager.name} hears nothing of ${service}`);
    return run;
  }
}
