import {
  type AllPage,
  type AppendReceipt,
  EventStore,
  type ExpectedRevision,
  type LogHead,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  StoreUnavailable,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '@kontor/event-store';

/** How long an append waits for a lease that is being taken anew after its connection broke. */
const WAIT_FOR_LEASE_MS = 5_000;

export interface Leased {
  /** Null: the lease is held. */
  refusal(withinMs: number): Promise<string | null>;
}

/** A log that is written only while the writers' lease is held; reading needs none. */
export class LeasedEventStore extends EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly lease: Leased,
    private readonly closed: () => Promise<void>,
  ) {
    super();
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendReceipt> {
    const refusal = await this.lease.refusal(WAIT_FOR_LEASE_MS);
    if (refusal !== null) throw new StoreUnavailable('append', { cause: new Error(refusal) });
    return this.store.append(stream, expected, events);
  }

  override readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent> {
    return this.store.readStream(stream, options);
  }

  override readAll(options: ReadAllOptions): Promise<AllPage> {
    return this.store.readAll(options);
  }

  override subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
    return this.store.subscribe(options);
  }

  override head(): Promise<LogHead> {
    return this.store.head();
  }

  override async close(): Promise<void> {
    await this.store.close();
    await this.closed();
  }
}
