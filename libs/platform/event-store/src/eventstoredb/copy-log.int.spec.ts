import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventStoreDbDouble, testDatabase, type EventStoreDbDouble, type TestDatabase } from '@kontor/testing';
import type { EventStore, NewEvent, StoredEvent } from '../event-store.ts';
import { PostgresEventStore } from '../postgres-event-store.ts';
import { copyLog, CopyDiffers } from './copy-log.ts';
import { EventStoreDbEventStore } from './eventstoredb-event-store.ts';

let database: TestDatabase;
let double: EventStoreDbDouble;
let from: PostgresEventStore;
beforeAll(async () => {
  [database, double] = await Promise.all([testDatabase(), eventStoreDbDouble()]);
  await PostgresEventStore.migrate(database.pool, 'orders_log');
  from = new PostgresEventStore({ pool: database.pool, schema: 'orders_log' });
  const streams = Array.from({ length: 7 }, (_, n) => ({ name: `order-${n}`, revision: -1n }));
  for (let n = 0; n < 60; n += 1) {
    const stream = streams[n % 7];
    if (stream === undefined) continue;
    const expected = stream.revision < 0n ? 'none' : stream.revision;
    stream.revision = (await from.append(stream.name, expected, newEvents(1 + (n % 3)))).revision;
  }
});
afterAll(async () => {
  await from.close();
  await double.stop();
  await database.drop();
});

const open = (streamPrefix = ''): EventStoreDbEventStore =>
  new EventStoreDbEventStore({ url: double.url, typePrefix: 'orders.', streamPrefix });

function newEvents(count: number): NewEvent[] {
  const at = { occurredAt: '2026-03-01T10:00:00.000Z', actor: 'ä "1"', origin: 'import' as const };
  const metadata = { ...at, commandId: 'c', requestHash: 'h', correlationId: 'r', subjects: ['s'] };
  const data = Buffer.from([0, 255, 128, 10]);
  return Array.from({ length: count }, () => ({ id: randomUUID(), type: 'orders.OrderPlaced.v1', data, metadata }));
}

async function wholeLog(store: EventStore): Promise<StoredEvent[]> {
  const { events, atHead } = await store.readAll({ after: 0n, limit: 1_000 });
  expect(atHead).toBe(true);
  return [...events];
}
const withoutPosition = ({ position: _, data, ...event }: StoredEvent): unknown => ({
  ...event,
  data: Buffer.from(data),
});

describe('a copy of a log from PostgreSQL to EventStoreDB', () => {
  it('has the same events in the same order, times included, and translates checkpoints', async () => {
    const to = open();
    const originals = await wholeLog(from);
    const copied = await copyLog({ from, to, checkpoints: [0n, 1n, 50n, 10_000n] });
    const copies = await wholeLog(to);
    expect(copies.map(withoutPosition)).toEqual(originals.map(withoutPosition));
    expect([copied.events, copied.written]).toEqual([BigInt(originals.length), BigInt(originals.length)]);
    expect(copied.hash).toMatch(/^[0-9a-f]{64}$/);
    expect([...copied.checkpoints]).toEqual([
      [0n, 0n],
      [1n, copies[0]?.position],
      [50n, copies[49]?.position],
      [10_000n, copies.at(-1)?.position],
    ]);
    expect((await to.head()).logId).not.toBe((await from.head()).logId);
    // What comes after the copy is recorded after it.
    const next = newEvents(1);
    const last = copies.filter(({ stream }) => stream === 'order-0').at(-1)?.revision ?? 0n;
    await to.append('order-0', last, next);
    const times = (await wholeLog(to)).map(({ recordedAt }) => recordedAt);
    expect(times).toEqual([...times].sort());
    await to.close();
  });

  it('goes on where it was stopped, writes nothing twice, and gives the same hash', async () => {
    const to = open('second.');
    const first = copyLog({
      from,
      to,
      progress: (events) => {
        if (events >= 30n) throw new Error('killed');
      },
    });
    await expect(first).rejects.toThrow('killed');
    const again = await copyLog({ from, to });
    expect(again.written).toBeLessThan(again.events);
    expect((await wholeLog(to)).map(withoutPosition)).toEqual((await wholeLog(from)).map(withoutPosition));
    const third = await copyLog({ from, to });
    expect([third.written, third.hash]).toEqual([0n, again.hash]);
    await to.close();
  });

  it('refuses a log that is not its beginning', async () => {
    const to = open('third.');
    await to.append('order-0', 'none', newEvents(1));
    await expect(copyLog({ from, to })).rejects.toThrow(CopyDiffers);
    await to.close();
  });
});
