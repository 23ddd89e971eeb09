import type pg from 'pg';
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
} from './event-store.ts';
import { AppendQueue } from './postgres/append-queue.ts';
import { measured } from './postgres/append-request.ts';
import { LogSignal } from './postgres/log-signal.ts';
import { LogReader, type StoreStats } from './postgres/reader.ts';
import { checkedSchemaName, migrate, type MigrateOptions } from './postgres/schema.ts';
import { STORE_LIMITS, type StoreLimits } from './postgres/store.config.ts';
import { subscription } from './postgres/subscription.ts';
import { Tail } from './postgres/tail.ts';
import { BatchWriter } from './postgres/writer.ts';
import { heldBack } from './without-effects.ts';

export interface PostgresEventStoreOptions {
  /** For reads. Appends and notifications use connections of their own, made from the pool's settings. */
  readonly pool: pg.Pool;
  /** The log's schema, `orders_log`; made by `migrate`. */
  readonly schema: string;
  readonly limits?: Partial<StoreLimits>;
}

/** A log in a PostgreSQL schema of its own. Positions are dense. The pool stays the caller's: close() does not end it. */
export class PostgresEventStore extends EventStore {
  private readonly limits: StoreLimits;
  private readonly reader: LogReader;
  private readonly writers: readonly BatchWriter[];
  private readonly queue: AppendQueue;
  private readonly log: LogSignal;
  private readonly tail: Tail;
  private readonly closing = new AbortController();

  constructor(options: PostgresEventStoreOptions) {
    super();
    const schema = checkedSchemaName(options.schema);
    this.limits = { ...STORE_LIMITS, ...options.limits };
    this.reader = new LogReader(options.pool, schema, this.limits);
    this.log = new LogSignal(options.pool, schema, this.limits, async () => (await this.reader.head()).position);
    this.tail = new Tail(
      (page) => this.reader.readAll(page),
      () => this.log.head,
      this.limits,
    );
    const reached = (head: bigint) => {
      this.log.reached(head);
    };
    this.writers = Array.from(
      { length: this.limits.appendConnections },
      () => new BatchWriter(options.pool, schema, this.limits, reached),
    );
    this.queue = new AppendQueue(
      this.writers.map((writer) => (batch) => writer.write(batch)),
      this.limits,
    );
  }

  /** Makes the schema, or brings it to this program's version. Throws StoreSchemaTooNew. */
  static async migrate(pool: pg.Pool, schema: string, options?: MigrateOptions): Promise<void> {
    await migrate(pool, schema, options);
  }

  override append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendReceipt> {
    const held = heldBack(`append to ${stream}`);
    if (held !== undefined) return held;
    return new Promise((resolve, reject) => {
      const { metadata, bytes } = measured(stream, expected, events, this.limits);
      this.queue.add({ stream, expected, events, metadata, bytes, since: performance.now(), resolve, reject });
    });
  }

  override readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<StoredEvent> {
    return this.reader.readStream(stream, options);
  }

  override readAll(options: ReadAllOptions): Promise<AllPage> {
    return this.reader.readAll(options);
  }

  override subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
    return subscription(this.tail, this.closing.signal, this.log, this.limits, {
      ...options,
      signal: AbortSignal.any([options.signal, this.closing.signal]),
    });
  }

  override head(): Promise<LogHead> {
    return this.reader.head();
  }

  /** Events, streams, partitions and bytes, for administrators. */
  stats(): Promise<StoreStats> {
    return this.reader.stats();
  }

  /** Writes what was accepted, ends subscriptions and its own connections. */
  override async close(): Promise<void> {
    this.closing.abort();
    await this.queue.close();
    await Promise.all(this.writers.map((writer) => writer.close()));
    await this.log.close();
  }
}
