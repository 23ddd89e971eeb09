import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { type EventStoreDbDouble, eventStoreDbDouble } from '@kontor/testing/eventstoredb-in-process';
import { copyLog } from '../copy/copy-log.ts';
import type { EventStore, NewEvent } from '../event-store.ts';
import { intoEventStoreDb } from '../eventstoredb/eventstoredb-copy.ts';
import { EventStoreDbEventStore } from '../eventstoredb/eventstoredb-event-store.ts';
import { PostgresEventStore } from '../postgres-event-store.ts';
import { moveSeals } from './move-seals.ts';
import { Sealer } from './sealer.ts';
import { newSealKey, sealKey, trustedKeys } from './signing.ts';
import { verifyLog } from './verify.ts';

const key = sealKey(newSealKey());
const trusted = trustedKeys(key.publicPem);
const EVENTS = 30;
let database: TestDatabase;
let double: EventStoreDbDouble;
let from: PostgresEventStore;
let to: EventStoreDbEventStore;
let before: Awaited<ReturnType<typeof verify>>;

const verify = (store: EventStore) => verifyLog({ pool: database.pool, store, schema: 'notes_seals', trusted });
const sealerOf = (store: EventStore) => new Sealer({ pool: database.pool, store, schema: 'notes_seals', key });
const sql = (text: string) => database.pool.query(text);

function event(): NewEvent {
  const id = randomUUID();
  return {
    ...{ id, type: 'notes.NoteTaken.v1', data: Buffer.from(JSON.stringify({ id })) },
    metadata: {
      ...{ occurredAt: '2026-11-21T10:00:00.000Z', actor: 'somebody', origin: 'person', commandId: id },
      ...{ requestHash: '', correlationId: id },
    },
  };
}

/** As a migration does it: copies, and translates the seals in one transaction. */
async function move(): Promise<void> {
  const client = await database.pool.connect();
  await client.query('begin');
  await client.query('create temporary table moved (service text, old bigint, new bigint) on commit drop');
  await copyLog({
    ...{ from, to: intoEventStoreDb(to) },
    copied: async (stretch) => {
      await client.query(`insert into moved select 'notes', * from unnest($1::bigint[], $2::bigint[])`, [
        ...[stretch.from.map(String), stretch.to.map(String)],
      ]);
    },
  });
  await moveSeals(client, 'notes_seals', 'notes', (await to.head()).logId);
  await client.query('commit');
  client.release();
}

beforeAll(async () => {
  [database, double] = await Promise.all([testDatabase(), eventStoreDbDouble()]);
  await PostgresEventStore.migrate(database.pool, 'notes_log');
  from = new PostgresEventStore({ pool: database.pool, schema: 'notes_log' });
  to = new EventStoreDbEventStore({ url: double.url, typePrefix: '', streamPrefix: 'notes.' });
  for (let n = 0; n < EVENTS; n += 1)
    await from.append(`note-${n % 4}`, n < 4 ? 'none' : BigInt(Math.floor(n / 4) - 1), [event()]);
  await sealerOf(from).catchUp();
  before = await verify(from);
  await move();
});
afterAll(async () => {
  await from.close();
  await to.close();
  await double.stop();
  await database.drop();
});

describe('seals of a log that was moved to another store', () => {
  it('are verified there as they were made: the same root, of the log that was signed', async () => {
    const now = await verify(to);
    expect(now).toEqual({ ...before, logId: (await to.head()).logId });
    expect([now.broken, now.verified, now.lastRoot?.logId]).toEqual([null, BigInt(EVENTS), before.logId]);
  });

  it('go on in the new log: later events are chained to the earlier ones, and the next root is of the new log', async () => {
    const last = (await to.readAll({ after: 0n, limit: 1_000 })).events
      .filter(({ stream }) => stream === 'note-0')
      .at(-1);
    await to.append('note-0', last?.revision ?? 0n, [event()]);
    await sealerOf(to).catchUp();
    const { broken, verified, lastRoot, logId } = await verify(to);
    expect([broken, verified, lastRoot?.logId]).toEqual([null, BigInt(EVENTS + 1), logId]);
  });

  it('name an event that was edited in the new store, a position that was forged, and a link that is missing', async () => {
    const record = double.log.records.find(({ stream }) => stream === 'notes.note-1');
    const first = record?.data[3] ?? 0;
    record?.data.set([first ^ 1], 3);
    expect((await verify(to)).broken).toMatchObject({ kind: 'changed', stream: 'note-1', revision: 0n });
    record?.data.set([first], 3);
    expect((await verify(to)).broken).toBeNull();

    await sql(`update notes_seals.chain set sealed_position = 77 where sealed_position = 6`);
    expect((await verify(to)).broken).toMatchObject({ kind: 'changed' });
    await sql(`update notes_seals.chain set sealed_position = 6 where sealed_position = 77`);
    expect((await verify(to)).broken).toBeNull();
    await sql(`delete from notes_seals.chain where sealed_position = 9`);
    expect((await verify(to)).broken).toMatchObject({ kind: 'inserted' });
  });
});
