import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { eventStoreDbDouble, type EventStoreDbDouble } from '@kontor/testing/eventstoredb-in-process';
import type { EventStore, NewEvent, StoredEvent } from '../event-store.ts';
import { intoEventStoreDb } from '../eventstoredb/eventstoredb-copy.ts';
import { EventStoreDbEventStore } from '../eventstoredb/eventstoredb-event-store.ts';
import { PostgresEventStore } from '../postgres-event-store.ts';
import { intoPostgres } from '../postgres/postgres-copy.ts';
import { compareLogs } from './compare-logs.ts';
import { CopyDiffers } from './copied-event.ts';
import { type CopiedStretch, copyLog, type CopyTarget } from './copy-log.ts';

let database: TestDatabase;
/** The server of EVENTSTORE_URL, else a double. */
const given = process.env.EVENTSTORE_URL ?? '';
const run = randomUUID();
let double: EventStoreDbDouble | undefined;
const opened: EventStore[] = [];
beforeAll(async () => {
  [database, double] = await Promise.all([testDatabase(), given === '' ? eventStoreDbDouble() : undefined]);
});
afterAll(async () => {
  for (const store of opened) await store.close();
  await double?.stop();
  await database.drop();
});

type Kind = 'postgres' | 'eventstore';
let made = 0;

async function openLog(kind: Kind): Promise<CopyTarget> {
  made += 1;
  if (kind === 'eventstore') {
    const url = double?.url ?? given;
    const store = new EventStoreDbEventStore({ url, typePrefix: '', streamPrefix: `${run}.log${made}.` });
    opened.push(store);
    return intoEventStoreDb(store);
  }
  const schema = `copy${made}_log`;
  await PostgresEventStore.migrate(database.pool, schema);
  const store = new PostgresEventStore({ pool: database.pool, schema });
  opened.push(store);
  return intoPostgres(database.pool, schema, store);
}

async function filled(kind: Kind, appends = 60): Promise<EventStore> {
  const { store } = await openLog(kind);
  const streams = Array.from({ length: 7 }, (_, n) => ({ name: `order-${n}`, revision: -1n }));
  for (let n = 0; n < appends; n += 1) {
    const stream = streams[n % 7] as (typeof streams)[number];
    const expected = stream.revision < 0n ? 'none' : stream.revision;
    stream.revision = (await store.append(stream.name, expected, newEvents(1 + (n % 3)))).revision;
  }
  return store;
}

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
const ignored = () => Promise.resolve();

describe.each([
  ['postgres', 'eventstore'],
  ['eventstore', 'postgres'],
] as const)('a copy of a log from %s to %s', (kind, target) => {
  it('has the same events in the same order, times included, and says where each one lies', async () => {
    const from = await filled(kind);
    const to = await openLog(target);
    const stretches: CopiedStretch[] = [];
    await copyLog({ from, to, copied: (stretch) => Promise.resolve(void stretches.push(stretch)) });
    const [originals, copies] = [await wholeLog(from), await wholeLog(to.store)];
    expect(copies.map(withoutPosition)).toEqual(originals.map(withoutPosition));
    expect(stretches).toEqual([
      { from: originals.map(({ position }) => position), to: copies.map(({ position }) => position) },
    ]);
    expect((await to.store.head()).logId).not.toBe((await from.head()).logId);
    const { events, hash } = await compareLogs({ from, to: to.store });
    expect([events, hash]).toEqual([BigInt(originals.length), expect.stringMatching(/^[0-9a-f]{64}$/)]);
    // What comes after the copy is recorded after it, at the revision that follows.
    const last = copies.filter(({ stream }) => stream === 'order-0').at(-1)?.revision ?? 0n;
    await to.store.append('order-0', last, newEvents(1));
    const times = (await wholeLog(to.store)).map(({ recordedAt }) => recordedAt);
    expect(times).toEqual([...times].sort());
  });

  it('goes on where it was stopped, before or after it told of a stretch, and writes nothing twice', async () => {
    const from = await filled(kind);
    const to = await openLog(target);
    const half: CopyTarget = {
      store: to.store,
      append: async (events) => {
        await to.append(events.slice(0, 47));
        throw new Error('killed');
      },
    };
    await expect(copyLog({ from, to: half, copied: ignored })).rejects.toThrow('killed');
    expect((await wholeLog(to.store)).length).toBeGreaterThan(0);
    const untold = copyLog({ from, to, copied: () => Promise.reject(new Error('killed')) });
    await expect(untold).rejects.toThrow('killed');
    let told: CopiedStretch | undefined;
    await copyLog({ from, to, copied: (stretch) => Promise.resolve(void (told = stretch)) });
    expect((await wholeLog(to.store)).map(withoutPosition)).toEqual((await wholeLog(from)).map(withoutPosition));
    const after = { from: told?.from.at(-1) ?? 0n, to: told?.to.at(-1) ?? 0n, events: BigInt(told?.to.length ?? 0) };
    await copyLog({ from, to, after, copied: () => Promise.reject(new Error('nothing is left')) });
    expect((await compareLogs({ from, to: to.store })).events).toBe(after.events);
  });

  it('refuses a log that is not its beginning, and one that has more', async () => {
    const from = await filled(kind, 5);
    const other = await openLog(target);
    await other.store.append('order-0', 'none', newEvents(1));
    await expect(copyLog({ from, to: other, copied: ignored })).rejects.toThrow(CopyDiffers);
    const longer = await openLog(target);
    await copyLog({ from, to: longer, copied: ignored });
    await longer.store.append('order-9', 'none', newEvents(1));
    await expect(copyLog({ from, to: longer, copied: ignored })).rejects.toThrow('the old log has no such event');
    await expect(compareLogs({ from, to: longer.store })).rejects.toThrow('the old log has no such event');
  });

  it('names the event whose bytes, time or metadata are another in the copy', async () => {
    const from = await filled(kind, 5);
    const edits: readonly Partial<StoredEvent>[] = [
      { data: Buffer.from([0, 255, 128, 11]) },
      { recordedAt: '2026-03-01T10:00:00.000001Z' },
      { type: 'orders.OrderPlaced.v2' },
    ];
    for (const edit of edits) {
      const to = await openLog(target);
      await to.append((await wholeLog(from)).map((event, n) => (n === 3 ? { ...event, ...edit } : event)));
      await expect(compareLogs({ from, to: to.store })).rejects.toThrow(/^event 3 of the copy/);
      await expect(copyLog({ from, to, copied: ignored })).rejects.toThrow(/^event 3 of the copy/);
    }
  });
});
