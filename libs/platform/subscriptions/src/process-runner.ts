import {
  backOff,
  type Checkpoint,
  concerning,
  consume,
  errorText,
  type Feed,
  type FeedBatch,
  inTransaction,
  isInfrastructureFault,
  lowestPosition,
  passed,
  pause,
  refuseNewer,
  sameCheckpoint,
  unseen,
} from '@kontor/feed';
import type { CloudEvent, DomainCommand, ProcessManager } from '@kontor/kernel';
import type pg from 'pg';
import { BatchWork, changeOf, timersOf } from './batch-work.ts';
import { LeaseHeldElsewhere, LeaseLost, NotParked } from './errors.ts';
import { type Lease, LeaseKeeper } from './leases.ts';
import { Mutex } from './mutex.ts';
import { ProcessStore, type StoredTimer } from './process-store.ts';
import { prepareProcesses, processesSchema } from './processes-schema.ts';
import { checked, react, type Reaction, triggerOfTimer } from './reaction-plan.ts';
import type { ProcessRunnerOptions, ProcessStatus, SendCommand, StuckInstance } from './runner-types.ts';
import { Sender } from './sender.ts';
import { type ServiceRun, statusOfService, stopped } from './service-run.ts';
import {
  CONCURRENT_COMMANDS,
  LEASE_POLL_MS,
  PROCESS_BATCH_EVENTS,
  TIMER_POLL_MS,
  WATERMARK_WRITE_MS,
} from './subscriptions.config.ts';
import { stuckInstances } from './watchdog.ts';

// The state and the timers of a crashed server's last commits may be lost together with the checkpoint: the same events
// come again, and the same commands with the same ids get their first receipts.
const BEGIN = 'begin; set local synchronous_commit = off';

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
  readonly #sender: Sender<State, Command>;
  readonly #runs: ReadonlyMap<string, ServiceRun>;
  /** An instance may hear from several services and from timers: one batch at a time keeps its state one. */
  readonly #mutex = new Mutex();
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
    this.#sender = new Sender(manager.name, send, options.concurrentCommands ?? CONCURRENT_COMMANDS, options.watch);
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
      await this.#fireTimers(lease, signal);
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
   * again. Throws LeaseHeldElsewhere.
   */
  async retryParked(lane: string): Promise<{ handled: number; error: string | null }> {
    return this.#withLease((lease) =>
      this.#mutex.run(async () => {
        const { signal } = new AbortController();
        let handled = 0;
        for (const { service, event } of await this.#store.letters(this.#pool, lane)) {
          try {
            await this.#handleLetter(lease, lane, service, event, signal);
          } catch (error) {
            if (isInfrastructureFault(error) || error instanceof LeaseLost) throw error;
            await this.#commit(lease, (client) => this.#store.park(client, lane, event.recordedat, error));
            return { handled, error: errorText(error) };
          }
          handled += 1;
        }
        await this.#commit(lease, (client) => this.#store.release(client, lane));
        return { handled, error: null };
      }),
    );
  }

  /**
   * Leaves out the event that parked a lane, and handles what waits behind it; `tell` writes down who did it, in the
   * transaction of the deed. Throws NotParked, LeaseHeldElsewhere.
   */
  async skipParked(
    lane: string,
    eventId: string,
    tell: (client: pg.ClientBase) => Promise<void>,
  ): Promise<{ handled: number; error: string | null }> {
    await this.#withLease((lease) =>
      this.#mutex.run(async () => {
        const [first] = await this.#store.letters(this.#pool, lane);
        if (first?.event.id !== eventId) throw new NotParked(this.manager.name, lane, eventId);
        await this.#commit(lease, async (client) => {
          await this.#store.removeLetter(client, first.service, first.event);
          await tell(client);
        });
      }),
    );
    return this.retryParked(lane);
  }

  async #handleLetter(lease: Lease, lane: string, service: string, event: CloudEvent, signal: AbortSignal) {
    refuseNewer(this.manager.name, this.manager.reactions, event.type);
    const key = this.manager.reactions[event.type]?.correlate(event) ?? null;
    let reaction: Reaction<State, Command> | undefined;
    if (key !== null) {
      const own = `key:${key}`;
      if (own !== lane && (await this.#store.parkedLanes(this.#pool)).has(own))
        throw new Error(`its instance is parked: retry ${own} first`);
      const states = await this.#store.states(this.#pool, [key]);
      reaction = react(this.manager, key, event, states.get(key) ?? this.manager.initial);
      await this.#sender.send(reaction, signal);
    }
    await this.#commit(lease, async (client) => {
      if (reaction !== undefined) await this.#saveReaction(client, reaction);
      await this.#store.removeLetter(client, service, event);
    });
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
        Object.assign(run, { state: 'running', position: lowestPosition(persisted) });
        return persisted;
      },
      apply: async (batch, checkpoint) => {
        const events = unseen(batch, checkpoint).filter(({ type }) => concerns(type));
        if (events.length === 0) {
          if (batch.watermark.position <= lowestPosition(persisted)) return checkpoint;
          if (follow && performance.now() - writtenAt < WATERMARK_WRITE_MS)
            return passed(checkpoint, batch.logId, batch.watermark);
        }
        persisted = await this.#mutex.run(() => this.#handle(batch, events, persisted, lease, signal));
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

  /** One batch: commands first, then everything that they leave behind in one transaction. */
  async #handle(
    batch: FeedBatch,
    events: readonly CloudEvent[],
    from: Checkpoint,
    lease: Lease,
    signal: AbortSignal,
  ): Promise<Checkpoint> {
    const { service } = batch;
    const parked = events.length === 0 ? new Set<string>() : await this.#store.parkedLanes(this.#pool);
    const work = new BatchWork(this.manager, service, parked);
    const states = await this.#store.states(this.#pool, work.correlate(events));
    const outcome = await work.carryOut(states, this.#sender, signal);
    const advanced = await this.#commit(lease, async (client) => {
      const locked = await this.#store.checkpoints.lock(client, service);
      if (!sameCheckpoint(locked, from)) throw new LeaseLost(this.manager.name);
      await this.#store.save(client, outcome.instances);
      await this.#store.setTimers(client, outcome.timers);
      await this.#store.addLetters(client, outcome.letters);
      return this.#store.checkpoints.advance(client, service, batch.logId, batch.watermark, locked);
    });
    for (const { lane, error } of outcome.letters)
      if (error !== null) this.#options.report?.({ kind: 'parked', process: this.manager.name, service, lane, error });
    return advanced;
  }

  async #scheduleTimers(lease: Lease, signal: AbortSignal): Promise<void> {
    if (this.manager.onTimer === undefined) return;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#fireTimers(lease, signal);
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

  async #fireTimers(lease: Lease, signal: AbortSignal): Promise<void> {
    if (this.manager.onTimer === undefined) return;
    for (const listed of await this.#store.dueTimers(this.#pool, this.#options.now())) {
      if (signal.aborted) return;
      await this.#mutex.run(async () => {
        // While the ones before it fired, an event may have put it off, or parked its instance.
        const [due] = await this.#store.dueTimers(this.#pool, this.#options.now(), listed);
        if (due !== undefined) await this.#fire(due, lease, signal);
      });
    }
  }

  /** A timer that fails parks its instance and stays: it fires again when the lane is released. */
  async #fire(due: StoredTimer, lease: Lease, signal: AbortSignal): Promise<void> {
    const { key, timer } = due;
    const { name } = this.manager;
    const states = await this.#store.states(this.#pool, [key]);
    try {
      const result = this.manager.onTimer?.(states.get(key) ?? this.manager.initial, { ...timer, key });
      if (result === undefined) return;
      const reaction = checked(name, { key, trigger: triggerOfTimer(name, key, timer, due), result });
      await this.#sender.send(reaction, signal);
      await this.#commit(lease, async (client) => {
        await this.#store.removeTimer(client, due);
        await this.#saveReaction(client, reaction);
      });
    } catch (error) {
      if (signal.aborted || isInfrastructureFault(error) || error instanceof LeaseLost) throw error;
      const lane = `key:${key}`;
      await this.#commit(lease, (client) => this.#store.park(client, lane, this.#options.now(), error));
      this.#options.report?.({ kind: 'parked', process: name, service: this.#options.service, lane, error });
    }
  }

  async #saveReaction(client: pg.ClientBase, reaction: Reaction<State, Command>): Promise<void> {
    await this.#store.save(client, [changeOf(this.manager, reaction)]);
    await this.#store.setTimers(client, timersOf(reaction));
  }

  async #commit<Result>(lease: Lease, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    return inTransaction(this.#pool, BEGIN, async (client) => {
      await this.#store.fence(client, lease.token);
      return work(client);
    });
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
