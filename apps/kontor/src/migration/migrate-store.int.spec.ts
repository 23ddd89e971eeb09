import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { EventStore, NewEvent, StoredEvent } from '@kontor/event-store';
import { Checkpoints } from '@kontor/feed';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { type EventStoreDbDouble, eventStoreDbDouble } from '@kontor/testing/eventstoredb-in-process';
import { eventStores } from '../composition/event-stores.ts';
import { translated } from './log-moves.ts';
import { type Migrated, migrateStore, type MigrationOptions } from './migrate-store.ts';
import { installedLog } from './store-registry.ts';

// Several migrations one after the other, on a machine that other tests share.
jest.setTimeout(120_000);

let double: EventStoreDbDouble;
let database: TestDatabase;
let prefix: string;
beforeAll(async () => {
  double = await eventStoreDbDouble();
});
afterAll(() => double.stop());
beforeEach(async () => {
  database = await testDatabase();
  prefix = `p${randomUUID().slice(0, 8)}.`;
});
afterEach(() => database.drop());

const SERVICES = ['orders', 'receivables'];
const server = () => ({ url: double.url, prefix });
const move = (from: 'postgres' | 'eventstore', more: Partial<MigrationOptions> = {}): Promise<Migrated> =>
  migrateStore({
    ...{ databaseUrl: database.url, server: server(), from, to: from === 'postgres' ? 'eventstore' : 'postgres' },
    // Nobody has lost contact here, but for the tests that say so.
    ...{ services: SERVICES, projections: [], dryRun: false, progress: () => undefined, graceMs: 0, ...more },
  });

function event(): NewEvent {
  const id = randomUUID();
  return {
    ...{ id, type: 'orders.OrderPlaced.v1', data: Buffer.from(JSON.stringify({ id })) },
    metadata: {
      ...{ occurredAt: '2026-03-01T10:00:00.000Z', actor: 'a', origin: 'person', commandId: id },
      ...{ requestHash: '', correlationId: id },
    },
  };
}

/** Twenty events of three streams, each service's own. */
async function fill(): Promise<void> {
  const stores = eventStores(database.pool, undefined);
  const opened = await Promise.all(SERVICES.map((service) => stores.open(service)));
  for (const store of opened)
    for (let n = 0; n < 20; n += 1)
      await store.append(`order-${n % 3}`, n < 3 ? 'none' : BigInt(Math.floor(n / 3) - 1), [event()]);
  for (const store of opened) await store.close();
}

async function events(service: string, kind: 'postgres' | 'eventstore'): Promise<readonly StoredEvent[]> {
  const store: EventStore = await eventStores(database.pool, kind === 'postgres' ? undefined : server()).open(service);
  const page = await store.readAll({ after: 0n, limit: 1_000 });
  await store.close();
  return page.events;
}

const texts = (list: readonly StoredEvent[]) => list.map(({ position }) => position.toString());

describe('kontor migrate-store', () => {
  it('translates whatever speaks of a position, and forgets nothing that it does not know', async () => {
    await fill();
    const { pool } = database;
    const log = (await installedLog(pool, 'orders'))?.logId ?? '';
    await pool.query(`create schema notes_v1; ${Checkpoints.ddl('notes_v1')}
      insert into notes_v1.checkpoints (consumer, service, partition, log_id, position) values
        ('notes', 'orders', 0, '${log}', 7), ('notes', 'orders', 1, '${log}', 20), ('notes', 'orders', 2, null, 0),
        ('notes', 'orders', 3, '${randomUUID()}', 9), ('notes', 'warranty', 0, '${log}', 5);
      create table notes_v1.parked_streams (service text, stream text, since_position bigint, event_id uuid, error text);
      insert into notes_v1.parked_streams values ('orders', 'order-1', 5, gen_random_uuid(), 'poison');
      create table notes_v1.dead_letters (service text, position bigint, contract json, primary key (service, position));
      insert into notes_v1.dead_letters select 'orders', n,
        json_build_object('data', '{"b":1,"a":2.50}'::json, 'position', n::text, 'previousposition', '1', 'logid', '${log}')
        from generate_series(5, 6) n;
      create schema orders_relay; create table orders_relay.relay (topic text, partition smallint, log_id uuid,
        position bigint, previous bigint, recorded_at text);
      insert into orders_relay.relay values ('kontor.orders', 0, '${log}', 18, 17, null), ('kontor.orders', 1, '${log}', 18, 0, null);
      create schema kontor_consumers; create table kontor_consumers.consumers (consumer text, service text, handled bigint);
      insert into kontor_consumers.consumers values ('bi', 'orders', 12), ('bi', 'insights', 12);
      create schema kontor_feed; create table kontor_feed.topic_replays (log_id uuid, state text, error text, ended_at timestamptz);
      insert into kontor_feed.topic_replays values ('${log}', 'running', null, null), ('${log}', 'done', null, now())`);
    const olds = await events('orders', 'postgres');
    const report = await move('postgres');
    const news = await events('orders', 'eventstore');
    expect(news.map(({ id }) => id)).toEqual(olds.map(({ id }) => id));
    expect(report.switched).toEqual({ checkpoints: 2, relays: 2, readers: 1, parked: 2, rows: 0 });

    const now = (old: number) => (old === 0 ? '0' : (texts(news)[old - 1] ?? ''));
    const newLog = (await installedLog(pool, 'orders'))?.logId;
    const { rows: checkpoints } = await pool.query(
      `select service, position::text, log_id as log from notes_v1.checkpoints order by service, partition`,
    );
    expect(checkpoints).toMatchObject([
      { service: 'orders', position: now(7), log: newLog },
      { service: 'orders', position: now(20), log: newLog },
      { service: 'orders', position: '0', log: null },
      { service: 'orders', position: '9' },
      { service: 'warranty', position: '5', log },
    ]);
    const { rows: letters } = await pool.query<{ position: string; contract: string }>(
      `select position::text, contract::text from notes_v1.dead_letters order by position`,
    );
    expect(letters.map(({ position }) => position)).toEqual([now(5), now(6)]);
    expect(letters[0]?.contract).toBe(
      `{"data":{"b":1,"a":2.5},"position":"${now(5)}","previousposition":"0","logid":"${newLog}"}`,
    );
    const { rows: others } = await pool.query(
      `select (select since_position::text from notes_v1.parked_streams) as parked,
              (select array_agg(position || ' ' || previous order by partition) from orders_relay.relay) as relay,
              (select array_agg(handled::text order by service) from kontor_consumers.consumers) as handled,
              (select array_agg(state order by ended_at, error) from kontor_feed.topic_replays) as replays`,
    );
    expect(others).toEqual([
      {
        parked: now(5),
        relay: [`${now(18)} ${now(17)}`, `${now(18)} 0`],
        handled: ['12', now(12)],
        replays: ['done', 'failed'],
      },
    ]);
    for (const position of [0n, 1n, 13n, 20n])
      expect(await translated(pool, 'orders', { logId: log, position }, newLog ?? '')).toBe(
        BigInt(now(Number(position))),
      );
  });

  it('there and back and there again: a reader of any of the logs is told where it stands', async () => {
    await fill();
    const logs: { logId: string; position: bigint }[] = [];
    const remember = async (kind: 'postgres' | 'eventstore') => {
      const position = (await events('orders', kind))[9]?.position ?? 0n;
      logs.push({ logId: (await installedLog(database.pool, 'orders'))?.logId ?? '', position });
    };
    await remember('postgres');
    for (const from of ['postgres', 'eventstore', 'postgres', 'eventstore'] as const) {
      await move(from);
      await remember(from === 'postgres' ? 'eventstore' : 'postgres');
    }
    const last = logs.at(-1) as (typeof logs)[number];
    for (const earlier of logs)
      expect(await translated(database.pool, 'orders', earlier, last.logId)).toBe(last.position);
  });

  it('a dry run leaves no trace, in neither store', async () => {
    const { pool } = database;
    const traces = async () => ({
      relations: (await pool.query(`select oid, relname from pg_class where relnamespace >= 16384 order by oid`)).rows,
      schemas: (await pool.query(`select oid, nspname from pg_namespace order by oid`)).rows,
      streams: double.log.records.length,
    });
    const empty = await traces();
    await expect(move('postgres', { dryRun: true })).rejects.toThrow('There are no logs in this database');
    expect(await traces()).toEqual(empty);
    await fill();
    // As an older version left it: logs, and no list of where they lie.
    await pool.query('drop schema kontor_store cascade');
    const filled = await traces();
    const plan = await move('postgres', { dryRun: true });
    expect(plan.logs.map(({ service, events: count, newLogId }) => [service, count, newLogId])).toEqual([
      ['orders', '20', null],
      ['receivables', '20', null],
    ]);
    expect(await traces()).toEqual(filled);
    await move('postgres');
    const moved = await traces();
    expect((await move('eventstore', { dryRun: true })).logs.map(({ events: count }) => count)).toEqual([null, null]);
    const elsewhere = { url: double.url, prefix: `q${prefix}` };
    await expect(move('eventstore', { server: elsewhere, dryRun: true })).rejects.toThrow(
      'EventStoreDB does not hold these logs',
    );
    expect(await traces()).toEqual(moved);
  });

  it('a log of somebody else in the way is named, and nothing is switched', async () => {
    await fill();
    const other = await testDatabase();
    const strangers = await eventStores(other.pool, server()).open('receivables');
    await strangers.append('order-0', 'none', [event()]);
    await strangers.close();
    await other.drop();
    await expect(move('postgres')).rejects.toThrow(
      /The new log of receivables is no copy of the old one: event 0 of the copy: .* choose another place with --prefix/,
    );
    expect((await installedLog(database.pool, 'orders'))?.store).toBe('postgres');
    expect((await events('orders', 'postgres')).length).toBe(20);
    // Streams without a log: somebody has deleted the one that names it.
    prefix = `q${prefix}`;
    double.log.append(`${prefix}orders.order-2`, -1n, [
      { ...event(), isJson: false, metadata: Buffer.from('{}'), data: Buffer.from('{}') },
    ]);
    await expect(move('postgres')).rejects.toThrow('the new store knows the stream order-2 already');
  });

  it('a start on another server than that of the logs is refused, and leaves no log there', async () => {
    await fill();
    await move('postgres');
    const { length } = double.log.records;
    const elsewhere = eventStores(database.pool, { url: double.url, prefix: `q${prefix}` });
    await expect(elsewhere.open('orders')).rejects.toThrow(
      /The log of orders was not found: .* may name another server/,
    );
    expect(double.log.records).toHaveLength(length);
  });

  it('a copy that was edited by hand is found by its hash', async () => {
    await fill();
    await expect(
      move('postgres', {
        progress: ({ service, step }) => {
          if (service === 'orders' && step === 'comparing') throw new Error('killed');
        },
      }),
    ).rejects.toThrow('killed');
    const stored = double.log.records.find(({ stream }) => stream === `${prefix}orders.order-1`);
    stored?.data.set(Buffer.from('{"x'));
    await expect(move('postgres')).rejects.toThrow(/event 1 of the copy: .* is not .* as it was/);
  });

  describe('a writer that has lost its lease and does not know it yet', () => {
    beforeEach(async () => {
      await fill();
      await move('postgres');
    });
    /** Straight into the server's log, behind the back of the lease. */
    const lateWrite = () => {
      const { id, type, data, metadata } = event();
      const bytes = { data, metadata: Buffer.from(JSON.stringify(metadata)) };
      return double.log.append(`${prefix}orders.order-0`, 6n, [{ id, type, isJson: false, ...bytes }]);
    };

    it('what it writes behind the copy is taken along', async () => {
      const { logs } = await move('eventstore', {
        progress: ({ service, step }) => {
          if (service === 'receivables' && step === 'comparing') lateWrite();
        },
      });
      expect(logs.map(({ service, events: count, written }) => [service, count, written])).toEqual([
        ['orders', '21', '21'],
        ['receivables', '20', '20'],
      ]);
      expect((await events('orders', 'postgres')).at(-1)).toMatchObject({ stream: 'order-0', revision: 7n });
    });

    it('what it writes beyond that stops the switch, and the next run takes it along', async () => {
      let told = false;
      const late = move('eventstore', {
        progress: ({ step }) => {
          if (step !== 'switching' || told) return;
          told = true;
          lateWrite();
        },
      });
      await expect(late).rejects.toThrow('Somebody has written to the log of orders meanwhile; run the same command');
      expect((await installedLog(database.pool, 'orders'))?.store).toBe('eventstore');
      const { logs } = await move('eventstore');
      expect(logs.map(({ events: count, written }) => [count, written])).toEqual([
        ['21', '1'],
        ['20', '0'],
      ]);
    });
  });

  it('a migration that has lost its lease, and does not know it yet, switches nothing', async () => {
    await fill();
    let broken: Promise<unknown> = Promise.resolve();
    const lost = move('postgres', {
      progress: ({ step }) => {
        if (step !== 'switching') return;
        broken = database.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'kontor writer' and datname = current_database()`,
        );
      },
    });
    await expect(lost).rejects.toThrow('The connection that held the writers’ lease broke; run the same command again');
    await broken;
    expect((await installedLog(database.pool, 'orders'))?.store).toBe('postgres');
  });

  it('an event that the server takes no more with its recorded time is named', async () => {
    const store = await eventStores(database.pool, undefined).open('orders');
    const full = event();
    const rest = Buffer.byteLength(JSON.stringify(full.metadata)) + 2 * full.type.length;
    await store.append('order-0', 'none', [{ ...full, data: Buffer.alloc(1_048_576 - rest, 'x') }]);
    await store.close();
    await expect(move('postgres')).rejects.toThrow(
      /^Nothing was switched: an event of order-0 has 1048\d\d\d bytes with its recorded time, and the server takes 1048576/,
    );
  });

  it('writers and migrations refuse each other; a server that is away is said to be', async () => {
    await fill();
    const store = await eventStores(database.pool, undefined).open('orders');
    await expect(move('postgres')).rejects.toThrow('Kontor is running on this database');
    await store.close();
    await expect(
      move('postgres', {
        progress: () => {
          throw new Error('stopped by the test');
        },
      }),
    ).rejects.toThrow('stopped by the test');
    const away = { url: 'esdb://127.0.0.1:1?tls=false', prefix };
    await expect(move('postgres', { server: away })).rejects.toThrow('EventStoreDB did not answer');
    await expect(move('eventstore', { server: away })).rejects.toThrow('The logs lie in PostgreSQL already, since');
    await expect(eventStores(database.pool, server()).open('orders')).rejects.toThrow('lies in PostgreSQL since');
  });
});
