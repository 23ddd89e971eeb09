import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { foldInMemory, readTables } from '../fold-in-memory.ts';
import {
  appendAll,
  bug,
  noteEvents,
  notesLog,
  notesProjection,
  published,
  tablesHash,
  taken,
} from '../notes.scenarios.ts';
import { AppendLatency } from './append-latency.ts';
import { LiveProjection } from './live-projection.ts';
import { deadLetters, parkedStreams, retryStream, skipEvent } from './parked.ts';
import { Rebuild } from './rebuild.ts';
import { replayStreams } from './replay.ts';
import { verify } from './verify.ts';

const who = { actor: 'ada' };

describe('X-03: a rebuild beside the live one', () => {
  let db: TestDatabase;
  let source: LogSource;
  let feed: LogFeed;
  let stops: (() => Promise<void>)[];

  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(async () => {
    await db.drop();
  });
  beforeEach(async () => {
    await PostgresEventStore.migrate(db.pool, 'notes_log');
    source = notesLog(db.pool);
    feed = new LogFeed([source]);
    stops = [];
    bug.fixed = false;
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    await source.store.close();
    const { rows } = await db.pool.query<{ nspname: string }>(
      `select nspname from pg_namespace where nspname like 'notes%' or nspname in ('reading', 'kontor_rebuilds')`,
    );
    await db.pool.query(`drop schema ${rows.map(({ nspname }) => nspname).join(', ')} cascade`);
  });

  const started = async (latency = new AppendLatency(), projection = notesProjection()) => {
    const live = new LiveProjection(db.pool, feed, projection, { latency, batchSize: 50 });
    stops.push(() => live.stop());
    await live.prepare();
    await live.start();
    return new Rebuild(live);
  };
  const head = async () => `notes:${(await source.store.head()).position}`;
  const rows = async (sql: string) => (await db.pool.query<Record<string, unknown>>(sql)).rows;
  const expectLiveFold = async ({ live }: Rebuild) => {
    await live.waitFor(await head(), 10_000);
    const { tables } = foldInMemory(live.placed(live.schema, true), await published(source));
    expect(await readTables(db.pool, live.placed(live.schema, true))).toEqual(tables);
    const { rows: seen } = await db.pool.query('select notebook, pages::int from reading.notebooks order by notebook');
    expect(seen).toEqual(tables.notebooks?.map(({ notebook, pages }) => ({ notebook, pages })));
  };
  const caughtUp = (rebuild: Rebuild) =>
    eventually('the rebuild has caught up', async () => (await rebuild.status()).caughtUp);
  const acts = async ({ live }: Rebuild) => (await live.registry.unrecorded()).map(({ act }) => act);

  it('fault row 13: under load compared, switched, switched back: the live one is right all the time, and each deed is told', async () => {
    await appendAll(source, noteEvents('history', 600));
    const rebuild = await started();
    let writing = true;
    const writer = (async () => {
      for (let round = 0; writing; round += 1) await appendAll(source, noteEvents(`load ${round}`, 10));
    })();
    try {
      expect(await rebuild.start(who)).toMatchObject({
        schema: 'notes_read_v1_r2',
        state: 'building',
        startedBy: 'ada',
      });
      await eventually('near the head', async () => (await rebuild.status()).done > 500n);
      const comparison = await rebuild.compare(who);
      expect(comparison).toMatchObject({ equal: true });
      expect(comparison.tables.map(({ verdict }) => verdict)).toEqual(['equal', 'equal']);
      expect(Number(comparison.tables[0]?.live?.rows)).toBeGreaterThan(200);

      // An analyst's query that runs across the switch reads on.
      const analyst = await db.pool.connect();
      await analyst.query('begin');
      await analyst.query('declare slow cursor for select notebook from reading.notes');
      const switched = rebuild.switch(who);
      await analyst.query('fetch 5 from slow');
      const answered = await db.pool.query('select count(*) from reading.notes');
      expect(answered.rowCount).toBe(1);
      await analyst.query('fetch all from slow; commit');
      analyst.release();
      expect(await switched).toMatchObject({ schema: 'notes_read_v1', state: 'kept' });
      expect(rebuild.live.schema).toBe('notes_read_v1_r2');
      await rebuild.live.waitFor(await head(), 10_000);

      expect(await rebuild.switchBack(who)).toMatchObject({ schema: 'notes_read_v1_r2', state: 'kept' });
      expect(rebuild.live.schema).toBe('notes_read_v1');
    } finally {
      writing = false;
      await writer;
    }
    await expectLiveFold(rebuild);
    // The one that was switched away from has been folded on: switching again loses nothing.
    await rebuild.switchBack(who);
    await expectLiveFold(rebuild);
    expect(await rebuild.discard(who)).toMatchObject({ schema: 'notes_read_v1', state: 'discarded' });
    expect(await rows(`select to_regnamespace('notes_read_v1')::text as gone`)).toEqual([{ gone: null }]);
    await appendAll(source, noteEvents('afterwards', 50));
    await expectLiveFold(rebuild);
    expect(await acts(rebuild)).toEqual([
      ...['RebuildStarted', 'RebuildCompared', 'ProjectionSwitched', 'ProjectionSwitchedBack'],
      ...['ProjectionSwitchedBack', 'OldCopyDiscarded'],
    ]);
  });

  it('a process that starts again goes on with the copy that is live', async () => {
    await appendAll(source, noteEvents('again', 100));
    const first = await started();
    await first.start(who);
    await caughtUp(first);
    await first.compare(who);
    await first.switch(who);
    await first.discard(who);
    await first.live.stop();
    await appendAll(source, noteEvents('meanwhile', 40));
    const second = await started();
    expect(second.live.schema).toBe('notes_read_v1_r2');
    await expectLiveFold(second);
    expect(await second.start(who)).toMatchObject({ schema: 'notes_read_v1_r3' });
  });

  it('a new version in the code has tables of its own, and ends what was built of the old one', async () => {
    await appendAll(source, noteEvents('version', 60));
    const old = await started();
    await old.start(who);
    await caughtUp(old);
    await old.live.stop();
    const next = await started(new AppendLatency(), notesProjection(2));
    expect(next.live.schema).toBe('notes_read_v2');
    await expectLiveFold(next);
    expect(await rows(`select schema_name, state from kontor_rebuilds.copies order by 1`)).toEqual([
      { schema_name: 'notes_read_v1', state: 'retired' },
      { schema_name: 'notes_read_v1_r2', state: 'discarded' },
      { schema_name: 'notes_read_v2', state: 'live' },
    ]);
    expect(await rows(`select to_regnamespace('notes_read_v1_r2')::text as gone`)).toEqual([{ gone: null }]);
    expect(await next.start(who)).toMatchObject({ schema: 'notes_read_v2_r2' });
  });

  it('fault row 14: rebuilt twice, the copies hold the same bytes', async () => {
    await appendAll(source, noteEvents('bytes', 300));
    const rebuild = await started();
    const hashes: string[] = [];
    for (const number of [2, 3]) {
      await rebuild.start(who);
      await caughtUp(rebuild);
      hashes.push(await tablesHash(db.pool, rebuild.live.placed(`notes_read_v1_r${number}`, false)));
      await rebuild.cancel(who);
    }
    await rebuild.live.waitFor(await head(), 5_000);
    hashes.push(await tablesHash(db.pool, notesProjection()));
    expect(new Set(hashes).size).toBe(1);
  });

  it('tells the second administrator who is at it since when, and what does not fit the state', async () => {
    const rebuild = await started();
    await expect(rebuild.status()).rejects.toMatchObject({ name: 'NoSuchRebuild' });
    for (const deed of ['pause', 'resume', 'cancel', 'discard', 'compare', 'switch', 'switchBack'] as const)
      await expect(rebuild[deed](who)).rejects.toMatchObject({ name: 'NoSuchRebuild' });
    const { startedAt } = await rebuild.start({ actor: 'ada', reason: 'a new column' });
    const other = await started();
    const refusals = await Promise.allSettled([rebuild.start({ actor: 'bob' }), other.start({ actor: 'cyd' })]);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ reason: { name: 'RebuildUnderWay', startedBy: 'ada', since: startedAt } });
    await expect(rebuild.switch(who)).rejects.toMatchObject({ name: 'NotCompared' });
    await rebuild.compare(who);
    await rebuild.switch(who);
    await expect(rebuild.start(who)).rejects.toMatchObject({ name: 'OldCopyKept' });
  });

  it('paused it stands still, resumed it goes on, cancelled nothing is left', async () => {
    await appendAll(source, noteEvents('pause', 100));
    const rebuild = await started();
    await rebuild.start(who);
    await caughtUp(rebuild);
    expect(await rebuild.pause(who)).toMatchObject({ state: 'paused' });
    const { done } = await rebuild.status();
    await appendAll(source, noteEvents('while paused', 40));
    await expectLiveFold(rebuild);
    expect(await rebuild.status()).toMatchObject({ state: 'paused', done, caughtUp: false });
    await rebuild.resume(who);
    await caughtUp(rebuild);
    expect(await rebuild.compare(who)).toMatchObject({ equal: true });
    await rebuild.cancel(who);
    expect(await rows(`select to_regnamespace('notes_read_v1_r2')::text as gone`)).toEqual([{ gone: null }]);
    await expectLiveFold(rebuild);
  });

  it('a query that holds the views for too long keeps them, is named, and everything stays as it was', async () => {
    await appendAll(source, noteEvents('held', 50));
    const { live } = await started();
    const rebuild = new Rebuild(live, 1_000);
    await rebuild.start(who);
    await caughtUp(rebuild);
    await rebuild.compare(who);
    const analyst = await db.pool.connect();
    await analyst.query('begin; select count(*) from reading.notes');
    const { rows: pids } = await analyst.query<{ pid: number }>('select pg_backend_pid() as pid');
    await expect(rebuild.switch(who)).rejects.toMatchObject({
      name: 'ViewsInUse',
      message: expect.stringContaining(`pid ${pids[0]?.pid}`),
    });
    expect(await rebuild.status()).toMatchObject({ schema: 'notes_read_v1_r2', state: 'building' });
    expect((await analyst.query('select count(*)::int as notes from reading.notes')).rowCount).toBe(1);
    await analyst.query('rollback');
    analyst.release();
    await rebuild.switch(who);
    await expectLiveFold(rebuild);
  });

  it('of two processes one folds the copy, and the other takes over when that one is gone', async () => {
    await appendAll(source, noteEvents('two', 100));
    const first = await started();
    const second = await started();
    await first.start(who);
    await caughtUp(first);
    const folder = () => rows(`select folder from kontor_rebuilds.copies where state = 'building'`);
    expect(await folder()).toEqual([{ folder: first.live.folder }]);
    await first.live.stop();
    await eventually('the other one folds it', async () => (await folder())[0]?.['folder'] === second.live.folder);
    await appendAll(source, noteEvents('taken over', 50));
    await eventually('the copy is folded on', async () => (await second.status()).caughtUp);
    expect(await second.compare(who)).toMatchObject({ equal: true });
    await second.switch(who);
    await expectLiveFold(second);
  });

  it('shows the first rows that differ, with the events behind them, and switches only when that is accepted', async () => {
    await appendAll(source, noteEvents('differences', 200));
    const rebuild = await started();
    await rebuild.live.waitFor(await head(), 5_000);
    await db.pool.query(`update notes_read_v1.notebooks set pages = pages + 100 where notebook = 'notebook-3'`);
    await db.pool.query(`delete from notes_read_v1.notes where notebook = 'notebook-2'`);
    await rebuild.start(who);
    await caughtUp(rebuild);
    const { equal, tables, positions } = await rebuild.compare(who);
    expect({ equal, positions }).toEqual({ equal: false, positions: { notes: '200' } });
    const [notes, notebooks] = tables;
    expect(notebooks).toMatchObject({ verdict: 'different', differentRows: 1 });
    const [row] = notebooks?.first ?? [];
    expect(row?.key).toEqual({ notebook: 'notebook-3' });
    expect(Number(row?.live?.['pages'])).toBe(Number(row?.rebuilt?.['pages']) + 100);
    const behind = (await published(source)).filter(({ subject }) => subject === 'notebook-3').slice(0, 20);
    expect(row?.events.map(({ eventId }) => eventId)).toEqual(behind.map(({ id }) => id));
    expect(notes?.first[0]).toMatchObject({ live: null, rebuilt: { notebook: 'notebook-2' } });
    expect(notes?.first).toHaveLength(5);
    await expect(rebuild.switch(who)).rejects.toMatchObject({ name: 'NotCompared' });
    await rebuild.switch({ ...who, acceptDifferences: true });
    await expectLiveFold(rebuild);
  });

  it('X-03: verifies the live tables against the fold from the beginning', async () => {
    await appendAll(source, noteEvents('verified', 200));
    const rebuild = await started();
    await rebuild.live.waitFor(await head(), 5_000);
    const both = await Promise.allSettled([verify(rebuild), verify(rebuild)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'VerificationUnderWay' },
    });
    expect((await verify(rebuild)).comparison.equal).toBe(true);
    await db.pool.query(`update notes_read_v1.notebooks set busy = not busy where notebook = 'notebook-1'`);
    const { comparison } = await verify(rebuild);
    expect(comparison.tables.map(({ differentRows }) => differentRows)).toEqual([0, 1]);
    expect(await rebuild.live.registry.verifications()).toMatchObject([{ projection: 'notes-read', comparison }]);
    expect(await rows(`select to_regnamespace('notes_read_v1_check')::text as gone`)).toEqual([{ gone: null }]);
  });

  it('a checkpoint ahead of the log is said, not waited for', async () => {
    await appendAll(source, noteEvents('ahead', 20));
    const rebuild = await started();
    await rebuild.start(who);
    await caughtUp(rebuild);
    await rebuild.live.waitFor(await head(), 5_000);
    await db.pool.query(`update notes_read_v1.checkpoints set position = 1000`);
    await expect(rebuild.compare(who)).rejects.toMatchObject({ name: 'CheckpointAheadOfLog', position: 1000n });
  });

  describe('replay of one stream', () => {
    const replay = ({ live }: Rebuild, target: { stream: string } | { accountId: string }, dryRun = false) =>
      replayStreams(
        { pool: db.pool, feed, live: live.placed(live.schema, true), unseal: live.unseal },
        target,
        dryRun,
        async () => undefined,
      );

    it('X-03: mends the rows of the stream and touches nobody else’s', async () => {
      await appendAll(source, noteEvents('replay', 200));
      const rebuild = await started();
      await expectLiveFold(rebuild);
      expect(await replay(rebuild, { stream: 'notebook-3' })).toMatchObject({ changedRows: 0 });
      const others = await rows(
        `select xmin::text, * from notes_read_v1.notes where notebook <> 'notebook-3' order by 2, 3`,
      );
      await db.pool.query(`update notes_read_v1.notebooks set pages = 99 where notebook = 'notebook-3'`);
      await db.pool.query(`delete from notes_read_v1.notes where notebook = 'notebook-3' and revision < 9`);
      const lost = (await published(source)).filter(
        ({ subject, type, revision }) => subject === 'notebook-3' && type.includes('taken') && revision < 9,
      ).length;
      expect(await replay(rebuild, { stream: 'notebook-3' }, true)).toMatchObject({
        changedRows: lost + 1,
        dryRun: true,
      });
      expect(await rows(`select pages::int from notes_read_v1.notebooks where notebook = 'notebook-3'`)).toEqual([
        { pages: 99 },
      ]);
      expect(await replay(rebuild, { stream: 'notebook-3' })).toMatchObject({
        streams: ['notebook-3'],
        changedRows: lost + 1,
      });
      await expectLiveFold(rebuild);
      expect(
        await rows(`select xmin::text, * from notes_read_v1.notes where notebook <> 'notebook-3' order by 2, 3`),
      ).toEqual(others);
      expect(await replay(rebuild, { accountId: '4' })).toMatchObject({ streams: ['notebook-4'], changedRows: 0 });
      await expect(replay(rebuild, { stream: 'notebook-99' })).rejects.toMatchObject({ name: 'NothingToReplay' });
    });

    it('refuses a stream that shares a row with another', async () => {
      await appendAll(source, noteEvents('shared', 50));
      const declared = notesProjection();
      const shared = {
        ...declared,
        on: {
          'kontor.notes.note-taken.v1': () => [
            { table: 'notebooks', put: { notebook: 'all', pages: 1, last_text: null, busy: false } },
          ],
        },
      };
      const rebuild = await started(new AppendLatency(), shared);
      await rebuild.live.waitFor(await head(), 5_000);
      await expect(replay(rebuild, { stream: 'notebook-3' })).rejects.toMatchObject({ name: 'RowsOfSeveralStreams' });
    });
  });

  describe('X-04: dead letters', () => {
    it('are listed, inspected, skipped with a reason, and left out of every rebuild', async () => {
      await source.store.append('notebook-1', 'any', [taken('poison'), taken('behind')]);
      const rebuild = await started();
      const { live } = rebuild;
      await live.waitFor(await head(), 5_000);
      const [parked] = await parkedStreams(live);
      expect(parked).toMatchObject({ projection: 'notes-read', stream: 'notebook-1', letters: 2 });
      const letters = await deadLetters(live, 'notes', 'notebook-1', 10);
      expect(letters.map(({ error }) => error)).toEqual(['the handler does not understand poison', null]);
      expect(letters[0]?.contract.data).toEqual({ text: 'poison', on: '2026-11-21' });
      await expect(deadLetters(live, 'notes', 'notebook-2', 10)).rejects.toMatchObject({ name: 'NoSuchLetter' });
      await expect(retryStream(live, 'notes', 'notebook-2', who)).rejects.toMatchObject({ name: 'NoSuchLetter' });
      expect(await retryStream(live, 'notes', 'notebook-1', who)).toMatchObject({
        applied: 0,
        error: letters[0]?.error,
      });

      await rebuild.start(who);
      await caughtUp(rebuild);
      const skip = { actor: 'ada', reason: 'a slip of the pen' };
      await expect(skipEvent(live, letters[1]?.eventId as string, skip)).rejects.toMatchObject({
        name: 'NoSuchLetter',
      });
      expect(await skipEvent(live, letters[0]?.eventId as string, skip)).toMatchObject({ applied: 2, error: null });
      expect(await parkedStreams(live)).toEqual([]);
      expect(await rows('select text from reading.notes')).toEqual([{ text: 'behind' }]);
      expect(await rebuild.compare(who)).toMatchObject({ equal: true });
      await rebuild.cancel(who);
      await rebuild.start(who);
      await caughtUp(rebuild);
      expect(await rebuild.compare(who)).toMatchObject({ equal: true });
      expect(await rows('select text from notes_read_v1_r3.notes')).toEqual([{ text: 'behind' }]);
      expect(await live.registry.skips('notes-read')).toMatchObject([{ who: 'ada', why: 'a slip of the pen' }]);
    });

    it('that can be folded now are, in the rebuild too', async () => {
      await source.store.append('notebook-1', 'any', [taken('poison'), taken('behind')]);
      const rebuild = await started();
      await rebuild.live.waitFor(await head(), 5_000);
      await rebuild.start(who);
      await caughtUp(rebuild);
      bug.fixed = true;
      expect(await retryStream(rebuild.live, 'notes', 'notebook-1', who)).toMatchObject({ applied: 2, error: null });
      await expectLiveFold(rebuild);
      expect(await rebuild.compare(who)).toMatchObject({ equal: true });
    });
  });
});
