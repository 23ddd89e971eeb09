import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
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
} from '@kontor/event-store';

/** Followers of a log in memory look for news this often. */
const POLL_MS = 2;

/** A log in memory, for what stands behind an event store and is tested without one. Appends are not checked. */
export class MemoryLog extends EventStore {
  readonly logId = randomUUID();
  readonly #events: StoredEvent[] = [];

  override async append(
    stream: string,
    _expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendReceipt> {
    const recordedAt = new Date().toISOString().replace('Z', '000Z');
    let revision = BigInt(this.#events.filter((event) => event.stream === stream).length) - 1n;
    for (const event of events) {
      revision += 1n;
      this.#events.push({ ...event, stream, revision, position: BigInt(this.#events.length + 1), recordedAt });
    }
    return { revision, position: BigInt(this.#events.length), repeated: false };
  }

  override async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<StoredEvent> {
    yield* this.#events.filter((event) => event.stream === stream && event.revision >= (options.from ?? 0n));
  }

  override async readAll({ after, limit }: ReadAllOptions): Promise<AllPage> {
    const events = this.#events.slice(Number(after), Number(after) + limit);
    const last = events.at(-1);
    return {
      events,
      position: last?.position ?? after,
      recordedAt: last?.recordedAt ?? this.#events[Number(after) - 1]?.recordedAt ?? null,
      atHead: Number(after) + events.length === this.#events.length,
    };
  }

  override async *subscribe({ after, batchSize = 1_000, signal }: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
    let position = after;
    let first = true;
    while (!signal.aborted) {
      const page = await this.readAll({ after: position, limit: batchSize });
      if (first || page.events.length > 0) yield { ...page, caughtUp: page.atHead };
      first = false;
      position = page.position;
      if (page.atHead) await delay(POLL_MS);
    }
  }

  override async head(): Promise<LogHead> {
    const last = this.#events.at(-1);
    return { logId: this.logId, position: last?.position ?? 0n, recordedAt: last?.recordedAt ?? null };
  }

  override async close(): Promise<void> {
    this.#events.splice(0);
  }
}
