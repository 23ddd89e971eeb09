import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { endOf, eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { foldInMemory, readTables } from '../fold-in-memory.ts';
import { appendAll, noteEvents, notesLog, notesProjection, notesWithWords, published } from '../notes.scenarios.ts';
import type { Projection } from '../projection.ts';
import { dropEnded } from './ended-copies.ts';
import type { LiveProjectionOptions } from './live-options.ts';
import { LiveProjection } from './live-projection.ts';
import { Rebuild } from './rebuild.ts';
import { verify } from './verify.ts';

const DEADLINE_MS = 120_000;
const who = { actor: 'ada' };

describe('X-03: the next version of a projection beside the one whose views are live', () => {
  let db: TestDatabase;
  let source: LogSource;
  let running: LiveProjection[];

  beforeEach(async () => {
    db = await testDatabase();
    await PostgresEventStore.migrate(db.pool, 'notes_log');
    source = notesLog(db.pool);
    running = [];
  });
  afterEach(async () => {
    for (const live of running) await live.stop();
    await source.store.close();
    await db.drop();
  });

  const started = async (projection: Projection, options: LiveProjectionOptions = {}) => {
    const live = new LiveProjection(db.pool, new LogFeed([source]), projection, { batchSize: 50, ...options });
    running.push(live);
    await live.prepare();
    await live.start();
    return live;
  };
  const head = async () => `notes:${(await source.store.head()).position}`;
  const rows = async (sql: string) => (await db.pool.query<Record<string, unknown>>(sql)).rows;
  const shown = async () => (await rows('select count(*)::int as notes from reading.notes'))[0]?.['notes'];
  const copies = () => rows('select schema_name as schema, state from kontor_rebuilds.copies order by 1');
  const expectFold = async (live: LiveProjection) => {
    await live.waitFor(await head(), 30_000);
    const placed = live.placed(live.schema, true);
    expect(await readTables(db.pool, placed)).toEqual(foldInMemory(placed, await published(source)).tables);
  };
  /** The first version has folded everything and is gone, as its program is. */
  const firstVersion = async (count: number) => {
    await appendAll(source, noteEvents('history', count));
    const live = await started(notesProjection());
    await live.waitFor(await head(), 30_000);
    await live.stop();
    return (await shown()) as number;
  };

  it(
    'is built beside it, killed in the middle, under an open cursor of an analyst, and switched to by itself',
    async () => {
      const before = await firstVersion(900);
      const analyst = await db.pool.connect();
      await analyst.query('begin; declare slow cursor for select notebook from reading.notes');
      const first = await analyst.query('fetch 5 from slow');
      await appendAll(source, noteEvents('after the upgrade', 60));

      const script = join(import.meta.dirname, 'killed-version-build.scenarios.ts');
      const ended = await endOf(script, [db.url, '50']);
      expect([ended.signal, ended.output]).toEqual(['SIGKILL', '']);
      expect(await shown()).toBe(before);
      expect(await copies()).toEqual([
        { schema: 'notes_read_v1', state: 'live' },
        { schema: 'notes_read_v2', state: 'building' },
      ]);
      const killedAt = await rows('select min(position)::int as at from notes_read_v2.checkpoints');
      expect(killedAt[0]?.['at']).toBeGreaterThan(100);

      // Two at once; the one that is silent is waited for.
      const [one, two] = await Promise.all([started(notesWithWords()), started(notesWithWords())]);
      expect(one.building).toMatchObject({ version: 2, viewsOn: 1 });
      await expect(one.waitFor(await head(), 50)).rejects.toMatchObject({ name: 'ProjectionBehind' });
      await eventually('it is folded to the head', async () => (await one.status()).services[0]?.lag === 0n, 30_000);
      await expect(two.waitFor(await head(), 500)).rejects.toMatchObject({ name: 'ProjectionBuilding' });
      expect(() => {
        one.requireReadable();
      }).toThrow('version 2 of notes-read is being built from history; until then there is only version 1');
      expect(await shown()).toBe(before);
      const rest = await analyst.query('fetch all from slow');
      expect(first.rows.length + rest.rows.length).toBe(before);
      await analyst.query('commit');
      analyst.release();

      await Promise.all([expectFold(one), expectFold(two)]);
      expect([one.building, two.building, one.schema]).toEqual([undefined, undefined, 'notes_read_v2']);
      expect(await rows('select count(words)::int as counted from reading.notes')).toEqual([
        { counted: await shown() },
      ]);
      expect(await shown()).toBeGreaterThan(before);
      expect(await copies()).toEqual([
        { schema: 'notes_read_v1', state: 'retired' },
        { schema: 'notes_read_v2', state: 'live' },
      ]);
      expect(await one.registry.unrecorded()).toMatchObject([
        { act: 'ProjectionSwitched', actor: 'kontor', details: { schema: 'notes_read_v2', kept: 'notes_read_v1' } },
      ]);
      await appendAll(source, noteEvents('switched', 50));
      await expectFold(one);
      await expect(new Rebuild(one).switchBack(who)).rejects.toMatchObject({ name: 'VersionRetired' });
    },
    DEADLINE_MS,
  );

  it('is decided about by nobody while it is built; its progress is that of a rebuild', async () => {
    await firstVersion(200);
    const analyst = await db.pool.connect();
    await analyst.query('begin; select count(*) from reading.notes');
    const live = await started(notesWithWords());
    const rebuild = new Rebuild(live);
    await eventually('it is folded', async () => (await rebuild.status()).caughtUp, 30_000);
    expect(await rebuild.status()).toMatchObject({ schema: 'notes_read_v2', state: 'building', startedBy: 'kontor' });
    await expect(rebuild.start(who)).rejects.toMatchObject({ name: 'RebuildUnderWay' });
    await expect(rebuild.inPlace(who)).rejects.toMatchObject({ name: 'RebuildUnderWay' });
    for (const deed of ['compare', 'switch', 'cancel'] as const)
      await expect(rebuild[deed](who)).rejects.toMatchObject({ name: 'VersionUnderWay' });
    await expect(verify(rebuild)).rejects.toMatchObject({ name: 'VersionUnderWay' });
    await analyst.query('rollback');
    analyst.release();
    await expectFold(live);
    expect(await verify(rebuild)).toMatchObject({ comparison: { equal: true } });
  });

  it('leaves the views to the older code that starts again: before the switch by itself, and afterwards too', async () => {
    const before = await firstVersion(100);
    const analyst = await db.pool.connect();
    await analyst.query('begin; select count(*) from reading.notes');
    const next = await started(notesProjection(2));
    await next.stop();
    await analyst.query('rollback');
    analyst.release();
    const old = await started(notesProjection());
    await expectFold(old);
    expect(await shown()).toBe(before);
    expect(await new Rebuild(old).cancel(who)).toMatchObject({ schema: 'notes_read_v2', state: 'cancelled' });
    await old.stop();

    const again = await started(notesProjection(2));
    await expectFold(again);
    await again.stop();
    await appendAll(source, noteEvents('meanwhile', 40));
    const older = await started(notesProjection());
    await expectFold(older);
    expect(await rows(`select pg_get_viewdef('reading.notes'::regclass) like '%notes_read_v1%' as old`)).toEqual([
      { old: true },
    ]);
  });

  it('leaves the rebuilt tables to the older code too, which goes on where they stand', async () => {
    await firstVersion(100);
    const rebuild = new Rebuild(await started(notesProjection()));
    await rebuild.start(who);
    await eventually('it is folded', async () => (await rebuild.status()).caughtUp, 30_000);
    await rebuild.compare(who);
    await rebuild.switch(who);
    await rebuild.discard(who);
    await rebuild.live.stop();
    const next = await started(notesProjection(2));
    await expectFold(next);
    await next.stop();
    await appendAll(source, noteEvents('meanwhile', 40));

    const older = new LiveProjection(db.pool, new LogFeed([source]), notesProjection());
    await older.prepare();
    expect(older.schema).toBe('notes_read_v1_r2');
    expect((await older.status()).services[0]?.position).toBe(100n);
    await expectFold(await started(notesProjection()));
    expect(await copies()).toEqual([
      { schema: 'notes_read_v1', state: 'discarded' },
      { schema: 'notes_read_v1_r2', state: 'live' },
      { schema: 'notes_read_v2', state: 'retired' },
    ]);
  });

  it('is not dropped by who thought that it had ended, while it is taken up again; nor is that one held up', async () => {
    await firstVersion(50);
    const next = await started(notesProjection(2));
    await expectFold(next);
    await next.stop();
    await db.pool.query(`update kontor_rebuilds.copies set changed_at = changed_at - interval '8 days'`);
    const there = async () =>
      (await rows(`select to_regnamespace('notes_read_v1') is not null as there`))[0]?.['there'];

    // Somebody reads it right now: it goes later.
    const reader = await db.pool.connect();
    await reader.query('begin; select 1 from notes_read_v1.notes');
    expect(await dropEnded(db.pool, 'notes-read')).toBe(false);
    await reader.query('rollback');

    await reader.query(
      `begin; update kontor_rebuilds.copies set changed_at = now() where schema_name = 'notes_read_v1'`,
    );
    const dropping = dropEnded(db.pool, 'notes-read');
    const waits = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await eventually('it waits', async () => (await rows(waits)).length === 1);
    await reader.query('commit');
    reader.release();
    expect([await dropping, await there()]).toEqual([true, true]);
    await db.pool.query(`update kontor_rebuilds.copies set changed_at = changed_at - interval '8 days'`);
    expect([await dropEnded(db.pool, 'notes-read'), await there()]).toEqual([true, false]);
  });

  it('with a column more keeps its views from the older code, until somebody drops them', async () => {
    await firstVersion(50);
    const next = await started(notesWithWords());
    await expectFold(next);
    await next.stop();
    await expect(started(notesProjection())).rejects.toThrow('cannot drop columns from view');
    await db.pool.query('drop view reading.notes');
    await expectFold(await started(notesProjection()));
    expect(await shown()).toBe((await rows('select count(*)::int as notes from notes_read_v1.notes'))[0]?.['notes']);
  });

  it('is refused at the start when its views cannot take the place of the older ones', async () => {
    const before = await firstVersion(50);
    const declared = notesWithWords();
    const { notebooks, ...tables } = declared.tables;
    const { busy: _busy, ...columns } = notebooks?.columns ?? {};
    const fewer = {
      ...declared,
      tables: { ...tables, notebooks: { comment: '', key: ['notebook'], columns } },
      views: {},
    };
    await expect(started(fewer)).rejects.toMatchObject({
      name: 'ViewsNotReplaceable',
      message: expect.stringContaining('cannot drop columns from view'),
    });
    expect(await shown()).toBe(before);
  });
});
