import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type KeyVault, PostgresEventStore, PostgresKeyVault } from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { erased, met, peopleLog, peopleProjection, personId } from '../personal-copies.scenarios.ts';
import { LiveProjection } from './live-projection.ts';
import { parkedStreams, retryStream } from './parked.ts';
import { Rebuild } from './rebuild.ts';
import { replayStreams } from './replay.ts';
import { verify } from './verify.ts';

const [ada, bob] = [personId('Ada'), personId('Bob')];
const who = { actor: 'ada' };
const LIVE = 'people_read_v1';
const COPY = 'people_read_v1_r2';

describe('X-08: an erasure reaches every copy of a projection', () => {
  let db: TestDatabase;
  let source: LogSource;
  let vault: KeyVault;
  let rebuild: Rebuild;
  let stops: (() => Promise<void>)[];

  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.drop());
  beforeEach(async () => {
    await PostgresEventStore.migrate(db.pool, 'people_log');
    source = peopleLog(db.pool);
    vault = await PostgresKeyVault.open(db.pool);
    stops = [];
    await met(source, vault, { personId: ada, firm: null, name: 'Ada' });
    await met(source, vault, { personId: bob, firm: null, name: 'Bob' });
    rebuild = await started();
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    await source.store.close();
    const { rows } = await db.pool.query<{ nspname: string }>(
      `select nspname from pg_namespace where nspname like 'people%' or nspname in ('kontor_keys', 'kontor_rebuilds')`,
    );
    await db.pool.query(`drop schema ${rows.map(({ nspname }) => nspname).join(', ')} cascade`);
  });

  const started = async (projection = peopleProjection) => {
    const live = new LiveProjection(db.pool, new LogFeed([source]), projection, { vault });
    stops.push(() => live.stop());
    await live.prepare();
    await live.start();
    return new Rebuild(live);
  };
  const names = async (schema: string) =>
    (await db.pool.query<{ name: string | null }>(`select name from ${schema}.meetings order by position`)).rows.map(
      ({ name }) => name,
    );
  const built = async () => {
    await rebuild.start(who);
    await eventually('the copy has caught up', async () => (await rebuild.status()).caughtUp);
  };
  const eraseAda = async () => {
    await vault.destroy(ada);
    await erased(source, vault, ada);
    await rebuild.live.waitFor(`people:${(await source.store.head()).position}`, 10_000);
  };
  const toHold = (schema: string, expected: readonly (string | null)[]) =>
    eventually(`${schema} holds ${expected.join()}`, async () => String(await names(schema)) === String(expected));

  it('that is live after a switch, that is kept beside it, and both after a switch back', async () => {
    await built();
    await rebuild.compare(who);
    await rebuild.switch(who);
    expect([await names(LIVE), await names(COPY)]).toEqual([
      ['Ada', 'Bob'],
      ['Ada', 'Bob'],
    ]);
    await eraseAda();
    await toHold(COPY, [null, 'Bob']);
    await toHold(LIVE, [null, 'Bob']);
    await rebuild.switchBack(who);
    await vault.destroy(bob);
    await erased(source, vault, bob);
    await toHold(COPY, [null, null]);
    await toHold(LIVE, [null, null]);
  });

  it('and none keeps personal data in what was compared, verified or retried', async () => {
    await built();
    await db.pool.query(`update ${COPY}.meetings set name = 'Adelheid' where name = 'Ada'`);
    await db.pool.query(`update ${COPY}.meetings set person_id = null where name = 'Bob'`);
    const { tables } = await rebuild.compare(who);
    const shown = tables.flatMap(({ first }) => first.map(({ live, rebuilt }) => [live?.['name'], rebuilt?.['name']]));
    expect(shown).toEqual([
      ['personal, withheld', 'personal, withheld, another'],
      ['personal, withheld', 'personal, withheld'],
    ]);
    await rebuild.cancel(who);
    await db.pool.query(`update ${LIVE}.meetings set name = 'Adelheid' where name = 'Ada'`);
    expect((await verify(rebuild, { by: 'ada' })).comparison.equal).toBe(false);
    const { rows } = await db.pool.query<{ kept: string }>(
      `select comparison::text as kept from kontor_rebuilds.copies where comparison is not null
       union all select comparison::text from kontor_rebuilds.verifications
       union all select details::text from kontor_rebuilds.acts`,
    );
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.filter(({ kept }) => /Ada|Adelheid|Bob"/.test(kept))).toEqual([]);
  });

  it('that is paused: at once, and what it folds when it goes on is the same as live', async () => {
    await built();
    await rebuild.pause(who);
    await eraseAda();
    await toHold(COPY, [null, 'Bob']);
    await met(source, vault, { personId: bob, firm: null, name: 'Bob again' });
    await rebuild.resume(who);
    await eventually('the copy has caught up', async () => (await rebuild.status()).caughtUp);
    expect(await rebuild.compare(who)).toMatchObject({ equal: true });
    expect(await names(COPY)).toEqual([null, 'Bob', 'Bob again']);
  });

  it('that is paused behind the erasure which the live one has folded already', async () => {
    await built();
    await rebuild.pause(who);
    await rebuild.live.stop();
    // As if the fold had been cut off with the name in its tables, and no process was there to hear of the erasure.
    await vault.destroy(ada);
    await erased(source, vault, ada);
    expect(await names(COPY)).toEqual(['Ada', 'Bob']);
    rebuild = await started();
    await toHold(COPY, [null, 'Bob']);
    await rebuild.cancel(who);
    expect((await verify(rebuild)).comparison.equal).toBe(true);
  });

  it('that an older version has left behind; after a week it goes', async () => {
    await rebuild.live.waitFor(`people:${(await source.store.head()).position}`, 10_000);
    await rebuild.live.stop();
    rebuild = await started({ ...peopleProjection, version: 2 });
    await eraseAda();
    await toHold(LIVE, [null, 'Bob']);
    expect(await names('people_read_v2')).toEqual([null, 'Bob']);
    await db.pool.query(
      `update kontor_rebuilds.copies set changed_at = changed_at - interval '8 days' where state = 'retired'`,
    );
    await rebuild.live.reconcile();
    const { rows } = await db.pool.query(`select to_regnamespace('${LIVE}')::text as gone`);
    expect(rows).toEqual([{ gone: null }]);
  });

  it('that the next version has begun to build and left, while the older one runs', async () => {
    await toHold(LIVE, ['Ada', 'Bob']);
    const analyst = await db.pool.connect();
    await analyst.query(`begin; select 1 from ${peopleProjection.viewSchema}.meetings`);
    const next = await started({ ...peopleProjection, version: 2 });
    await toHold('people_read_v2', ['Ada', 'Bob']);
    await next.live.stop();
    await analyst.query('rollback');
    analyst.release();
    await eraseAda();
    await toHold(LIVE, [null, 'Bob']);
    await toHold('people_read_v2', [null, 'Bob']);
  });

  it('that a verification has left behind which was killed', async () => {
    await rebuild.live.stop();
    // What is there when the process ends in the middle: tables with the names in them, and nobody who drops them.
    const client = await db.pool.connect();
    await rebuild.makeSchema(client, `${LIVE}_check`);
    client.release();
    await rebuild.live.runnerOf(rebuild.live.placed(`${LIVE}_check`, false)).catchUp();
    expect(await names(`${LIVE}_check`)).toEqual(['Ada', 'Bob']);
    rebuild = await started();
    await eraseAda();
    await eventually('it is gone', async () => {
      const { rows } = await db.pool.query(`select 1 from pg_namespace where nspname = '${LIVE}_check'`);
      return rows.length === 0;
    });
  });

  describe('in a process that still has the key in memory', () => {
    const other = async () => {
      const live = new LiveProjection(db.pool, new LogFeed([source]), peopleProjection, {
        vault: await PostgresKeyVault.open(db.pool),
        turn: { held: () => Promise.resolve(false), release: () => Promise.resolve() },
      });
      stops.push(() => live.stop());
      await live.prepare();
      await live.start();
      return live;
    };

    it('a replay brings nothing back', async () => {
      await toHold(LIVE, ['Ada', 'Bob']);
      const live = await other();
      const replay = () =>
        replayStreams(
          { pool: db.pool, feed: live.feed, live: live.placed(live.schema, true), unseal: live.unseal },
          { stream: `person-${ada}` },
          false,
          async () => undefined,
        );
      expect(await replay()).toMatchObject({ rows: 1, changedRows: 0 });
      await eraseAda();
      await toHold(LIVE, [null, 'Bob']);
      await replay();
      expect(await names(LIVE)).toEqual([null, 'Bob']);
    });

    it('nor does the retry of a parked stream, not in its error either', async () => {
      const cyd = personId('Cyd');
      await met(source, vault, { personId: cyd, firm: null, name: 'Bad Cyd' });
      await toHold(LIVE, ['Ada', 'Bob']);
      const live = await other();
      const stream = `person-${cyd}`;
      await eventually('it is parked', async () => (await parkedStreams(live)).length === 1);
      expect(await retryStream(live, 'people', stream, who)).toMatchObject({ error: 'cannot greet Bad Cyd' });
      await vault.destroy(cyd);
      await erased(source, vault, cyd);
      await eventually(
        'it is erased',
        async () => (await parkedStreams(live))[0]?.error.startsWith('withheld') === true,
      );
      expect(await retryStream(live, 'people', stream, who)).toMatchObject({ applied: 1, error: null });
      expect(await names(LIVE)).toEqual(['Ada', 'Bob', null]);
    });
  });

  it('that the views are over while the next version is built', async () => {
    await toHold(LIVE, ['Ada', 'Bob']);
    await rebuild.live.stop();
    const analyst = await db.pool.connect();
    await analyst.query(`begin; select 1 from ${peopleProjection.viewSchema}.meetings`);
    rebuild = await started({ ...peopleProjection, version: 2 });
    await vault.destroy(ada);
    await erased(source, vault, ada);
    await toHold(LIVE, [null, 'Bob']);
    await toHold('people_read_v2', [null, 'Bob']);
    expect(rebuild.live.building).toMatchObject({ oldSchema: LIVE });
    await analyst.query('rollback');
    analyst.release();
    await rebuild.live.waitFor(`people:${(await source.store.head()).position}`, 10_000);
    expect(rebuild.live.building).toBe(undefined);
  });
});
