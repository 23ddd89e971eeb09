import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type NewEvent, StoreUnavailable } from '@kontor/event-store';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { eventStores } from '../composition/event-stores.ts';
import { BELIEVED_FOR_MS, WritersLease } from './writers-lease.ts';

const DEADLINE_MS = 60_000;
// Leases are lost and taken again, on a machine that other tests share.
jest.setTimeout(120_000);

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const take = (mode: 'shared' | 'exclusive') => WritersLease.take({ pool: database.pool, mode });
/** Ends the connections that hold the lease, as a restart of the server or a firewall does. */
const breakLeases = () =>
  database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'kontor writer' and datname = current_database()`,
  );
const event = (): NewEvent => ({
  id: randomUUID(),
  type: 'orders.OrderPlaced.v1',
  data: Buffer.from('{}'),
  metadata: {
    ...{ occurredAt: '2026-03-01T10:00:00.000Z', actor: 'a', origin: 'person', commandId: 'c' },
    ...{ requestHash: '', correlationId: 'c' },
  },
});

describe("the writers' lease", () => {
  it('is shared by all who write, and exclusive for who moves the logs', async () => {
    const [one, other] = [await take('shared'), await take('shared')];
    expect([one, other]).not.toContain(null);
    expect(await take('exclusive')).toBeNull();
    await one?.release();
    expect(await take('exclusive')).toBeNull();
    await other?.release();
    const exclusive = await take('exclusive');
    expect(exclusive).not.toBeNull();
    expect([await take('shared'), await take('exclusive')]).toEqual([null, null]);
    await exclusive?.release();
    const again = await take('shared');
    expect(again).not.toBeNull();
    await again?.release();
  });

  it('whoever moves the logs is told when the connection that holds it breaks', async () => {
    const lease = await take('exclusive');
    await breakLeases();
    await eventually('it is lost', () => lease?.lost.signal.aborted === true, DEADLINE_MS);
    expect(await lease?.refusal(0)).toContain('being moved to another store');
    await lease?.release();
  });

  it('a writer takes it anew; while somebody moves the logs nothing is appended', async () => {
    const store = await eventStores(database.pool, undefined).open('orders');
    await store.append('order-1', 'none', [event()]);
    await breakLeases();
    await store.append('order-1', 0n, [event()]);
    const mover = await eventually(
      'the lease is free for a moment',
      async () => {
        await breakLeases();
        return take('exclusive');
      },
      DEADLINE_MS,
    );
    await expect(store.append('order-1', 1n, [event()])).rejects.toThrow(StoreUnavailable);
    await mover?.release();
    await eventually(
      'it is taken again',
      async () => {
        try {
          return await store.append('order-1', 1n, [event()]);
        } catch (error) {
          if (error instanceof StoreUnavailable) return false;
          throw error;
        }
      },
      DEADLINE_MS,
    );
    await store.close();
    const exclusive = await take('exclusive');
    expect(exclusive).not.toBeNull();
    await exclusive?.release();
  });

  it('a writer that stood still for longer than anyone may believe asks again before it writes', async () => {
    const lease = await take('shared');
    const now = performance.now.bind(performance);
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + BELIEVED_FOR_MS);
    try {
      expect(await lease?.refusal(0)).toContain('being moved to another store');
      expect(await lease?.refusal(DEADLINE_MS)).toBeNull();
    } finally {
      clock.mockRestore();
    }
    await lease?.release();
  });

  it('a writer that could not ask whether it still counts leaves no lease behind', async () => {
    const asked: string[] = [];
    const lease = await WritersLease.take({
      pool: database.pool,
      mode: 'shared',
      stillValid: () => {
        asked.push('asked');
        return asked.length < 3 ? Promise.reject(new Error('the database is away')) : Promise.resolve(null);
      },
    });
    await breakLeases();
    await eventually(
      'it is taken again',
      async () => asked.length >= 3 && (await lease?.refusal(0)) === null,
      DEADLINE_MS,
    );
    await lease?.release();
    const exclusive = await eventually('nobody holds it', () => take('exclusive'), DEADLINE_MS);
    await exclusive?.release();
  });

  it('a writer that comes back after the logs were moved writes nothing any more, and says where they are', async () => {
    const store = await eventStores(database.pool, undefined).open('orders');
    await database.pool.query(`update kontor_store.logs set store = 'eventstore'`);
    await breakLeases();
    await eventually(
      'the move is noticed',
      async () => {
        const refused = await store.append('order-9', 'none', [event()]).catch((error: unknown) => error);
        return refused instanceof StoreUnavailable && String(refused.cause).includes('lies in EventStoreDB since');
      },
      DEADLINE_MS,
    );
    await store.close();
    await expect(eventStores(database.pool, undefined).open('orders')).rejects.toThrow('lies in EventStoreDB since');
  });

  it('nor does one whose log was moved there and back into another one', async () => {
    await database.pool.query(`update kontor_store.logs set store = 'postgres'`);
    const store = await eventStores(database.pool, undefined).open('orders');
    await database.pool.query(`update kontor_store.logs set log_id = gen_random_uuid()`);
    await breakLeases();
    await eventually(
      'the move is noticed',
      async () => {
        const refused = await store.append('order-10', 'none', [event()]).catch((error: unknown) => error);
        return refused instanceof StoreUnavailable && String(refused.cause).includes('this installation writes to');
      },
      DEADLINE_MS,
    );
    await store.close();
    await expect(eventStores(database.pool, undefined).open('orders')).rejects.toThrow('this installation writes to');
  });
});
