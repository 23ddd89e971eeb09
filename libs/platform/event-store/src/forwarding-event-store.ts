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
  type SubscribeOptions,
  type SubscriptionBatch,
} from './event-store.ts';

/** Another log with something around it: whoever extends it says what is different, and the rest goes through. */
export abstract class ForwardingEventStore extends EventStore {
  constructor(protected readonly store: EventStore) {
    super();
  }

  override append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendReceipt> {
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

  override close(): Promise<void> {
    return this.store.close();
  }
}
