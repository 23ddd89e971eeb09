import {
  type AppendReceipt,
  type EventStore,
  type ExpectedRevision,
  ForwardingEventStore,
  type NewEvent,
  StoreUnavailable,
} from '@kontor/event-store';

/** How long an append waits for a lease that is being taken anew after its connection broke. */
const WAIT_FOR_LEASE_MS = 5_000;

export interface Leased {
  /** Null: the lease is held. */
  refusal(withinMs: number): Promise<string | null>;
}

/** A log that is written only while the writers' lease is held; reading needs none. */
export class LeasedEventStore extends ForwardingEventStore {
  constructor(
    store: EventStore,
    private readonly lease: Leased,
    private readonly closed: () => Promise<void>,
  ) {
    super(store);
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendReceipt> {
    const refusal = await this.lease.refusal(WAIT_FOR_LEASE_MS);
    if (refusal !== null) throw new StoreUnavailable('append', { cause: new Error(refusal) });
    return super.append(stream, expected, events);
  }

  override async close(): Promise<void> {
    await super.close();
    await this.closed();
  }
}
