import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import { LogFeed, lowestPosition, Checkpoints, type LogSource } from '@kontor/feed';
import { endOf, eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { foldInMemory, readTables } from '../fold-in-memory.ts';
import { appendAll, noteEvents, notesLog, notesProjection, published } from '../notes.scenarios.ts';
import { LiveProjection } from './live-projection.ts';
import { Rebuild } from './rebuild.ts';

const DEADLINE_MS = 120_000;
/** Between the appends of the load: slower than any rebuild, which could never catch up otherwise. */
const BREATH_MS = 20;
const who = { actor: 'ada' };

let db: TestDatabase;
let source: LogSource;

beforeAll(async () => {
  db = await testDatabase();
  await PostgresEventStore.migrate(db.pool, 'notes_log');
  source = notesLog(db.pool);
});
afterAll(async () => {
  await source.store.close();
  await db.drop();
});

/** Appends while something else is done. */
async function underLoad<Result>(name: string, work: Promise<Result>): Promise<Result> {
  let busy = true;
  const writer = (async () => {
    for (let round = 0; busy; round += 1) {
      await appendAll(source, noteEvents(`${name} ${round}`, 5));
      await delay(BREATH_MS);
    }
  })();
  try {
    return await work;
  } finally {
    busy = false;
    await writer;
  }
}

/** Live tables and copy hold the fold of what their checkpoints say, and nothing beyond. */
async function expectFold(schema: string): Promise<bigint> {
  const placed = { ...notesProjection(), placed: { schema, views: false } };
  await eventually('no session of the killed process is left', async () => {
    const { rows } = await db.pool.query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    );
    return rows[0]?.others === 0;
  });
  const at = lowestPosition(await new Checkpoints(schema, 'notes-read').read(db.pool, 'notes'));
  expect(await readTables(db.pool, placed)).toEqual(foldInMemory(placed, await published(source, at)).tables);
  return at;
}

it(
  'fault row 13: under load killed at 10, 50 and 90 %, it goes on where it was; cancelled once, switched and switched back; the live one is right',
  async () => {
    await appendAll(source, noteEvents('history', 1_500));
    const script = join(import.meta.dirname, 'killed-rebuild.scenarios.ts');
    const kills: bigint[] = [];
    for (const percent of [10, 50, 90]) {
      const ended = await underLoad(`load ${percent}`, endOf(script, [db.url, String(percent)]));
      expect([percent, ended.signal, ended.output]).toEqual([percent, 'SIGKILL', '']);
      await expectFold('notes_read_v1');
      kills.push(await expectFold('notes_read_v1_r2'));
    }
    // Each process went on with what the one before had folded.
    expect(kills).toEqual(kills.toSorted((left, right) => Number(left - right)));
    expect(Number(kills[0])).toBeLessThan(1_000);

    const live = new LiveProjection(db.pool, new LogFeed([source]), notesProjection());
    const rebuild = new Rebuild(live);
    try {
      await live.prepare();
      await live.start();
      const caughtUp = () =>
        eventually('the rebuild has caught up', async () => (await rebuild.status()).caughtUp, 30_000);
      await caughtUp();
      expect(await rebuild.compare(who)).toMatchObject({ equal: true });
      expect(await rebuild.cancel(who)).toMatchObject({ state: 'cancelled' });
      await rebuild.start(who);
      await caughtUp();
      expect(await rebuild.compare(who)).toMatchObject({ equal: true });
      await rebuild.switch(who);
      await appendAll(source, noteEvents('switched', 30));
      await rebuild.switchBack(who);
      const head = `notes:${(await source.store.head()).position}`;
      await live.waitFor(head, 10_000);
      expect(live.schema).toBe('notes_read_v1');
      await expectFold('notes_read_v1');
      await eventually('the other one is folded on', async () => (await rebuild.status()).caughtUp);
      await expectFold('notes_read_v1_r3');
    } finally {
      await live.stop();
    }
  },
  DEADLINE_MS,
);
