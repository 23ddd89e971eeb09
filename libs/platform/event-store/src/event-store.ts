/** What an append requires of the stream: an exact revision (the first event has revision 0), or a condition. */
export type ExpectedRevision = bigint | 'none' | 'any' | 'exists';

/** Who and why, written once with the event. Dates are `YYYY-MM-DD`, instants ISO 8601 in UTC. */
export interface EventMetadata {
  readonly occurredAt: string;
  readonly actor: string;
  readonly origin: 'person' | 'import' | 'process';
  readonly commandId: string;
  readonly requestHash: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly reason?: string;
  readonly traceparent?: string;
  readonly businessDate?: string;
  /** Subjects whose keys seal fields of this event. */
  readonly subjects?: readonly string[];
}

/** An event as it is appended: `data` are the exact bytes that are stored, hashed and migrated. */
export interface NewEvent {
  readonly id: string;
  /** Stored name with version: `orders.OrderPlaced.v2`. */
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: EventMetadata;
}

/** An event as it was recorded. `recordedAt` is stamped by the store at the append and never falls within a log. */
export interface StoredEvent extends NewEvent {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  /** ISO 8601, UTC, microseconds; equal for the events of one append. */
  readonly recordedAt: string;
}

export interface AppendReceipt {
  readonly revision: bigint;
  readonly position: bigint;
  /**
   * True: the events were there already, the same ids under the same expectation. False: this append wrote them; or, in a store
   * that answers a repetition like a first append (EventStoreDB), another process did, and nothing of the log that this one has
   * seen reaches so far. Nobody may decide on it what a second effect would hurt.
   */
  readonly repeated: boolean;
}

export interface ReadStreamOptions {
  readonly from?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

/** Empty lists select nothing; an absent list selects all. Prefixes are of stored types and stream names. */
export interface EventFilter {
  readonly typePrefixes?: readonly string[];
  readonly streamPrefixes?: readonly string[];
}

export interface ReadAllOptions {
  readonly after: bigint;
  readonly filter?: EventFilter;
  readonly limit: number;
}

export interface AllPage {
  readonly events: readonly StoredEvent[];
  /** Everything up to here was looked at: filtered stretches included. Resume after it. */
  readonly position: bigint;
  readonly recordedAt: string | null;
  /** True when nothing was committed above `position` at the time of reading. */
  readonly atHead: boolean;
}

export interface LogHead {
  readonly logId: string;
  readonly position: bigint;
  readonly recordedAt: string | null;
}

export interface SubscribeOptions {
  readonly after: bigint;
  readonly filter?: EventFilter;
  readonly batchSize?: number;
  readonly signal: AbortSignal;
}

/** Ordered events and how far the log was read. The next batch is fetched only when this one has been taken. */
export interface SubscriptionBatch extends AllPage {
  readonly caughtUp: boolean;
}

/**
 * The event store of one service. Positions are 64-bit and strictly increasing in commit order: nothing ever appears
 * behind a reader. A stream may not be empty; it begins with its first append.
 *
 * Throws WrongExpectedRevision (with the true current revision), AppendTooLarge, EventTooLarge, StoreTimeout (the
 * outcome is unknown: read back), StoreUnavailable.
 */
export abstract class EventStore {
  abstract append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendReceipt>;
  abstract readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent>;
  abstract readAll(options: ReadAllOptions): Promise<AllPage>;
  abstract subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch>;
  abstract head(): Promise<LogHead>;
  abstract close(): Promise<void>;
}
