import { randomUUID } from 'node:crypto';
import type { EventMetadata, EventStore, NewEvent, StoredEvent, SubscriptionBatch } from '@kontor/event-store';

/** What a suite needs of the adapter under test. */
export interface EventStoreFixture {
  readonly store: EventStore;
  /** Another adapter on the same log, as another process would have it. The suite closes it. */
  readonly open: () => Promise<EventStore>;
  readonly faults: {
    /** The next append of `store` reaches the log; its answer is lost with the connection. */
    readonly loseNextAnswer: () => void;
    /** `store` hears nothing more, until the returned function is called. */
    readonly silence: () => () => void;
    /** Every connection of `store` ends now. */
    readonly breakConnections: () => void;
  };
  /** The adapter is set up to give up an append after this time; short, for the suite waits for it. */
  readonly appendTimeoutMs: number;
  readonly close: () => Promise<void>;
}

/** A log of its own for every call, empty. */
export type EventStoreFactory = () => Promise<EventStoreFixture>;
export type Fixture = () => EventStoreFixture;

export const metadata: EventMetadata = {
  occurredAt: '2026-03-01T10:00:00.000Z',
  actor: 'a-1',
  origin: 'person',
  commandId: '0c7a4b3e-2b7b-4b0e-8f5e-1f2a3b4c5d6e',
  requestHash: 'sha256-0',
  correlationId: 'r-1',
};

export function newEvent(type = 'orders.OrderPlaced.v1', data: unknown = { n: 1 }): NewEvent {
  return { id: randomUUID(), type, data: Buffer.from(JSON.stringify(data)), metadata };
}

export function newEvents(count: number, type?: string): NewEvent[] {
  return Array.from({ length: count }, (_, n) => newEvent(type, { n }));
}

export const newStream = (category = 'order'): string => `${category}-${randomUUID()}`;

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The whole log, page by page. */
export async function wholeLog(store: EventStore, limit = 500): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (let after = 0n; ;) {
    const page = await store.readAll({ after, limit });
    events.push(...page.events);
    if (page.atHead) return events;
    after = page.position;
  }
}

/** Takes batches until one satisfies the condition. */
export async function takeUntil(
  batches: AsyncIterator<SubscriptionBatch>,
  enough: (batch: SubscriptionBatch, seen: readonly StoredEvent[]) => boolean,
): Promise<StoredEvent[]> {
  const seen: StoredEvent[] = [];
  for (;;) {
    const next = await batches.next();
    if (next.done === true) throw new Error('the subscription ended');
    seen.push(...next.value.events);
    if (enough(next.value, seen)) return seen;
  }
}

export const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

/** A stored event as the one that was given, for exact comparison of what may not change on the way. */
export const asGiven = ({ id, type, data, metadata: given }: NewEvent): NewEvent => ({
  id,
  type,
  data: Buffer.from(data),
  metadata: given,
});
