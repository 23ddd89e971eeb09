import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Feed, type FeedBatch, type FeedHead, type FeedOptions } from '@kontor/feed';
import { eventually } from '@kontor/testing';
import { appendAll, noteEvents, notesProjection, published, tablesHash } from '../notes.scenarios.ts';
import { caughtUp, NotesRebuilds, who } from './notes-rebuilds.scenarios.ts';
import { Rebuild } from './rebuild.ts';

describe('X-03: a rebuild beside the live one', () => {
  const notes = new NotesRebuilds();
  const acts = async ({ live }: Rebuild) => (await live.registry.unrecorded()).map(({ act }) => act);

  it('fault row 13: under load compared, switched, switched back: the live one is right all the time, and each deed is told', async () => {
    await appendAll(notes.source, noteEvents('history', 600));
    const rebuild = await notes.started();
    let writing = true;
    const writer = (async () => {
      for (let round = 0; writing; round += 1) await appendAll(notes.source, noteEvents(`load ${round}`, 10));
    })();
    const seen = new Set<string>();
    let looks = 0;
    const analyst = (async () => {
      for (; writing; looks += 1) seen.add(await notes.expectViewsFold());
    })();
    let wrong: unknown;
    analyst.catch((error: unknown) => {
      wrong = error;
    });
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
      const slow = await notes.db.pool.connect();
      await slow.query('begin');
      await slow.query('declare slow cursor for select notebook from reading.notes');
      const switched = rebuild.switch(who);
      await slow.query('fetch 5 from slow');
      const answered = await notes.db.pool.query('select count(*) from reading.notes');
      expect(answered.rowCount).toBe(1);
      await slow.query('fetch all from slow; commit');
      slow.release();
      expect(await switched).toMatchObject({ schema: 'notes_read_v1', state: 'kept' });
      expect(rebuild.live.schema).toBe('notes_read_v1_r2');
      await rebuild.live.waitFor(await notes.head(), 10_000);
      await eventually('the other copy was looked at', () => wrong !== undefined || seen.has('notes_read_v1_r2'));

      expect(await rebuild.switchBack(who)).toMatchObject({ schema: 'notes_read_v1_r2', state: 'kept' });
      expect(rebuild.live.schema).toBe('notes_read_v1');
    } finally {
      writing = false;
      await writer;
    }
    await analyst;
    expect([...seen].sort()).toEqual(['notes_read_v1', 'notes_read_v1_r2']);
    expect(looks).toBeGreaterThan(3);
    await notes.expectLiveFold(rebuild);
    // The one that was switched away from has been folded on: switching again loses nothing.
    await rebuild.switchBack(who);
    await notes.expectLiveFold(rebuild);
    expect(await rebuild.discard(who)).toMatchObject({ schema: 'notes_read_v1', state: 'discarded' });
    expect(await notes.rows(`select to_regnamespace('notes_read_v1')::text as gone`)).toEqual([{ gone: null }]);
    await appendAll(notes.source, noteEvents('afterwards', 50));
    await notes.expectLiveFold(rebuild);
    expect(await acts(rebuild)).toEqual([
      ...['RebuildStarted', 'RebuildCompared', 'ProjectionSwitched', 'ProjectionSwitchedBack'],
      ...['ProjectionSwitchedBack', 'OldCopyDiscarded'],
    ]);
  });

  it('a process that starts again goes on with the copy that is live', async () => {
    await appendAll(notes.source, noteEvents('again', 100));
    const first = await notes.started();
    await first.start(who);
    await caughtUp(first);
    await first.compare(who);
    await first.switch(who);
    await first.discard(who);
    await first.live.stop();
    await appendAll(notes.source, noteEvents('meanwhile', 40));
    const second = await notes.started();
    expect(second.live.schema).toBe('notes_read_v1_r2');
    await notes.expectLiveFold(second);
    expect(await second.start(who)).toMatchObject({ schema: 'notes_read_v1_r3' });
  });

  it('a new version in the code has tables of its own, and ends what was built of the old one', async () => {
    await appendAll(notes.source, noteEvents('version', 60));
    const old = await notes.started();
    await old.start(who);
    await caughtUp(old);
    await old.live.stop();
    const next = await notes.started(notesProjection(2));
    expect(next.live.schema).toBe('notes_read_v2');
    await notes.expectLiveFold(next);
    expect(await notes.rows(`select schema_name, state from kontor_rebuilds.copies order by 1`)).toEqual([
      { schema_name: 'notes_read_v1', state: 'retired' },
      { schema_name: 'notes_read_v1_r2', state: 'discarded' },
      { schema_name: 'notes_read_v2', state: 'live' },
    ]);
    expect(await notes.rows(`select to_regnamespace('notes_read_v1_r2')::text as gone`)).toEqual([{ gone: null }]);
    expect(await next.start(who)).toMatchObject({ schema: 'notes_read_v2_r2' });
  });

  it('fault row 14: rebuilt twice, the copies hold the same bytes', async () => {
    await appendAll(notes.source, noteEvents('bytes', 300));
    const rebuild = await notes.started();
    const hashes: string[] = [];
    for (const number of [2, 3]) {
      await rebuild.start(who);
      await caughtUp(rebuild);
      hashes.push(await tablesHash(notes.db.pool, rebuild.live.placed(`notes_read_v1_r${number}`, false)));
      await rebuild.cancel(who);
    }
    await rebuild.live.waitFor(await notes.head(), 5_000);
    hashes.push(await tablesHash(notes.db.pool, notesProjection()));
    expect(new Set(hashes).size).toBe(1);
  });

  it('compares a kept copy where it is folded: another process of the service leaves it alone', async () => {
    await appendAll(notes.source, noteEvents('kept', 50));
    const turn = (mine: boolean) => ({
      turn: { held: async () => Promise.resolve(mine), release: async () => Promise.resolve() },
    });
    const [rebuild, other] = [await notes.started(undefined, turn(true)), await notes.started(undefined, turn(false))];
    await expect(rebuild.status()).rejects.toThrow('there was no rebuild of notes-read yet');
    await rebuild.start(who);
    await caughtUp(rebuild);
    await rebuild.compare(who);
    await rebuild.switch(who);
    await expect(other.compare(who)).rejects.toMatchObject({ name: 'FoldedElsewhere', schema: 'notes_read_v1' });
    expect(await rebuild.compare(who)).toMatchObject({ equal: true });
  });

  it('tells the second administrator who is at it since when, and what does not fit the state', async () => {
    const rebuild = await notes.started();
    await expect(rebuild.status()).rejects.toMatchObject({ name: 'NoSuchRebuild' });
    for (const deed of ['pause', 'resume', 'cancel', 'discard', 'compare', 'switch', 'switchBack'] as const)
      await expect(rebuild[deed](who)).rejects.toMatchObject({ name: 'NoSuchRebuild' });
    const { startedAt } = await rebuild.start({ actor: 'ada', reason: 'a new column' });
    const other = await notes.started();
    const refusals = await Promise.allSettled([rebuild.start({ actor: 'bob' }), other.start({ actor: 'cyd' })]);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ reason: { name: 'RebuildUnderWay', startedBy: 'ada', since: startedAt } });
    await expect(rebuild.switch(who)).rejects.toMatchObject({ name: 'NotCompared' });
    await rebuild.compare(who);
    await rebuild.switch(who);
    await expect(rebuild.start(who)).rejects.toMatchObject({ name: 'OldCopyKept' });
  });

  it('paused it stands still, resumed it goes on, cancelled nothing is left', async () => {
    await appendAll(notes.source, noteEvents('pause', 100));
    const rebuild = await notes.started();
    await rebuild.start(who);
    await caughtUp(rebuild);
    expect(await rebuild.pause(who)).toMatchObject({ state: 'paused' });
    const { done } = await rebuild.status();
    await appendAll(notes.source, noteEvents('while paused', 40));
    await notes.expectLiveFold(rebuild);
    expect(await rebuild.status()).toMatchObject({ state: 'paused', done, caughtUp: false });
    await rebuild.resume(who);
    await caughtUp(rebuild);
    expect(await rebuild.compare(who)).toMatchObject({ equal: true });
    await rebuild.cancel(who);
    expect(await notes.rows(`select to_regnamespace('notes_read_v1_r2')::text as gone`)).toEqual([{ gone: null }]);
    await notes.expectLiveFold(rebuild);
  });

  it('a query that holds the views for too long keeps them, is named, and everything stays as it was', async () => {
    await appendAll(notes.source, noteEvents('held', 50));
    const { live } = await notes.started();
    const rebuild = new Rebuild(live, 1_000);
    await rebuild.start(who);
    await caughtUp(rebuild);
    await rebuild.compare(who);
    const analyst = await notes.db.pool.connect();
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
    await notes.expectLiveFold(rebuild);
  });

  it('of two processes one folds the copy, and the other takes over when that one is gone', async () => {
    await appendAll(notes.source, noteEvents('two', 100));
    const first = await notes.started();
    const second = await notes.started();
    await first.start(who);
    await caughtUp(first);
    const folder = () => notes.rows(`select folder from kontor_rebuilds.copies where state = 'building'`);
    expect(await folder()).toEqual([{ folder: first.live.folder }]);
    await first.live.stop();
    await eventually('the other one folds it', async () => (await folder())[0]?.['folder'] === second.live.folder);
    await appendAll(notes.source, noteEvents('taken over', 50));
    await eventually('the copy is folded on', async () => (await second.status()).caughtUp);
    expect(await second.compare(who)).toMatchObject({ equal: true });
    await second.switch(who);
    await notes.expectLiveFold(second);
  });

  it('shows the first rows that differ, with the events behind them, and switches only when that is accepted', async () => {
    await appendAll(notes.source, noteEvents('differences', 200));
    const rebuild = await notes.started();
    await rebuild.live.waitFor(await notes.head(), 5_000);
    await notes.db.pool.query(`update notes_read_v1.notebooks set pages = pages + 100 where notebook = 'notebook-3'`);
    await notes.db.pool.query(`delete from notes_read_v1.notes where notebook = 'notebook-2'`);
    await rebuild.start(who);
    await caughtUp(rebuild);
    const { equal, tables, positions } = await rebuild.compare(who);
    expect({ equal, positions }).toEqual({ equal: false, positions: { notes: '200' } });
    const [inNotes, notebooks] = tables;
    expect(notebooks).toMatchObject({ verdict: 'different', differentRows: 1 });
    const [row] = notebooks?.first ?? [];
    expect(row?.key).toEqual({ notebook: 'notebook-3' });
    expect(Number(row?.live?.['pages'])).toBe(Number(row?.rebuilt?.['pages']) + 100);
    const behind = (await published(notes.source)).filter(({ subject }) => subject === 'notebook-3').slice(0, 20);
    expect(row?.events.map(({ eventId }) => eventId)).toEqual(behind.map(({ id }) => id));
    expect(inNotes?.first[0]).toMatchObject({ live: null, rebuilt: { notebook: 'notebook-2' } });
    expect(inNotes?.first).toHaveLength(5);
    await expect(rebuild.switch(who)).rejects.toMatchObject({ name: 'NotCompared' });
    await rebuild.switch({ ...who, acceptDifferences: true });
    await notes.expectLiveFold(rebuild);
  });

  it('a checkpoint ahead of the log is said, not waited for', async () => {
    await appendAll(notes.source, noteEvents('ahead', 20));
    const rebuild = await notes.started();
    await rebuild.start(who);
    await caughtUp(rebuild);
    await rebuild.live.waitFor(await notes.head(), 5_000);
    await notes.db.pool.query(`update notes_read_v1.checkpoints set position = 1000`);
    await expect(rebuild.compare(who)).rejects.toMatchObject({ name: 'CheckpointAheadOfLog', position: 1000n });
  });

  it('a head that another process gave a moment ago is no end of the log: what was folded since is compared', async () => {
    await appendAll(notes.source, noteEvents('remembered', 20));
    const feed = new RememberedHead(notes.feed);
    notes.feed = feed;
    const rebuild = await notes.started();
    await rebuild.start(who);
    await caughtUp(rebuild);
    await rebuild.live.waitFor(await notes.head(), 5_000);
    feed.rememberFor(200);
    expect(await rebuild.compare(who)).toMatchObject({ equal: true });
    expect(feed.late).toBeGreaterThan(0);
  });

  it('tells its rate in events, whatever the store counts its positions in', async () => {
    await appendAll(notes.source, noteEvents('rate', 300));
    notes.feed = new BytesFeed(notes.feed);
    const rebuild = await notes.started(notesProjection(), { batchSize: 10, beforeBatch: () => delay(50) });
    await rebuild.start(who);
    const rates: number[] = [];
    await eventually('it has caught up', async () => {
      const { eventsPerSecond, secondsLeft, total, caughtUp } = await rebuild.status();
      expect(total).toBe(300_000n);
      if (eventsPerSecond !== null && secondsLeft !== null) rates.push(eventsPerSecond);
      return caughtUp;
    });
    // Ten events in no less than 50 ms.
    expect(Math.max(...rates)).toBeGreaterThan(0);
    expect(Math.max(...rates)).toBeLessThanOrEqual(400);
  });
});

/** As the log of another process is seen: its head is the one of a moment ago. */
class RememberedHead extends Feed {
  late = 0;
  private until = 0;

  constructor(private readonly feed: Feed) {
    super();
  }

  rememberFor(ms: number): void {
    this.until = performance.now() + ms;
  }

  read(options: FeedOptions): AsyncIterable<FeedBatch> {
    return this.feed.read(options);
  }

  async head(service: string): Promise<FeedHead> {
    const head = await this.feed.head(service);
    if (performance.now() > this.until) return head;
    this.late += 1;
    return { ...head, position: head.position - 5n };
  }
}

const BYTES = 1_000n;

/** As EventStoreDB counts: each event takes a thousand. */
class BytesFeed extends Feed {
  constructor(private readonly feed: Feed) {
    super();
  }

  async *read(options: FeedOptions): AsyncIterable<FeedBatch> {
    const inBytes = (position: string) => String(BigInt(position) * BYTES);
    for await (const batch of this.feed.read({ ...options, after: options.after / BYTES })) {
      const { position, recordedAt } = batch.watermark;
      yield {
        ...batch,
        watermark: { position: position * BYTES, recordedAt },
        events: batch.events.map((event) => ({
          ...event,
          position: inBytes(event.position),
          previousposition: inBytes(event.previousposition),
        })),
      };
    }
  }

  async head(service: string): Promise<FeedHead> {
    const head = await this.feed.head(service);
    return { ...head, position: head.position * BYTES };
  }
}
