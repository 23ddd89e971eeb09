import {
  EventStore,
  type AllPage,
  type AppendReceipt,
  type ExpectedRevision,
  type LogHead,
  type NewEvent,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
  type SubscriptionBatch,
} from '../event-store.ts';
import { subscription } from '../postgres/subscription.ts';
import { heldBack } from '../without-effects.ts';
import { Appender } from './appender.ts';
import { ClientSlot } from './client-slot.ts';
import { EVENTSTOREDB_LIMITS, type EventStoreDbLimits } from './eventstoredb.config.ts';
import { LiveSignal } from './live-signal.ts';
import { openLog, type LogIdentity, type LogScope } from './log-identity.ts';
import { LogReader } from './log-reader.ts';
import { LogTail } from './log-tail.ts';
import { storeError } from './store-errors.ts';

export interface EventStoreDbEventStoreOptions {
  /** `esdb://…`, as the client library reads it. */
  readonly url: string;
  /** The log's events are those whose stored type begins with this: `orders.` */
  readonly typePrefix: string;
  /** Put before the log's stream names on the server, so that several installations can share one. */
  readonly streamPrefix?: string;
  /** Default true: a log that is not there is made. False: it is `NoSuchLog`, and nothing is written to the server. */
  readonly makes?: boolean;
  readonly limits?: Partial<EventStoreDbLimits>;
}

/** What administrators ask of the connection. */
export interface EventStoreDbStats {
  readonly clientsMade: number;
  readonly liveSubscriptions: number;
}

/**
 * A log among the events of an EventStoreDB. Positions are the server's byte offsets: they rise with gaps, and mean something
 * only together with the log's id. Nothing is sent before the first call.
 */
export class EventStoreDbEventStore extends EventStore {
  private readonly limits: EventStoreDbLimits;
  private readonly scope: LogScope;
  private readonly makes: boolean;
  private readonly writing: ClientSlot;
  private readonly reading: ClientSlot;
  private readonly listening: ClientSlot;
  private readonly reader: LogReader;
  private readonly appender: Appender;
  private readonly signal: LiveSignal;
  private readonly tail: LogTail;
  private readonly closing = new AbortController();
  private opened: Promise<LogIdentity> | undefined;
  /** The latest recorded time that was seen in the log. */
  private recordedAt: string | null = null;

  constructor({ url, typePrefix, streamPrefix = '', makes = true, limits }: EventStoreDbEventStoreOptions) {
    super();
    this.limits = { ...EVENTSTOREDB_LIMITS, ...limits };
    this.scope = { typePrefix, streamPrefix };
    this.makes = makes;
    const name = `kontor ${typePrefix.replace(/\.$/, '')}`;
    const { maxMissedAnswers } = this.limits;
    this.writing = new ClientSlot(url, `${name} writes`, maxMissedAnswers);
    this.reading = new ClientSlot(url, `${name} reads`, maxMissedAnswers);
    this.listening = new ClientSlot(url, `${name} listens`, maxMissedAnswers);
    const identity = (): Promise<LogIdentity> => this.identity();
    this.reader = new LogReader(this.reading, this.scope, this.limits, identity, (position, recordedAt) => {
      if (this.recordedAt === null || recordedAt > this.recordedAt) this.recordedAt = recordedAt;
      this.signal.reached(position);
    });
    this.signal = new LiveSignal(this.listening, this.scope, this.limits, () => this.reader.head());
    this.tail = new LogTail(
      (page) => this.reader.readAll(page),
      () => this.signal.head,
      this.limits,
    );
    this.appender = new Appender(this.writing, this.reader, this.scope, this.limits, identity, {
      head: () => this.signal.head,
      recordedAt: () => this.recordedAt,
      wrote: (position) => {
        this.signal.wrote(position);
      },
    });
  }

  override append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendReceipt> {
    return heldBack(`append to ${stream}`) ?? this.appender.append(stream, expected, events);
  }

  /** Takes over events of another log as they are, their times included: consecutive ones of one stream and one append. */
  copy(events: readonly StoredEvent[]): Promise<AppendReceipt> {
    return this.appender.copy(events);
  }

  override readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<StoredEvent> {
    return this.reader.readStream(stream, options);
  }

  override readAll(options: ReadAllOptions): Promise<AllPage> {
    return this.reader.readAll(options);
  }

  override subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
    return subscription(this.tail, this.closing.signal, this.signal, this.limits, {
      ...options,
      signal: AbortSignal.any([options.signal, this.closing.signal]),
    });
  }

  override head(): Promise<LogHead> {
    return this.reader.head();
  }

  stats(): EventStoreDbStats {
    return {
      clientsMade: this.writing.made + this.reading.made + this.listening.made,
      liveSubscriptions: this.signal.subscriptions,
    };
  }

  /** Waits for what was accepted, ends subscriptions and connections. */
  override async close(): Promise<void> {
    this.closing.abort();
    await this.appender.close();
    await this.signal.close();
    await Promise.all([this.writing.close(), this.reading.close(), this.listening.close()]);
  }

  /** The log's id and beginning, asked for once; a failure is not remembered. */
  private identity(): Promise<LogIdentity> {
    this.opened ??= this.open().catch((error: unknown) => {
      this.opened = undefined;
      throw storeError('open', error, this.limits.readTimeoutMs);
    });
    return this.opened;
  }

  private async open(): Promise<LogIdentity> {
    const identity = await openLog(this.reading, this.scope, this.limits, this.makes);
    // Where the log stands now: what an append is told to lie at or below was not written by it.
    await this.reader.headOf(identity);
    return identity;
  }
}
