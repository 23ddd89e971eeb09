import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { foldInMemory, readTables } from './fold-in-memory.ts';
import {
  appendAll,
  bug,
  noteEvents,
  notesLog,
  notesProjection,
  published,
  tablesHash,
  taken,
} from './notes.scenarios.ts';
import { ProjectionRunner } from './projection-runner.ts';
import type { ProjectionNotice } from './runner-types.ts';

describe('ProjectionRunner', () => {
  let db: TestDatabase;
  let source: LogSource;
  let feed: LogFeed;
  const runners: ProjectionRunner[] = [];
  let notices: ProjectionNotice[];

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
    notices = [];
    bug.fixed = false;
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await source.store.close();
    await db.pool.query('drop schema if exists notes_log, notes_read_v1, notes_read_v2, reading cascade');
  });

  const runner = (options: { batchSize?: number } = {}) => {
    const made = new ProjectionRunner(db.pool, feed, notesProjection(), {
      ...options,
      report: (notice) => notices.push(notice),
    });
    runners.push(made);
    return made;
  };
  const expectFold = async () => {
    const { tables } = foldInMemory(notesProjection(), await published(source));
    expect(await readTables(db.pool, notesProjection())).toEqual(tables);
    return tables;
  };
  const rows = async (sql: string) => (await db.pool.query<Record<string, unknown>>(sql)).rows;

  it('read model = pure fold of the log, whatever the size of the batches', async () => {
    await appendAll(source, noteEvents('any batch', 400));
    const hashes = new Set<string>();
    for (const batchSize of [1, 7, 1_000]) {
      const one = runner({ batchSize });
      if (hashes.size > 0) await one.rebuild();
      await one.catchUp();
      const tables = await expectFold();
      expect(tables.notes?.length).toBeGreaterThan(100);
      hashes.add(await tablesHash(db.pool, notesProjection()));
    }
    expect(hashes.size).toBe(1);
  });

  it('rows that were taken for new ones and are there already are written over', async () => {
    await appendAll(source, noteEvents('again', 200));
    const one = runner();
    await one.catchUp();
    const before = await expectFold();
    // The checkpoint goes back without the tables: every row of the next batch is there already.
    await db.pool.query(`update notes_read_v1.checkpoints set position = 0`);
    await db.pool.query(`update notes_read_v1.notes set text = 'old'; delete from notes_read_v1.notebooks`);
    await runner().catchUp();
    expect(await readTables(db.pool, notesProjection())).toEqual(before);
    expect((await one.status()).services[0]?.parkedStreams).toBe(0);
  });

  it('fault row 14: rebuilt twice, the tables hold the same bytes', async () => {
    await appendAll(source, noteEvents('rebuild', 300));
    const one = runner();
    await one.catchUp();
    const hashes = [await tablesHash(db.pool, notesProjection())];
    for (let time = 0; time < 2; time += 1) {
      await one.rebuild();
      expect((await one.status()).services[0]?.position).toBe(0n);
      await one.catchUp();
      hashes.push(await tablesHash(db.pool, notesProjection()));
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it('I-05: tables and views carry their comments, and the reader sees no personal column', async () => {
    await db.pool.query('drop role if exists reading_analyst');
    await db.pool.query('create role reading_analyst');
    await new ProjectionRunner(db.pool, feed, notesProjection(), { readerRole: 'reading_analyst' }).prepare();
    const comments = await rows(
      `select c.relname, a.attname, col_description(c.oid, a.attnum) as comment,
              has_column_privilege('reading_analyst', c.oid, a.attnum, 'select') as readable
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where c.relnamespace = 'reading'::regnamespace order by 1, 2`,
    );
    const declared = notesProjection();
    const expected = [
      ...Object.entries(declared.tables).flatMap(([relname, { columns }]) =>
        Object.entries(columns).map(([attname, { comment, personal }]) => ({
          relname,
          attname,
          comment,
          readable: personal !== true,
        })),
      ),
      ...Object.entries(declared.views ?? {}).flatMap(([relname, { columns }]) =>
        Object.entries(columns).map(([attname, comment]) => ({ relname, attname, comment, readable: true })),
      ),
    ].sort((a, b) => (`${a.relname} ${a.attname}` < `${b.relname} ${b.attname}` ? -1 : 1));
    expect(comments).toEqual(expected);
    expect(await rows(`select obj_description('reading.notes'::regclass) as comment`)).toEqual([
      { comment: 'Every note that was taken' },
    ]);
    await db.pool.query('drop owned by reading_analyst; drop role reading_analyst');
  });

  it('an index on a column that may be null holds the rows that have a value', async () => {
    const runner = new ProjectionRunner(db.pool, feed, notesProjection());
    await runner.prepare();
    const found = await rows(
      `select tablename, indexdef ~ 'WHERE' as partial from pg_indexes
       where schemaname = '${runner.schema}' and indexname ~ '_[0-9a-f]{8}$' order by 1`,
    );
    expect(found).toEqual([
      { tablename: 'notebooks', partial: true },
      { tablename: 'notes', partial: false },
    ]);
  });

  it('refuses tables that were built from another declaration under the same version', async () => {
    await runner().prepare();
    const declared = notesProjection();
    const changed = {
      ...declared,
      tables: { ...declared.tables, extra: { comment: '', key: ['a'], columns: { a: { type: 'text', comment: '' } } } },
    } as const;
    await expect(new ProjectionRunner(db.pool, feed, changed).prepare()).rejects.toMatchObject({
      name: 'ProjectionChanged',
    });
    await new ProjectionRunner(db.pool, feed, changed).rebuild();
    expect(await rows('select * from reading.extra')).toEqual([]);
    await expect(runner().prepare()).rejects.toMatchObject({ name: 'ProjectionChanged' });
    await runner().rebuild();
    const reindexed = {
      ...declared,
      views: {},
      tables: { ...declared.tables, notebooks: { ...declared.tables.notebooks, indexes: ['pages'] } },
    };
    await new ProjectionRunner(db.pool, feed, reindexed as typeof declared).prepare();
  });

  it('leaves out the events that the projection skips', async () => {
    const skipped = { ...taken('twice'), id: '00000000-0000-4000-8000-000000000001' };
    await source.store.append('notebook-1', 'none', [taken('once'), skipped]);
    await runner().catchUp();
    expect(await rows('select text from notes_read_v1.notes')).toEqual([{ text: 'once' }]);
    await expectFold();
  });

  it('fault row 7: a log in which nothing concerns the projection: the lag reaches 0', async () => {
    const { event } = [...noteEvents('whispers', 30)].find((one) => one.event.type === 'notes.Whispered.v1') ?? {};
    if (event === undefined) throw new Error('the seed holds no whisper');
    for (let index = 0; index < 30; index += 1)
      await source.store.append(`notebook-${index}`, 'none', [{ ...event, id: taken(`id ${index}`).id }]);
    const one = runner();
    await one.start();
    await one.waitFor('notes:30', 5_000);
    const [status] = await eventually('the checkpoint is written', async () => {
      const { services } = await one.status();
      const stored = await rows('select distinct position::int as position from notes_read_v1.checkpoints');
      return stored[0]?.position === 30 && services;
    });
    expect(status).toMatchObject({
      state: 'running',
      position: 30n,
      head: 30n,
      lag: 0n,
      lagSeconds: 0,
      parkedStreams: 0,
    });
    await one.stop();
    expect((await one.status()).services[0]).toMatchObject({ state: 'stopped', position: 30n, lag: 0n });
  });

  it('consistentWith: waits until the position was folded, and says how far it is when it was not', async () => {
    const one = runner();
    await one.start();
    const { position } = await source.store.append('notebook-1', 'none', [taken('a')]);
    await one.waitFor(`accounts:7,notes:${position}`, 5_000);
    expect(await rows('select text from reading.notes')).toEqual([{ text: 'a' }]);
    await expect(one.waitFor(`notes:${position + 1n}`, 50)).rejects.toMatchObject({
      name: 'ProjectionBehind',
      behind: [{ service: 'notes', position, wanted: position + 1n }],
    });
    await expect(one.waitFor('notes', 50)).rejects.toMatchObject({ name: 'InvalidConsistencyToken' });
    // A process that only asks sees the same by the rows.
    const asking = runner();
    await asking.waitFor(`notes:${position}`, 1_000);
    await expect(asking.waitFor(`notes:${position + 1n}`, 50)).rejects.toMatchObject({ name: 'ProjectionBehind' });
  });

  describe('fault row 9: a poison event', () => {
    it('of a handler parks its own stream; after the fix the tables equal the fold', async () => {
      await appendAll(source, noteEvents('before', 50));
      await source.store.append('notebook-3', 'any', [taken('poison')]);
      await appendAll(source, noteEvents('after', 50));
      const one = runner({ batchSize: 20 });
      await one.catchUp();

      const events = await published(source);
      const { parked } = foldInMemory(notesProjection(), events);
      expect(parked.length).toBeGreaterThan(3);
      expect(new Set(parked.map(({ event }) => event.subject))).toEqual(new Set(['notebook-3']));
      await expectFold();
      const letters = await rows('select event_id, error, contract from notes_read_v1.dead_letters order by position');
      expect(letters.map(({ event_id }) => event_id)).toEqual(parked.map(({ event }) => event.id));
      expect(letters.map(({ error }) => error)).toEqual([
        'the handler does not understand poison',
        ...parked.slice(1).map(() => null),
      ]);
      expect((await one.status()).services[0]?.parkedStreams).toBe(1);
      expect(notices).toEqual([expect.objectContaining({ kind: 'parked', service: 'notes', stream: 'notebook-3' })]);

      await one.rebuild();
      await one.catchUp();
      await expectFold();
      expect(await one.retryParked('notes', 'notebook-3')).toEqual({
        applied: 0,
        error: 'the handler does not understand poison',
      });

      bug.fixed = true;
      // A stream that was parked stays parked in a rebuild, until it is retried.
      await one.rebuild();
      await one.catchUp();
      expect(await rows('select stream from notes_read_v1.parked_streams')).toEqual([{ stream: 'notebook-3' }]);
      expect(await one.retryParked('notes', 'notebook-3')).toEqual({ applied: parked.length, error: null });
      expect(
        await rows('select 1 from notes_read_v1.parked_streams union all select 1 from notes_read_v1.dead_letters'),
      ).toEqual([]);
      await expectFold();
    });

    it('that only the database refuses is found by halving the batch', async () => {
      await appendAll(source, noteEvents('halves', 40));
      // Too long for the index, and not to be compressed: PostgreSQL alone knows.
      const incompressible = Array.from({ length: 3_000 }, (_, index) =>
        String.fromCodePoint(0x4e00 + ((index * 7_919) % 20_000)),
      ).join('');
      await source.store.append('notebook-2', 'any', [taken(incompressible)]);
      await source.store.append('notebook-5', 'any', [taken('a text with \u0000')]);
      await appendAll(source, noteEvents('halves, the rest', 40));
      await runner().catchUp();
      const parked = await rows('select stream from notes_read_v1.parked_streams order by 1');
      expect(parked).toEqual([{ stream: 'notebook-2' }, { stream: 'notebook-5' }]);
      const events = await published(source);
      const since = new Map<string, number>();
      for (const { subject, data, position } of events as readonly {
        subject: string;
        data: { text?: string };
        position: string;
      }[])
        if (data.text === incompressible || data.text?.includes('\u0000') === true)
          since.set(subject, Number(position));
      const { tables } = foldInMemory(
        notesProjection(),
        events.filter(({ subject, position }) => Number(position) < (since.get(subject) ?? Number.POSITIVE_INFINITY)),
      );
      expect(await readTables(db.pool, notesProjection())).toEqual(tables);
    });

    it('is left to a running projection by a retry from another process', async () => {
      await source.store.append('notebook-1', 'any', [taken('poison'), taken('behind')]);
      const running = runner();
      await running.start();
      await running.waitFor('notes:2', 5_000);
      bug.fixed = true;
      expect(await runner().retryParked('notes', 'notebook-1')).toEqual({ applied: 2, error: null });
      await source.store.append('notebook-1', 'any', [taken('on it goes')]);
      await running.waitFor('notes:3', 5_000);
      await expectFold();
      expect(await rows('select text from notes_read_v1.notes order by revision')).toEqual(
        ['poison', 'behind', 'on it goes'].map((text) => ({ text })),
      );
    });
  });

  it('a fault of the database is retried and parks nothing', async () => {
    await source.store.append('notebook-1', 'any', [taken('a')]);
    const one = runner();
    await one.prepare();
    await db.pool.query('alter table notes_read_v1.notes rename to gone');
    await one.start();
    await eventually('the fold is being retried', () => notices.filter(({ kind }) => kind === 'retrying').length > 2);
    expect((await one.status()).services[0]).toMatchObject({
      state: 'retrying',
      position: 0n,
      lag: 1n,
      parkedStreams: 0,
    });
    await db.pool.query('alter table notes_read_v1.gone rename to notes');
    await one.waitFor('notes:1', 10_000);
    await expectFold();
  });

  it('fault row 6: a connection that is cut in the middle costs nothing', async () => {
    const one = runner({ batchSize: 5 });
    await one.start();
    let cuts = 0;
    for (let round = 0; round < 15; round += 1) {
      await appendAll(source, noteEvents(`cut ${round}`, 20));
      const { rowCount } = await db.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and query like '%notes_read_v1%'`,
      );
      cuts += rowCount ?? 0;
    }
    expect(cuts).toBeGreaterThan(0);
    await one.waitFor(`notes:${(await source.store.head()).position}`, 20_000);
    await expectFold();
  });

  it('fault row 17: folds that a crash of the server took back are folded again, though nothing new comes', async () => {
    const one = runner({ batchSize: 10 });
    await one.start();
    const folded = async (what: string) => {
      await appendAll(source, noteEvents(what, 30));
      await one.waitFor(`notes:${(await source.store.head()).position}`, 20_000);
    };
    const tables = ['notes', 'notebooks', 'checkpoints'];
    await folded('kept');
    for (const table of tables)
      await db.pool.query(`create table notes_log.kept_${table} as table notes_read_v1.${table}`);
    await folded('taken back');
    // What a crash does to commits that it had not flushed yet: rows and checkpoint are again those of a moment before.
    await db.pool.query(
      `begin; ${tables
        .map(
          (table) =>
            `delete from notes_read_v1.${table}; insert into notes_read_v1.${table} table notes_log.kept_${table}`,
        )
        .join(';')}; commit`,
    );
    await eventually('it was noticed', () => notices.some(({ kind }) => kind === 'retrying'), 20_000);
    await eventually('the tables equal the fold again', async () => (await expectFold()) && true, 20_000);
  });

  it('two processes that run the same projection fold every event once', async () => {
    const [left, right] = [runner({ batchSize: 3 }), runner({ batchSize: 5 })];
    await Promise.all([left.start(), right.start()]);
    for (let round = 0; round < 5; round += 1) await appendAll(source, noteEvents(`duel ${round}`, 40));
    const head = `notes:${(await source.store.head()).position}`;
    await Promise.all([left.waitFor(head, 20_000), right.waitFor(head, 20_000)]);
    await expectFold();
  });

  it('a log that was replaced stops the fold and says so', async () => {
    await source.store.append('notebook-1', 'any', [taken('a')]);
    await runner().catchUp();
    await db.pool.query(`update notes_read_v1.checkpoints set log_id = gen_random_uuid()`);
    const one = runner();
    await one.start();
    await eventually('it has failed', async () => (await one.status()).services[0]?.state === 'failed');
    await expect(runner().catchUp()).rejects.toMatchObject({ name: 'LogChanged' });
    await one.rebuild();
    await one.waitFor('notes:1', 5_000);
  });
});
