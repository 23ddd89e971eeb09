import {
  type Checkpoint,
  errorText,
  type FeedBatch,
  inTransaction,
  isInfrastructureFault,
  refuseNewer,
  sameCheckpoint,
} from '@kontor/feed';
import type { CloudEvent, DomainCommand, ProcessManager } from '@kontor/kernel';
import type pg from 'pg';
import { BatchWork, changeOf, timersOf } from './batch-work.ts';
import { LeaseLost, NotParked } from './errors.ts';
import type { Lease } from './leases.ts';
import { Mutex } from './mutex.ts';
import type { ProcessStore, SkippedBy, StoredTimer } from './process-store.ts';
import { checked, react, type Reaction, triggerOfTimer } from './reaction-plan.ts';
import type { ProcessRunnerOptions, SendCommand } from './runner-types.ts';
import { Sender } from './sender.ts';
import { CONCURRENT_COMMANDS } from './subscriptions.config.ts';

// The state and the timers of a crashed server's last commits may be lost together with the checkpoint: the same events
// come again, and the same commands with the same ids get their first receipts.
const BEGIN = 'begin; set local synchronous_commit = off';

/**
 * What a process manager does under a lease: batches, timers, and what waits behind a parked lane. Commands are sent first;
 * what they leave behind is written in one transaction that is fenced with the lease's token.
 */
export class ProcessWork<State, Command extends DomainCommand> {
  readonly #pool: pg.Pool;
  readonly #manager: ProcessManager<State, Command>;
  readonly #store: ProcessStore<State>;
  readonly #sender: Sender<State, Command>;
  readonly #options: ProcessRunnerOptions;
  /** An instance may hear from several services and from timers: one batch at a time keeps its state one. */
  readonly #mutex = new Mutex();

  constructor(
    pool: pg.Pool,
    manager: ProcessManager<State, Command>,
    send: SendCommand,
    store: ProcessStore<State>,
    options: ProcessRunnerOptions,
  ) {
    this.#pool = pool;
    this.#manager = manager;
    this.#store = store;
    this.#sender = new Sender(manager.name, send, options.concurrentCommands ?? CONCURRENT_COMMANDS, options.watch);
    this.#options = options;
  }

  /** The checkpoint after the batch. Throws LeaseLost where another holder has moved the one before it. */
  async handle(
    batch: FeedBatch,
    events: readonly CloudEvent[],
    from: Checkpoint,
    lease: Lease,
    signal: AbortSignal,
  ): Promise<Checkpoint> {
    return this.#mutex.run(async () => {
      const { service } = batch;
      const parked = events.length === 0 ? new Set<string>() : await this.#store.parkedLanes(this.#pool);
      const work = new BatchWork(this.#manager, service, parked);
      const states = await this.#store.states(this.#pool, work.correlate(events));
      const outcome = await work.carryOut(states, this.#sender, signal);
      const advanced = await this.#commit(lease, async (client) => {
        const locked = await this.#store.checkpoints.lock(client, service);
        if (!sameCheckpoint(locked, from)) throw new LeaseLost(this.#manager.name);
        await this.#store.save(client, outcome.instances);
        await this.#store.setTimers(client, outcome.timers);
        await this.#store.addLetters(client, outcome.letters);
        return this.#store.checkpoints.advance(client, service, batch.logId, batch.watermark, locked);
      });
      for (const { lane, error } of outcome.letters)
        if (error !== null)
          this.#options.report?.({ kind: 'parked', process: this.#manager.name, service, lane, error });
      return advanced;
    });
  }

  /** Throws NotParked. */
  async retryParked(lane: string, lease: Lease): Promise<{ handled: number; error: string | null }> {
    return this.#mutex.run(async () => {
      if (!(await this.#store.parkedLanes(this.#pool)).has(lane))
        throw new NotParked(this.#manager.name, `${lane} is not parked`);
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
    });
  }

  async skipParked(
    lane: string,
    eventId: string,
    by: SkippedBy,
    tell: (client: pg.ClientBase) => Promise<void>,
    lease: Lease,
  ): Promise<void> {
    await this.#mutex.run(async () => {
      const [first] = await this.#store.letters(this.#pool, lane);
      if (first?.event.id !== eventId)
        throw new NotParked(this.#manager.name, `${lane} is not parked by the event ${eventId}`);
      await this.#commit(lease, async (client) => {
        // What somebody has decided is not lost with a server, as what follows from events may be.
        await client.query('set local synchronous_commit = on');
        await this.#store.addSkip(client, eventId, by);
        await this.#store.removeLetter(client, first.service, first.event);
        await tell(client);
      });
    });
  }

  async #handleLetter(lease: Lease, lane: string, service: string, event: CloudEvent, signal: AbortSignal) {
    refuseNewer(this.#manager.name, this.#manager.reactions, event.type);
    const key = this.#manager.reactions[event.type]?.correlate(event) ?? null;
    let reaction: Reaction<State, Command> | undefined;
    if (key !== null) {
      const own = `key:${key}`;
      if (own !== lane && (await this.#store.parkedLanes(this.#pool)).has(own))
        throw new Error(`its instance is parked: retry ${own} first`);
      const states = await this.#store.states(this.#pool, [key]);
      reaction = react(this.#manager, key, event, states.get(key) ?? this.#manager.initial);
      await this.#sender.send(reaction, signal);
    }
    await this.#commit(lease, async (client) => {
      if (reaction !== undefined) await this.#saveReaction(client, reaction);
      await this.#store.removeLetter(client, service, event);
    });
  }

  async fireTimers(lease: Lease, signal: AbortSignal): Promise<void> {
    if (this.#manager.onTimer === undefined) return;
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
    const { name } = this.#manager;
    const states = await this.#store.states(this.#pool, [key]);
    try {
      const result = this.#manager.onTimer?.(states.get(key) ?? this.#manager.initial, { ...timer, key });
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
    await this.#store.save(client, [changeOf(this.#manager, reaction)]);
    await this.#store.setTimers(client, timersOf(reaction));
  }

  async #commit<Result>(lease: Lease, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    return inTransaction(this.#pool, BEGIN, async (client) => {
      await this.#store.fence(client, lease.token);
      return work(client);
    });
  }
}
