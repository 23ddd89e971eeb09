import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { eventStoreDbProcess, eventually, faultProxy, type FaultProxy } from '@kontor/testing';
import { eventStoreDbDouble, type EventStoreDbDouble } from '@kontor/testing/eventstoredb-in-process';
import { StoreTimeout, StoreUnavailable, WrongExpectedRevision } from '../errors.ts';
import type { NewEvent, StoredEvent, SubscriptionBatch } from '../event-store.ts';
import { EventStoreDbEventStore } from './eventstoredb-event-store.ts';
import type { EventStoreDbLimits } from './eventstoredb.config.ts';
import { NotAPosition, StreamDeletedByStranger } from './store-errors.ts';

/** What a server or the client library does that would cost events, order or time. These need the double: they order faults. */
let double: EventStoreDbDouble;
let proxy: FaultProxy;
let opened: { close: () => Promise<void> }[];
beforeEach(async () => {
  double = await eventStoreDbDouble();
  proxy = await faultProxy({ host: '127.0.0.1', port: double.port });
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await proxy.close();
  await double.stop();
});

function open(
  typePrefix = 'orders.',
  limits: Partial<EventStoreDbLimits> = {},
  url = double.url,
): EventStoreDbEventStore {
  const store = new EventStoreDbEventStore({ url, typePrefix, limits: { pollIntervalMs: 100, ...limits } });
  opened.push(store);
  return store;
}
const throughProxy = (limits: Partial<EventStoreDbLimits> = {}): EventStoreDbEventStore =>
  open('orders.', limits, `esdb://127.0.0.1:${proxy.port}?tls=false`);

const newStream = (): string => `order-${randomUUID()}`;
function newEvents(count = 1, type = 'orders.OrderPlaced.v1'): NewEvent[] {
  const at = { occurredAt: '2026-03-01T10:00:00.000Z', actor: 'a', origin: 'person' as const };
  const metadata = { ...at, commandId: 'c', requestHash: 'h', correlationId: 'r' };
  return Array.from({ length: count }, () => ({ id: randomUUID(), type, data: Buffer.from('{}'), metadata }));
}
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

function follow(store: EventStoreDbEventStore): {
  batches: SubscriptionBatch[];
  events: StoredEvent[];
  stop: () => void;
} {
  const stop = new AbortController();
  const batches: SubscriptionBatch[] = [];
  const events: StoredEvent[] = [];
  const done = (async () => {
    for await (const batch of store.subscribe({ after: 0n, signal: stop.signal })) {
      batches.push(batch);
      events.push(...batch.events);
    }
  })();
  opened.push({
    close: () => {
      stop.abort();
      return done;
    },
  });
  return {
    batches,
    events,
    stop: () => {
      stop.abort();
    },
  };
}

describe('a server that others use too', () => {
  it('fault row 7: gives each service its own events, and lag reaches 0 over foreign and system events', async () => {
    const [orders, receivables] = [open(), open('receivables.')];
    const mine = newEvents(3);
    await orders.append(newStream(), 'none', mine);
    const { batches, events } = follow(orders);
    for (let n = 0; n < 3; n += 1)
      await receivables.append(newStream(), 'none', newEvents(40, 'receivables.ItemOpened.v1'));
    double.log.systemEvent('$stats-127.0.0.1:2113', '$statsCollected');
    const head = await orders.head();
    expect(head.position).toBe(double.log.records.at(-1)?.position);
    await eventually('the subscription is at the head', () => batches.at(-1)?.position === head.position);
    expect(idsOf(events)).toEqual(idsOf(mine));
    expect((await orders.head()).logId).not.toBe((await receivables.head()).logId);
    await expect(orders.append(newStream(), 'none', newEvents(1, 'receivables.ItemOpened.v1'))).rejects.toThrow(
      'not of this log',
    );
  });

  it('keeps installations apart by the prefix of their streams', async () => {
    const stores = ['one.', 'two.'].map((streamPrefix) => {
      const store = new EventStoreDbEventStore({ url: double.url, typePrefix: 'orders.', streamPrefix });
      opened.push(store);
      return store;
    });
    const stream = newStream();
    const given = stores.map(() => newEvents());
    await Promise.all(stores.map((store, n) => store.append(stream, 'none', given[n] ?? [])));
    for (const [n, store] of stores.entries()) {
      const page = await store.readAll({ after: 0n, limit: 10 });
      expect(page.events.map(({ id, stream: name }) => [id, name])).toEqual([[given[n]?.[0]?.id, stream]]);
    }
    expect(double.log.stream(`one.${stream}`).events).toHaveLength(1);
  });

  it('tells services apart by their streams when they record events of the same types', async () => {
    const stores = ['orders.', 'warranty.'].map((streamPrefix) => {
      const store = new EventStoreDbEventStore({ url: double.url, typePrefix: '', streamPrefix });
      opened.push(store);
      return store;
    });
    const given = stores.map(() => newEvents(1, 'platform.RebuildStarted.v1'));
    await Promise.all(stores.map((store, n) => store.append('subscription-cases', 'none', given[n] ?? [])));
    for (const [n, store] of stores.entries()) {
      const { events } = await store.readAll({ after: 0n, limit: 10 });
      expect(idsOf(events)).toEqual(idsOf(given[n] ?? []));
    }
  });

  it('says that a stream was deleted by a stranger, softly or for good', async () => {
    const store = open();
    const stranger = EventStoreDBClient.connectionString(double.url);
    const [soft, hard] = [newStream(), newStream()];
    const events = newEvents(2);
    await store.append(soft, 'none', events);
    await store.append(hard, 'none', newEvents(2));
    await stranger.deleteStream(soft);
    await stranger.tombstoneStream(hard);
    await expect(store.append(hard, 1n, newEvents())).rejects.toThrow(StreamDeletedByStranger);
    await expect(all(store.readStream(hard))).rejects.toThrow(StreamDeletedByStranger);
    // Its number would be 2 and not 0: a fold of it would be another one's.
    await expect(store.append(soft, 'none', newEvents())).rejects.toThrow(StreamDeletedByStranger);
    await expect(store.append(soft, 'none', events)).rejects.toThrow(StreamDeletedByStranger);
    expect((await store.readAll({ after: 0n, limit: 100 })).events).toHaveLength(5);
    await stranger.dispose();
  });

  it('names a position that is none, and takes one ahead of the log as the head', async () => {
    const store = open();
    const { position } = await store.append(newStream(), 'none', newEvents());
    await expect(store.readAll({ after: position + 1n, limit: 1 })).rejects.toThrow(NotAPosition);
    const ahead = position + 1_000_000n;
    expect(await store.readAll({ after: ahead, limit: 1 })).toEqual({
      events: [],
      position: ahead,
      recordedAt: null,
      atHead: true,
    });
  });
});

describe('times', () => {
  it("fault row 18: rise with the log when the server's clock falls back, as far as the writer has seen the log", async () => {
    const store = open();
    const stream = newStream();
    await store.append(stream, 'none', newEvents());
    const [first] = await all(store.readStream(stream));
    double.log.now = () => Date.parse('2020-01-01T00:00:00Z');
    await store.append(stream, 0n, newEvents());
    const [, second] = await all(store.readStream(stream));
    expect(second?.recordedAt).toBe(first?.recordedAt);
    expect(second?.metadata).toEqual(newEvents()[0]?.metadata);
  });
});

describe('appends', () => {
  it('go out one by one with a deadline, with exact expectations only, and never in the batch stream', async () => {
    const store = open('orders.', { appendTimeoutMs: 3_000 });
    const stream = newStream();
    for (const expected of ['none', 'any', 'exists', 2n] as const) await store.append(stream, expected, newEvents());
    const methods = new Set(double.faults.calls.map(({ method }) => method));
    expect([...methods].sort()).toEqual(['append', 'read']);
    const deadlines = double.faults.calls
      .filter(({ method }) => method === 'append')
      .slice(1)
      .map(({ deadlineMs }) => deadlineMs);
    expect(deadlines.every((ms) => ms > 0 && ms <= 3_000)).toBe(true);
  });

  it('fault row 1: read back what became of an append whose answer stayed away', async () => {
    const store = open('orders.', { appendTimeoutMs: 900 });
    const stream = newStream();
    await store.append(newStream(), 'none', newEvents());
    double.faults.order('append', { when: 'after', answer: 'silence' });
    const events = newEvents(2);
    const receipt = await store.append(stream, 'none', events);
    expect(receipt).toEqual({ revision: 1n, position: double.log.stream(stream).events[1]?.position, repeated: false });
    expect(await store.append(stream, 'none', events)).toEqual({ ...receipt, repeated: true });
    double.faults.order('append', { when: 'before', answer: 'silence' });
    await expect(store.append(newStream(), 'none', newEvents())).rejects.toThrow(StoreTimeout);
  });

  it('survive a request that is cut, sent twice, answered late, or sent to a server that does not lead', async () => {
    const store = throughProxy();
    await store.append(newStream(), 'none', newEvents());
    for (const fault of [
      'cut-request',
      'cut-after-request',
      'cut-before-reply',
      'duplicate',
      { kind: 'delay', ms: 200 },
      { kind: 'rst', code: 8 },
      { kind: 'not-leader', host: '127.0.0.1', port: double.port },
    ] as const) {
      const stream = newStream();
      const events = newEvents(2);
      proxy.next('Append', fault);
      const { revision } = await store.append(stream, 'none', events);
      expect([fault, revision, idsOf(await all(store.readStream(stream)))]).toEqual([fault, 1n, idsOf(events)]);
    }
  });

  it('tell a refusal with the true revision whatever the client makes of it', async () => {
    const store = open('orders.', {}, `${double.url}&throwOnAppendFailure=false`);
    const stream = newStream();
    await store.append(stream, 'none', newEvents(42));
    await expect(store.append(stream, 3n, newEvents())).rejects.toEqual(new WrongExpectedRevision(stream, 3n, 41n));
  });

  it('are refused as not available while the server is gone, and go on when it is back', async () => {
    const store = throughProxy({ maxAppendAttempts: 2 });
    await store.append(newStream(), 'none', newEvents());
    const comeBack = await proxy.goDown();
    await expect(store.append(newStream(), 'none', newEvents())).rejects.toThrow(StoreUnavailable);
    await comeBack();
    const stream = newStream();
    const events = newEvents();
    await eventually('the store takes appends', () => store.append(stream, 'none', events));
    await double.restart();
    await eventually('after a restart too', async () => (await store.append(stream, 'none', events)).revision === 0n);
  });

  it('fault row 4: are a timeout in time while the server is frozen, not available when it was killed, and one effect in the end', async () => {
    const server = await eventStoreDbProcess();
    const store = open('orders.', { appendTimeoutMs: 600 }, server.url);
    await eventually('the log is open', () => store.append(newStream(), 'none', newEvents()));
    server.signal('SIGSTOP');
    const [stream, events] = [newStream(), newEvents(2)];
    const before = performance.now();
    await expect(store.append(stream, 'none', events)).rejects.toThrow(StoreTimeout);
    expect(performance.now() - before).toBeLessThan(1_600);
    server.signal('SIGCONT');
    await eventually('the append is answered', () => store.append(stream, 'none', events));
    expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf(events));
    await server.stop();
    await expect(store.append(newStream(), 'none', newEvents())).rejects.toThrow(StoreUnavailable);
  });

  it('repeated by another process are told as first ones only until the log was seen to hold them', async () => {
    const store = open();
    const other = EventStoreDBClient.connectionString(double.url);
    const written = async (): Promise<readonly [string, NewEvent[]]> => {
      const [stream, events] = [newStream(), newEvents(2)];
      const wire = events.map(({ id, type, data }) => {
        const bytes = { contentType: 'application/octet-stream', data: new Uint8Array(data) } as const;
        return { id, type, ...bytes, metadata: undefined };
      });
      await other.appendToStream(stream, wire, { expectedRevision: 'no_stream' });
      return [stream, events];
    };
    await store.head();
    const [unseen, seen] = [await written(), await written()];
    expect((await store.append(unseen[0], 'none', unseen[1])).repeated).toBe(false);
    await store.head();
    expect((await store.append(seen[0], 'none', seen[1])).repeated).toBe(true);
    // A process that has just started looks at the log first.
    const young = await written();
    expect((await open().append(young[0], 'none', young[1])).repeated).toBe(true);
    expect((await store.readAll({ after: 0n, limit: 100 })).events).toHaveLength(6);
    await other.dispose();
  });

  it('are refused for their size when the server takes less than the port', async () => {
    const small = await eventStoreDbDouble({ maxAppendBytes: 2_000 });
    const store = open('orders.', {}, small.url);
    const stream = newStream();
    await store.append(stream, 'none', newEvents());
    const [event] = newEvents();
    if (event === undefined) throw new Error('one event was made');
    const large = store.append(stream, 0n, [{ ...event, data: Buffer.alloc(3_000) }]);
    await expect(large).rejects.toMatchObject({ name: 'AppendTooLarge', stream, maxBytes: 2_000 });
    expect((await all(store.readStream(stream))).length).toBe(1);
    expect(small.faults.calls.filter(({ method }) => method === 'append')).toHaveLength(3);
    await store.close();
    await small.stop();
  });

  it('make their client anew when answers stay away one after the other', async () => {
    const store = open('orders.', { appendTimeoutMs: 150, maxMissedAnswers: 2 });
    await eventually('the log is open', () => store.head());
    await store.append(newStream(), 'none', newEvents());
    const { clientsMade } = store.stats();
    const speak = double.faults.keep('append', { when: 'before', answer: 'silence' });
    for (let n = 0; n < 2; n += 1) await store.append(newStream(), 'none', newEvents()).catch(() => undefined);
    speak();
    await eventually('the store takes appends', () => store.append(newStream(), 'none', newEvents()));
    expect(store.stats().clientsMade).toBeGreaterThan(clientsMade);
  });
});

describe('reads', () => {
  it('fault row 4: end as a timeout when the server says nothing, and their client is made anew', async () => {
    const store = open('orders.', { readTimeoutMs: 150, maxMissedAnswers: 2 });
    const stream = newStream();
    await eventually('the log is open', () => store.head());
    await store.append(stream, 'none', newEvents());
    const { clientsMade } = store.stats();
    const speak = double.faults.keep('read', { when: 'before', answer: 'silence' });
    await expect(store.head()).rejects.toThrow(StoreTimeout);
    await expect(all(store.readStream(stream))).rejects.toThrow(StoreTimeout);
    await expect(store.readAll({ after: 0n, limit: 1 })).rejects.toThrow(StoreTimeout);
    speak();
    await eventually('the log can be read', () => store.readAll({ after: 0n, limit: 1 }));
    expect(store.stats().clientsMade).toBeGreaterThan(clientsMade);
  });
});

describe('subscriptions', () => {
  it('fault row 8: go on whatever ends them: an error, a clean end, a restart', async () => {
    const store = open();
    const { events } = follow(store);
    const given: NewEvent[] = [];
    const append = async (): Promise<void> => {
      const more = newEvents(3);
      const stream = newStream();
      await eventually('the store takes appends', () => store.append(stream, 'none', more));
      given.push(...more);
      await eventually('all events came', () => events.length === given.length);
    };
    await append();
    for (const code of [undefined, 14, 2, 13, 10]) {
      double.endSubscriptions(code === undefined ? undefined : { code, details: 'as ordered' });
      await append();
    }
    await double.restart();
    await append();
    expect(idsOf(events)).toEqual(idsOf(given));
  });

  it('go on when the server sends its clients away, as it does before it stops', async () => {
    const store = throughProxy();
    const { events } = follow(store);
    for (let count = 1; count <= 3; count += 1) {
      const stream = newStream();
      const given = newEvents();
      await eventually('the store takes appends', () => store.append(stream, 'none', given));
      await eventually('the event came', () => events.length === count);
      proxy.goAway();
    }
  });

  it('notice a server that says nothing any more: the poll goes on, and the live call is made anew', async () => {
    const store = open('orders.', { maxSilenceMs: 300 });
    // The first call is taken and never confirmed.
    double.faults.order('subscribe', { when: 'before', answer: 'silence' });
    const { events } = follow(store);
    await store.append(newStream(), 'none', newEvents());
    await eventually('the first event came', () => events.length === 1);
    await eventually('the live call stands', () => double.faults.calls.some(({ method }) => method === 'subscribe'));
    double.faults.mutedSubscriptions = true;
    const before = store.stats().liveSubscriptions;
    await store.append(newStream(), 'none', newEvents(2));
    await eventually('the events came all the same', () => events.length === 3);
    await eventually('a new live call', () => store.stats().liveSubscriptions > before);
  });

  it('hand out positions of events only, in the order of the log, and none before its events', async () => {
    const store = open();
    const { batches } = follow(store);
    for (let n = 0; n < 20; n += 1) {
      await store.append(newStream(), 'none', newEvents(2));
      await open('warranty.').append(newStream(), 'none', newEvents(20, 'warranty.ClaimOpened.v1'));
    }
    const head = await store.head();
    await eventually('the head', () => batches.at(-1)?.position === head.position);
    const places = new Set(double.log.records.map(({ position }) => position));
    let given = 0;
    for (const { position, events } of batches) {
      given += events.length;
      expect(position === 0n || places.has(position)).toBe(true);
      expect(
        double.log.records.filter((one) => one.position <= position && one.type.startsWith('orders.')),
      ).toHaveLength(given);
    }
  });
});
