import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { appendAll, noteEvents, notesLog, notesProjection } from '../notes.scenarios.ts';
import { LiveProjection } from './live-projection.ts';

describe('a projection whose turn comes while the database is away', () => {
  let db: TestDatabase;
  let source: LogSource;
  let live: LiveProjection;

  beforeEach(async () => {
    db = await testDatabase();
    await PostgresEventStore.migrate(db.pool, 'notes_log');
    source = notesLog(db.pool);
  });
  afterEach(async () => {
    await live.stop();
    await source.store.close();
    await db.drop();
  });

  it('is folded as soon as the database is back, and not never', async () => {
    await appendAll(source, noteEvents('history', 50));
    let mine = false;
    const told: unknown[] = [];
    const turn = { held: () => Promise.resolve(mine), release: () => Promise.resolve() };
    live = new LiveProjection(db.pool, new LogFeed([source]), notesProjection(), {
      turn,
      report: (notice) => told.push(notice),
    });
    await live.prepare();
    await live.start();
    const position = async () => (await live.status()).services[0]?.position;
    expect(await position()).toBe(0n);

    // The lock under which the tables are looked at before the fold begins.
    const other = await db.pool.connect();
    await other.query(`begin; select pg_advisory_xact_lock(hashtext('kontor projection notes_read_v1'))`);
    mine = true;
    const waiting = async () => {
      const { rows } = await db.pool.query<{ pid: number }>(
        `select pid from pg_stat_activity where wait_event = 'advisory' and datname = current_database()`,
      );
      return rows.map(({ pid }) => pid);
    };
    await eventually('the fold is about to begin', async () => (await waiting()).length === 1, 20_000);
    await db.pool.query('select pg_terminate_backend($1)', [(await waiting())[0]]);
    await eventually('the fault was told', () => Promise.resolve(told.length === 1), 20_000);
    await other.query('rollback');
    other.release();
    await eventually('it is folded', async () => (await position()) === 50n, 20_000);
  });
});
