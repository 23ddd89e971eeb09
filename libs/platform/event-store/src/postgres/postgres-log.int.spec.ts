import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { randomUUID } from 'node:crypto';
import { StoreSchemaTooNew, StoreTimeout, StoreUnavailable, WrongExpectedRevision } from '../errors.ts';
import type { NewEvent, StoredEvent } from '../event-store.ts';
import { PostgresEventStore, type PostgresEventStoreOptions } from '../postgres-event-store.ts';
import { migrate } from './schema.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const metadata = {
  occurredAt: '2026-03-01T10:00:00.000Z',
  actor: 'a-1',
  origin: 'person' as const,
  commandId: 'c-1',
  requestHash: 'h',
  correlationId: 'r-1',
};
const newEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, n) => ({
    id: randomUUID(),
    type: 'orders.OrderPlaced.v1',
    data: Buffer.from(JSON.stringify({ n })),
    metadata,
  }));

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

let logs = 0;
async function withLog(
  test: (store: PostgresEventStore, schema: string, open: () => PostgresEventStore) => Promise<void>,
  partitionSize?: bigint,
  limits: PostgresEventStoreOptions['limits'] = {},
): Promise<void> {
  logs += 1;
  const schema = `log_${logs}`;
  await migrate(database.pool, schema, partitionSize === undefined ? {} : { partitionSize });
  const stores: PostgresEventStore[] = [];
  const open = (): PostgresEventStore => {
    const store = new PostgresEventStore({ pool: database.pool, schema, limits });
    stores.push(store);
    return store;
  };
  try {
    await test(open(), schema, open);
  } finally {
    for (const store of stores) await store.close();
  }
}

describe('the PostgreSQL log', () => {
  it('gives dense positions from 1 on, whatever is refused between', () =>
    withLog(async (store) => {
      await store.append('order-1', 'none', newEvents(2));
      for (let n = 0; n < 5; n += 1) await expect(store.append('order-1', 'none', newEvents(1))).rejects.toThrow();
      await store.append('order-2', 'none', newEvents(3));
      const { events } = await store.readAll({ after: 0n, limit: 100 });
      expect(events.map(({ position }) => position)).toEqual([1n, 2n, 3n, 4n, 5n]);
    }));

  it('fault row 8: leaves no gap and hides nothing when a transaction around an append is rolled back', () =>
    withLog(async (store, schema) => {
      await store.append('order-1', 'none', newEvents(1));
      const other = await database.pool.connect();
      await other.query('BEGIN');
      await other.query(
        `SELECT ${schema}.append(ARRAY['order-9'], ARRAY[-1]::bigint[], ARRAY[0], ARRAY[1], ARRAY['a.B.v1'], ARRAY[1],
           ARRAY[gen_random_uuid()], ARRAY[1], ARRAY['{}'::bytea], ARRAY['{}'::bytea])`,
      );
      const waiting = store.append('order-2', 'none', newEvents(1));
      const blocked = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
      await eventually('the append waits for the open transaction', async () => {
        return (await database.pool.query(blocked)).rowCount === 1;
      });
      expect((await store.readAll({ after: 0n, limit: 10 })).events).toHaveLength(1);
      await other.query('ROLLBACK');
      other.release();
      expect((await waiting).position).toBe(2n);
      const { events } = await store.readAll({ after: 0n, limit: 10 });
      expect(events.map(({ stream, type }) => [stream, type])).toEqual([
        ['order-1', 'orders.OrderPlaced.v1'],
        ['order-2', 'orders.OrderPlaced.v1'],
      ]);
    }));

  it('refuses to append in a transaction whose snapshot is older than the lock', () =>
    withLog(async (_, schema) => {
      const other = await database.pool.connect();
      await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      const append = other.query(`SELECT ${schema}.append('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')`);
      await expect(append).rejects.toThrow('READ COMMITTED');
      await other.query('ROLLBACK');
      other.release();
    }));

  it('fault row 18: stamps rising times when the clock falls behind the log', () =>
    withLog(async (store, schema) => {
      await store.append('order-1', 'none', newEvents(1));
      await database.pool.query(`UPDATE ${schema}.log SET recorded_at = '2126-01-01T00:00:00.000001Z'`);
      await store.append('order-1', 0n, newEvents(2));
      await store.append('order-1', 2n, newEvents(1));
      const { events } = await store.readAll({ after: 1n, limit: 100 });
      expect(events.map(({ recordedAt }) => recordedAt)).toEqual([
        '2126-01-01T00:00:00.000002Z',
        '2126-01-01T00:00:00.000002Z',
        '2126-01-01T00:00:00.000003Z',
      ]);
    }));

  it('goes on over the ends of partitions, and finds streams that lie in several', () =>
    withLog(async (store) => {
      const given = newEvents(95);
      for (let at = 0; at < given.length; at += 5) {
        await store.append('order-1', at === 0 ? 'none' : BigInt(at - 1), given.slice(at, at + 5));
        await store.append(`order-x${at}`, 'none', newEvents(2));
      }
      const stats = await store.stats();
      expect({ events: stats.events, streams: stats.streams, partitions: stats.partitions }).toEqual({
        events: 133n,
        streams: 20n,
        partitions: 14,
      });
      const ids = (events: readonly StoredEvent[]): string[] => events.map(({ id }) => id);
      const wanted = given.map(({ id }) => id);
      expect(ids(await all(store.readStream('order-1')))).toEqual(wanted);
      expect(ids(await all(store.readStream('order-1', { from: 40n, limit: 20 })))).toEqual(wanted.slice(40, 60));
      expect(ids(await all(store.readStream('order-1', { direction: 'backwards', from: 40n, limit: 20 })))).toEqual(
        wanted.slice(21, 41).reverse(),
      );
      expect((await store.append('order-1', 39n, given.slice(40, 45))).repeated).toBe(true);
      expect((await store.append('order-1', 'any', given.slice(20, 25))).repeated).toBe(true);
      expect((await store.readAll({ after: 0n, limit: 500 })).events).toHaveLength(133);
    }, 10n));

  it('makes its partitions ahead for an append larger than a partition', () =>
    withLog(async (store) => {
      expect((await store.append('order-1', 'none', newEvents(100))).position).toBe(100n);
      expect(await all(store.readStream('order-1'))).toHaveLength(100);
    }, 8n));

  it('is made once by many processes at once, and refuses one of a newer version', async () => {
    await Promise.all(Array.from({ length: 6 }, () => PostgresEventStore.migrate(database.pool, 'shared_log')));
    const { rows } = await database.pool.query('SELECT log_id FROM shared_log.log');
    expect(rows).toHaveLength(1);
    await PostgresEventStore.migrate(database.pool, 'shared_log');
    expect((await database.pool.query('SELECT log_id FROM shared_log.log')).rows).toEqual(rows);
    await database.pool.query('UPDATE shared_log.log SET schema_version = 3');
    await expect(PostgresEventStore.migrate(database.pool, 'shared_log')).rejects.toEqual(
      new StoreSchemaTooNew('shared_log', 3, 2),
    );
  });

  it('brings a log of version 1 to its own: the same streams, found by the hash of their names', () =>
    withLog(async (store, schema) => {
      await store.append('order-1', 'none', newEvents(2));
      await database.pool.query(`DROP INDEX ${schema}.streams_name; UPDATE ${schema}.log SET schema_version = 1;
        ALTER TABLE ${schema}.streams ADD CONSTRAINT streams_name_key UNIQUE (name)`);
      await PostgresEventStore.migrate(database.pool, schema);
      const { rows } = await database.pool.query(
        `SELECT indexname, indexdef ~ 'USING hash' AS hash FROM pg_indexes
          WHERE schemaname = $1 AND tablename = 'streams' ORDER BY 1`,
        [schema],
      );
      expect(rows).toEqual([
        { indexname: 'streams_name', hash: true },
        { indexname: 'streams_pkey', hash: false },
      ]);
      expect((await store.append('order-1', 1n, newEvents(1))).revision).toBe(2n);
      await expect(store.append('order-1', 'none', newEvents(1))).rejects.toThrow(WrongExpectedRevision);
    }));

  it('refuses schema names that would need quoting', async () => {
    for (const schema of ['', 'Orders', 'a-b', 'a"b', 'x'.repeat(50)]) {
      await expect(PostgresEventStore.migrate(database.pool, schema)).rejects.toThrow('not a schema name');
      expect(() => new PostgresEventStore({ pool: database.pool, schema })).toThrow('not a schema name');
    }
  });

  it('finds what no notification told of', () =>
    withLog(
      async (store, schema, open) => {
        const stop = new AbortController();
        const batches = store.subscribe({ after: 0n, signal: stop.signal })[Symbol.asyncIterator]();
        await batches.next();
        // From here on append() tells nobody: its pg_notify is another one.
        await database.pool.query(`CREATE FUNCTION ${schema}.pg_notify(text, text) RETURNS void LANGUAGE sql AS '';
          ALTER FUNCTION ${schema}.append SET search_path = ${schema}, pg_catalog`);
        const next = batches.next();
        await open().append('order-1', 'none', newEvents(1));
        expect((await next).value).toMatchObject({ position: 1n, caughtUp: true });
        stop.abort();
      },
      undefined,
      { pollIntervalMs: 50 },
    ));

  it('refuses appends at once when too many are waiting, and those it took are written', () =>
    withLog(
      async (store) => {
        const settled = await Promise.allSettled(
          Array.from({ length: 30 }, (_, n) => store.append(`order-${n}`, 'none', newEvents(1))),
        );
        expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
        expect(
          settled.slice(20).map((one) => one.status === 'rejected' && one.reason instanceof StoreUnavailable),
        ).toEqual(Array.from({ length: 10 }, () => true));
        expect((await store.head()).position).toBe(20n);
      },
      undefined,
      { maxWaitingAppends: 20, maxBatchAppends: 3 },
    ));

  it('fault row 2: hundreds of streams over two connections that die eight times: each append once, in the order of its stream', () =>
    withLog(async (store, schema) => {
      const streams = Array.from({ length: 200 }, (_, n) => `order-${n}`);
      const given = new Map(streams.map((stream) => [stream, newEvents(5)]));
      let writing = true;
      const killed: number[] = [];
      const killing = (async () => {
        while (writing && killed.length < 8) {
          const { rows } = await database.pool.query<{ pid: number }>(
            `SELECT pid FROM pg_stat_activity, pg_sleep(0.03) WHERE application_name = 'kontor append'
                AND query LIKE '%' || $1 || '.append%' AND state = 'active' AND pg_terminate_backend(pid) LIMIT 1`,
            [schema],
          );
          killed.push(...rows.map(({ pid }) => pid));
        }
      })();
      const receipts = await Promise.all(
        [...given].map(async ([stream, events]) => {
          const first = await store.append(stream, 'none', events.slice(0, 2));
          const second = await store.append(stream, first.revision, events.slice(2, 4));
          return [first, second, await store.append(stream, second.revision, events.slice(4))];
        }),
      );
      writing = false;
      await killing;
      expect(killed.length).toBeGreaterThan(0);
      const log = (await store.readAll({ after: 0n, limit: 1_000 })).events;
      expect(log.map(({ position }) => position)).toEqual(log.map((_, n) => BigInt(n + 1)));
      expect(log).toHaveLength(1_000);
      for (const [n, [stream, events]] of [...given].entries()) {
        const stored = await all(store.readStream(stream));
        expect(stored.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
        expect(receipts[n]?.map(({ position }) => position)).toEqual(
          [1, 3, 4].map((revision) => stored[revision]?.position),
        );
      }
    }));

  it('is told by the server when an append waits too long behind another transaction', () =>
    withLog(
      async (store, schema) => {
        await store.append('order-1', 'none', newEvents(1));
        const other = await database.pool.connect();
        await other.query('BEGIN');
        await other.query(`LOCK TABLE ${schema}.log IN ACCESS EXCLUSIVE MODE`);
        await expect(store.append('order-1', 0n, newEvents(1))).rejects.toThrow(StoreTimeout);
        await other.query('ROLLBACK');
        other.release();
        expect((await store.append('order-1', 0n, newEvents(1))).revision).toBe(1n);
      },
      undefined,
      { appendStatementTimeoutMs: 200 },
    ));

  it('does not need the pool to append: every connection of it may be taken', () =>
    withLog(async (store) => {
      const taken = await Promise.all(Array.from({ length: 20 }, () => database.pool.connect()));
      expect((await store.append('order-1', 'none', newEvents(1))).position).toBe(1n);
      for (const client of taken) client.release();
    }));

  it('gives every one of many subscriptions the whole of what it wants, fast or slow, from the shared end of the log', () =>
    withLog(
      async (store, _, open) => {
        const other = open();
        const stop = new AbortController();
        const given = { orders: 120, quotes: 120 };
        const followers = Array.from({ length: 15 }, async (_unused, n) => {
          const prefix = n % 3 === 0 ? 'quote-' : 'order-';
          const wanted = n % 3 === 0 ? given.quotes : given.orders;
          const seen: StoredEvent[] = [];
          const options = { after: 0n, batchSize: 1 + n, signal: stop.signal, filter: { streamPrefixes: [prefix] } };
          for await (const { events } of store.subscribe(options)) {
            seen.push(...events);
            if (seen.length >= wanted) break;
            // A slow one falls behind what is held in memory and has to find its way back.
            if (n % 5 === 0) await store.head();
          }
          return { prefix, seen };
        });
        for (let n = 0; n < 60; n += 1) {
          const [a, b] = n % 2 === 0 ? [store, other] : [other, store];
          await Promise.all([
            a.append(`order-${n}`, 'none', newEvents(2)),
            b.append(`quote-${n}`, 'none', newEvents(2)),
          ]);
        }
        const { events: log } = await store.readAll({ after: 0n, limit: 1_000 });
        for (const { prefix, seen } of await Promise.all(followers)) {
          expect(seen).toEqual(log.filter(({ stream }) => stream.startsWith(prefix)));
        }
        stop.abort();
      },
      undefined,
      { maxTailEvents: 12, minReadIntervalMs: 1 },
    ));
});
