import type { AllStreamSubscription, SubscribeToAllOptions } from '@eventstore/db-client';
import { pause, unlessAborted } from '../postgres/log-signal.ts';
import type { ClientSlot } from './client-slot.ts';
import type { EventStoreDbLimits } from './eventstoredb.config.ts';
import { belongs, type LogScope } from './log-identity.ts';

/**
 * Tells those who wait how far the log has come, from three sources: what this process wrote and read, a live subscription, and a
 * slow poll of the head. The poll finds foreign and system events, of which a filtered subscription says nothing, and what a
 * subscription misses that has gone silent without an error. Nobody's position comes from here: a wake-up that is early,
 * late or lost changes only when a page is read. The subscription and the poll exist only while somebody waits.
 */
export class LiveSignal {
  /** The highest position anybody has told of, events of any kind. */
  head = 0n;
  /** Live subscriptions begun so far, for tests and administrators. */
  subscriptions = 0;
  private readonly waiters = new Set<() => void>();
  private users = 0;
  private stop: AbortController | undefined;
  private running: Promise<unknown> = Promise.resolve();
  /** The last event of the log that is known by other ways than the subscription, and when that was. */
  private known = { position: 0n, at: 0 };
  private told = 0n;
  private endLive: (() => void) | undefined;

  constructor(
    private readonly slot: ClientSlot,
    private readonly scope: LogScope,
    private readonly limits: EventStoreDbLimits,
    private readonly askHead: () => Promise<unknown>,
  ) {}

  /** Called with any position that somebody has seen; it may be an old one. */
  reached(position: bigint): void {
    if (position <= this.head) return;
    this.head = position;
    for (const wake of this.waiters) wake();
  }

  /** An event of the log is there: the live subscription has to tell of it soon. */
  wrote(position: bigint): void {
    this.reached(position);
    // The clock runs from the first event that was not told of.
    if (position > this.known.position) {
      const waiting = this.known.position > this.told;
      this.known = { position, at: waiting ? this.known.at : performance.now() };
    }
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

  /** Listens until the returned function is called; any number of users share one subscription. */
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
      if (signal.aborted) return;
      await unlessAborted(this.look(), signal);
      const silentMs = performance.now() - this.known.at;
      if (this.known.position > this.told && silentMs > this.limits.maxSilenceMs && this.endLive !== undefined) {
        // The call is open, the connection answers pings, and nothing comes: only a new one can help.
        this.slot.renew();
        this.endLive();
      }
    }
  }

  private async listen(signal: AbortSignal): Promise<void> {
    let delayMs = this.limits.minReconnectDelayMs;
    while (!signal.aborted) {
      const began = performance.now();
      await this.live(signal);
      // One that held for a while was a good one: the next attempt is made at once.
      delayMs =
        performance.now() - began > this.limits.maxReconnectDelayMs
          ? this.limits.minReconnectDelayMs
          : Math.min(delayMs * 2, this.limits.maxReconnectDelayMs);
      await pause(delayMs, signal);
    }
  }

  /** One subscription, from its beginning to its end of any kind. It never rejects. */
  private async live(signal: AbortSignal): Promise<void> {
    let subscription: AllStreamSubscription;
    try {
      subscription = this.slot.get().subscribeToAll({ fromPosition: 'end', filter: this.filter() });
    } catch {
      return;
    }
    this.subscriptions += 1;
    const ended = new Promise<void>((resolve) => {
      const end = (): void => {
        resolve();
      };
      this.endLive = end;
      // What was written before the subscription stood is found by this look, and is not expected from it.
      subscription.on('confirmation', () => {
        this.told = this.known.position;
        void this.look();
      });
      subscription.on('data', ({ event, commitPosition }) => {
        const position = commitPosition ?? event?.position.commit;
        if (position === undefined) return;
        if (position > this.told) this.told = position;
        if (event !== undefined && belongs(this.scope, event.streamId, event.type)) this.wrote(position);
      });
      // An error comes without an end, an end without an error, and a cut connection may be either.
      for (const event of ['error', 'end', 'close'] as const) subscription.on(event, end);
    });
    await unlessAborted(ended, signal);
    this.endLive = undefined;
    // It is over, by whatever end; what its goodbye meets is nobody's any more, and unheard would end the process.
    subscription.on('error', () => undefined);
    subscription.unsubscribe().catch(() => undefined);
  }

  private filter(): NonNullable<SubscribeToAllOptions['filter']> {
    const { streamPrefix, typePrefix } = this.scope;
    if (streamPrefix !== '') return { filterOn: 'streamName', prefixes: [streamPrefix], checkpointInterval: 32 };
    if (typePrefix !== '') return { filterOn: 'eventType', prefixes: [typePrefix], checkpointInterval: 32 };
    return { filterOn: 'eventType', regex: '^[^$]', checkpointInterval: 32 };
  }

  private async look(): Promise<void> {
    try {
      await this.askHead();
    } catch {
      // Not reachable just now; the next poll asks again.
    }
  }
}
