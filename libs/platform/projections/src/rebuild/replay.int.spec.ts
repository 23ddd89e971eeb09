import { describe, expect, it } from '@jest/globals';
import { Feed, type FeedOptions } from '@kontor/feed';
import { appendAll, noteEvents, notesProjection, published } from '../notes.scenarios.ts';
import { NotesRebuilds } from './notes-rebuilds.scenarios.ts';
import type { Rebuild } from './rebuild.ts';
import { replayStreams } from './replay.ts';
import { verify } from './verify.ts';

const notes = new NotesRebuilds();

describe('replay of one stream', () => {
  const replay = ({ live }: Rebuild, target: { stream: string } | { accountId: string }, dryRun = false) =>
    replayStreams(
      { pool: notes.db.pool, feed: notes.feed, live: live.placed(live.schema, true), unseal: live.unseal },
      target,
      dryRun,
      async () => undefined,
    );

  it('X-03: mends the rows of the stream and touches nobody else’s', async () => {
    await appendAll(notes.source, noteEvents('replay', 200));
    const rebuild = await notes.started();
    await notes.expectLiveFold(rebuild);
    expect(await replay(rebuild, { stream: 'notebook-3' })).toMatchObject({ changedRows: 0 });
    const others = await notes.rows(
      `select xmin::text, * from notes_read_v1.notes where notebook <> 'notebook-3' order by 2, 3`,
    );
    await notes.db.pool.query(`update notes_read_v1.notebooks set pages = 99 where notebook = 'notebook-3'`);
    await notes.db.pool.query(`delete from notes_read_v1.notes where notebook = 'notebook-3' and revision < 9`);
    const lost = (await published(notes.source)).filter(
      ({ subject, type, revision }) => subject === 'notebook-3' && type.includes('taken') && revision < 9,
    ).length;
    expect(await replay(rebuild, { stream: 'notebook-3' }, true)).toMatchObject({
      changedRows: lost + 1,
      dryRun: true,
    });
    expect(await notes.rows(`select pages::int from notes_read_v1.notebooks where notebook = 'notebook-3'`)).toEqual([
      { pages: 99 },
    ]);
    expect(await replay(rebuild, { stream: 'notebook-3' })).toMatchObject({
      streams: ['notebook-3'],
      changedRows: lost + 1,
    });
    await notes.expectLiveFold(rebuild);
    expect(
      await notes.rows(`select xmin::text, * from notes_read_v1.notes where notebook <> 'notebook-3' order by 2, 3`),
    ).toEqual(others);
    expect(await replay(rebuild, { accountId: '4' })).toMatchObject({ streams: ['notebook-4'], changedRows: 0 });
    await expect(replay(rebuild, { stream: 'notebook-99' })).rejects.toMatchObject({ name: 'NothingToReplay' });
  });

  it('X-03: reads the history before it holds up the live fold, and under the lock what was recorded since', async () => {
    await appendAll(notes.source, noteEvents('held', 100));
    const { live } = await notes.started();
    await live.waitFor(await notes.head(), 5_000);
    const reads: bigint[] = [];
    class Watched extends Feed {
      override read(options: FeedOptions) {
        reads.push(options.after);
        return notes.feed.read(options);
      }
      override head(service: string) {
        return notes.feed.head(service);
      }
    }
    const parts = { pool: notes.db.pool, live: live.placed(live.schema, true), unseal: live.unseal };
    const target = { stream: 'notebook-3' };
    const replayed = await replayStreams({ ...parts, feed: new Watched() }, target, false, async () => undefined);
    // To find the streams, to read them, and to ask whether their rows are theirs alone.
    expect([replayed.changedRows, reads.filter((after) => after === 0n).length]).toEqual([0, 3]);
  });

  it('refuses a stream that shares a row with another', async () => {
    await appendAll(notes.source, noteEvents('shared', 50));
    const declared = notesProjection();
    const shared = {
      ...declared,
      on: {
        'kontor.notes.note-taken.v1': () => [
          { table: 'notebooks', put: { notebook: 'all', pages: 1, last_text: null, busy: false } },
        ],
      },
    };
    const rebuild = await notes.started(shared);
    await rebuild.live.waitFor(await notes.head(), 5_000);
    await expect(replay(rebuild, { stream: 'notebook-3' })).rejects.toMatchObject({ name: 'RowsOfSeveralStreams' });
  });
});

describe('verification', () => {
  it('X-03: verifies the live tables against the fold from the beginning', async () => {
    await appendAll(notes.source, noteEvents('verified', 200));
    const rebuild = await notes.started();
    await rebuild.live.waitFor(await notes.head(), 5_000);
    const both = await Promise.allSettled([verify(rebuild), verify(rebuild)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { name: 'VerificationUnderWay' },
    });
    expect((await verify(rebuild)).comparison.equal).toBe(true);
    await notes.db.pool.query(`update notes_read_v1.notebooks set busy = not busy where notebook = 'notebook-1'`);
    const { comparison } = await verify(rebuild);
    expect(comparison.tables.map(({ differentRows }) => differentRows)).toEqual([0, 1]);
    expect(await rebuild.live.registry.verifications()).toMatchObject([{ projection: 'notes-read', comparison }]);
    expect(await notes.rows(`select to_regnamespace('notes_read_v1_check')::text as gone`)).toEqual([{ gone: null }]);
  });
});
