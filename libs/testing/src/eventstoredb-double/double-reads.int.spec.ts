import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EventStoreDBClient,
  type AllStreamSubscription,
  type BinaryEventData,
  type Filter,
  type Position,
  type SubscribeToAllOptions,
} from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { eventually } from '../probe.ts';
import { eventStoreDbDouble, type EventStoreDbDouble } from './double.ts';
import { failure } from './wire.ts';

/** The numbers are those of docs/eventstoredb.md: the real client against the double. */
let double: EventStoreDbDouble;
let client: EventStoreDBClient;
beforeAll(async () => {
  double = await eventStoreDbDouble();
  client = EventStoreDBClient.connectionString(double.url);
});
afterAll(async () => {
  await client.dispose();
  await double.stop();
});

const newStream = (): string => `thing-${randomUUID()}`;
const events = (count: number, type = 'tests.Happened.v1'): BinaryEventData[] =>
  Array.from({ length: count }, () => ({
    id: randomUUID(),
    type,
    contentType: 'application/octet-stream',
    data: new Uint8Array([0, 255, 128]),
    metadata: new Uint8Array([1, 0, 2]),
  }));
const failed = (work: Promise<unknown>): Promise<Record<string, unknown>> =>
  work.then(
    () => ({ type: 'none' }),
    (error: unknown) => error as Record<string, unknown>,
  );
const typeOf = (error: unknown): string => String((error as { type?: string }).type);
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('reads of the double', () => {
  it('29, 30: streams both ways, from anywhere', async () => {
    const stream = newStream();
    await client.appendToStream(stream, events(5));
    const revisions = async (options: Parameters<EventStoreDBClient['readStream']>[1]): Promise<bigint[]> =>
      (await all(client.readStream(stream, options))).map(({ event }) => event?.revision ?? -1n);
    expect(await revisions({})).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(await revisions({ fromRevision: 3n })).toEqual([3n, 4n]);
    expect(await revisions({ fromRevision: 9n })).toEqual([]);
    expect(await revisions({ direction: 'backwards', fromRevision: 'end', maxCount: 2 })).toEqual([4n, 3n]);
    expect(await revisions({ direction: 'backwards', fromRevision: 9n })).toEqual([4n, 3n, 2n, 1n, 0n]);
    expect(await failed(revisions({ fromRevision: 'end' }))).toMatchObject({ type: 'unknown' });
    expect(await failed(all(client.readStream(newStream())))).toMatchObject({ type: 'stream-not-found' });
  });

  it('31-33: $all inclusive forwards, exclusive backwards, with gaps, and never empty', async () => {
    const stream = newStream();
    await client.appendToStream(stream, events(3));
    const read = await all(client.readAll());
    const positions = read.map(({ event }) => event?.position.commit ?? 0n);
    expect(positions.every((position, n) => position > (n === 0 ? 0n : (positions[n - 1] ?? 0n)))).toBe(true);
    expect(read[0]?.event?.type.startsWith('$')).toBe(true);
    const last = read.at(-2)?.event?.position ?? { commit: 0n, prepare: 0n };
    const fromLast = await all(client.readAll({ fromPosition: last }));
    expect(fromLast.map(({ event }) => event?.revision)).toEqual([1n, 2n]);
    const before = await all(client.readAll({ fromPosition: last, direction: 'backwards', maxCount: 1 }));
    expect(before.map(({ event }) => event?.revision)).toEqual([0n]);
    const [first] = await all(client.readStream(stream, { maxCount: 1 }));
    expect(first?.commitPosition).toBe(first?.event?.position?.commit);
    const nowhere = { commit: last.commit + 1n, prepare: last.commit + 1n };
    expect(await failed(all(client.readAll({ fromPosition: nowhere })))).toMatchObject({ type: 'unknown' });
    const beyond = { commit: double.log.end + 1_000n, prepare: double.log.end + 1_000n };
    expect(await all(client.readAll({ fromPosition: beyond }))).toEqual([]);
  });

  it('35: bytes, metadata, ids and the server time', async () => {
    const stream = newStream();
    const [given] = events(1);
    if (given === undefined) throw new Error('one event was made');
    await client.appendToStream(stream, [{ ...given, id: given.id?.toUpperCase() ?? '' }]);
    const [read] = await all(client.readStream(stream));
    expect(read?.event).toMatchObject({ id: given.id, isJson: false });
    expect([...(read?.event?.data as Uint8Array)]).toEqual([0, 255, 128]);
    expect([...(read?.event?.metadata as Uint8Array)]).toEqual([1, 0, 2]);
    expect(Math.abs((read?.event?.created.getTime() ?? 0) - Date.now())).toBeLessThan(1_000);
  });
});

interface Heard {
  readonly subscription: AllStreamSubscription;
  readonly types: string[];
  readonly positions: bigint[];
  readonly checkpoints: Position[];
  readonly signals: string[];
}

function listen(options: SubscribeToAllOptions, on: EventStoreDBClient = client): Heard {
  const heard = {
    types: [] as string[],
    positions: [] as bigint[],
    checkpoints: [] as Position[],
    signals: [] as string[],
  };
  const { filter } = options;
  const noted = filter && {
    ...filter,
    checkpointReached: (_: unknown, position: Position): Promise<void> => {
      heard.checkpoints.push(position);
      return Promise.resolve();
    },
  };
  const subscription = on.subscribeToAll({ ...options, ...(noted && { filter: noted }) });
  subscription.on('confirmation', () => heard.signals.push('confirmation'));
  subscription.on('caughtUp', () => heard.signals.push('caughtUp'));
  subscription.on('end', () => heard.signals.push('end'));
  subscription.on('error', (error: unknown) => heard.signals.push(`error ${typeOf(error)}`));
  subscription.on('data', ({ event }) => {
    heard.types.push(event?.type ?? '');
    heard.positions.push(event?.position.commit ?? 0n);
  });
  return { ...heard, subscription };
}

const caughtUp = (heard: Heard, times = 1): Promise<boolean> =>
  eventually('the subscription has caught up', () => heard.signals.filter((one) => one === 'caughtUp').length >= times);

describe('subscriptions of the double', () => {
  it('36, 37: confirmation, what lies strictly behind the start, caught up, then live', async () => {
    const stream = newStream();
    await client.appendToStream(stream, events(3));
    const seen: bigint[] = [];
    const signals: string[] = [];
    const subscription = client.subscribeToStream(stream, { fromRevision: 0n });
    subscription.on('confirmation', () => signals.push('confirmation'));
    subscription.on('caughtUp', () => signals.push('caughtUp'));
    subscription.on('data', ({ event }) => seen.push(event?.revision ?? -1n));
    await eventually('caught up', () => signals.includes('caughtUp'));
    expect([signals, seen]).toEqual([
      ['confirmation', 'caughtUp'],
      [1n, 2n],
    ]);
    await client.appendToStream(stream, events(1));
    await eventually('the live event', () => seen.length === 3);
    await subscription.unsubscribe();
    const fromEnd = listen({ fromPosition: 'end' });
    await caughtUp(fromEnd);
    expect([fromEnd.signals, fromEnd.types]).toEqual([['confirmation', 'caughtUp'], []]);
    await fromEnd.subscription.unsubscribe();
    // A stream that is not there is waited for.
    const missing = newStream();
    const heard: string[] = [];
    const waiting = client.subscribeToStream(missing);
    for (const signal of ['confirmation', 'caughtUp'] as const) waiting.on(signal, () => heard.push(signal));
    waiting.on('data', ({ event }) => heard.push(`${event?.revision}`));
    waiting.on('error', (error: unknown) => heard.push(typeOf(error)));
    await eventually('caught up', () => heard.includes('caughtUp'));
    await client.appendToStream(missing, events(1));
    await eventually('its first event', () => heard.length === 3);
    expect(heard).toEqual(['confirmation', 'caughtUp', '0']);
    await waiting.unsubscribe();
  });

  it('38: a tombstone is the last event of a live subscription', async () => {
    const stream = newStream();
    await client.appendToStream(stream, events(1));
    const heard: string[] = [];
    const subscription = client.subscribeToStream(stream);
    subscription.on('data', ({ event }) => heard.push(`${event?.type} ${event?.revision}`));
    subscription.on('error', (error: unknown) => heard.push(typeOf(error)));
    await eventually('the first event', () => heard.length === 1);
    await client.tombstoneStream(stream);
    await eventually('the end', () => heard.length === 3);
    expect(heard.slice(1)).toEqual(['$streamDeleted 9223372036854775807', 'stream-deleted']);
  });

  it('39: a slow reader gets every event once and in order, and is told more than once that it caught up', async () => {
    const heard = listen({ fromPosition: 'end' });
    await caughtUp(heard);
    heard.subscription.pause();
    const stream = newStream();
    for (let n = 0; n < 20; n += 1) await client.appendToStream(stream, events(50));
    heard.subscription.resume();
    await eventually('all events', () => heard.types.length === 1_000);
    await caughtUp(heard, 2);
    expect(heard.positions).toEqual([...heard.positions].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(heard.positions).size).toBe(1_000);
    await heard.subscription.unsubscribe();
  });

  it('40: checkpoints while catching up rise, and resuming from each loses nothing', async () => {
    const own = await eventStoreDbDouble();
    const caller = EventStoreDBClient.connectionString(own.url);
    for (let n = 0; n < 3; n += 1) {
      await caller.appendToStream(newStream(), events(100, 'others.Happened.v1'));
      await caller.appendToStream(newStream(), events(1));
    }
    const filter: Filter = { filterOn: 'eventType', prefixes: ['tests.'], checkpointInterval: 1, maxSearchWindow: 32 };
    const heard = listen({ filter }, caller);
    await caughtUp(heard);
    expect(heard.types).toHaveLength(3);
    expect(heard.checkpoints.length).toBeGreaterThan(3);
    expect(heard.checkpoints.some(({ commit, prepare }) => commit !== prepare)).toBe(true);
    for (const [n, { commit }] of heard.checkpoints.entries()) {
      expect(commit > (heard.checkpoints[n - 1]?.commit ?? -1n)).toBe(true);
    }
    for (const fromPosition of heard.checkpoints.slice(0, 5)) {
      const resumed = listen({ filter, fromPosition }, caller);
      await caughtUp(resumed);
      expect(resumed.positions).toEqual(heard.positions.filter((position) => position > fromPosition.commit));
    }
    await caller.dispose();
    await own.stop();
  });

  it('41: live, a checkpoint after every 32nd event of any kind', async () => {
    const filter: Filter = { filterOn: 'eventType', prefixes: ['wanted.'], checkpointInterval: 1 };
    const heard = listen({ filter, fromPosition: 'end' });
    await caughtUp(heard);
    expect(heard.checkpoints).toEqual([]);
    const stream = newStream();
    for (let n = 0; n < 64; n += 1)
      await client.appendToStream(stream, events(1, n === 31 ? 'wanted.Came.v1' : 'tests.Came.v1'));
    await eventually('two checkpoints', () => heard.checkpoints.length === 2);
    expect(heard.checkpoints[0]?.commit).toBe(heard.positions[0]);
    await heard.subscription.unsubscribe();
  });

  it('42: a position of nothing is refused, one in the future waits', async () => {
    const read = await all(client.readAll({ maxCount: 1 }));
    const at = (read[0]?.event?.position.commit ?? 0n) + 1n;
    const wrong = listen({ fromPosition: { commit: at, prepare: at } });
    await eventually('an error', () => wrong.signals.length > 0);
    expect(wrong.signals).toEqual(['error unknown']);
    const future = double.log.end + 10_000n;
    const waiting = listen({ fromPosition: { commit: future, prepare: future } });
    await caughtUp(waiting);
    expect(waiting.types).toEqual([]);
    await waiting.subscription.unsubscribe();
  });

  it('46, 47: how subscriptions end', async () => {
    const ends: [ReturnType<typeof failure> | undefined, string][] = [
      [failure(status.UNAVAILABLE, 'as ordered'), 'error unavailable'],
      [failure(status.CANCELLED, 'Call cancelled'), 'error cancelled'],
      [failure(status.UNKNOWN, 'as ordered'), 'error unknown'],
      [failure(status.INTERNAL, 'as ordered'), 'error unknown'],
      [failure(status.ABORTED, 'as ordered'), 'error timeout'],
      [failure(status.PERMISSION_DENIED, 'as ordered', { exception: 'access-denied' }), 'error access-denied'],
      [undefined, 'end'],
    ];
    for (const [ended, signal] of ends) {
      const caller = EventStoreDBClient.connectionString(double.url);
      const heard = listen({ fromPosition: 'end' }, caller);
      await caughtUp(heard);
      double.endSubscriptions(ended);
      await eventually(signal, () => heard.signals.includes(signal));
      await caller.dispose();
    }
  });
});
