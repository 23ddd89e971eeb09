import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import pg from 'pg';
import { ANALYST_ROLE, grantToAnalysts } from './analyst-roles.ts';

const PATIENCE_MS = 20_000;
const LIMITS = `select current_setting('idle_in_transaction_session_timeout') as idle, current_setting('statement_timeout') as statement`;

/** What the switch to another version does to a view, and no more patient than it is. */
const SWITCH = `do $$ begin set local lock_timeout = '200ms'; create or replace view reading.notes as select 2 as note; end $$`;

describe('sessions of analysts', () => {
  let database: TestDatabase;
  const open: pg.Client[] = [];
  // Roles belong to the server, which other tests share.
  const [jane, june] = [`jane_${randomUUID().slice(0, 8)}`, `june_${randomUUID().slice(0, 8)}`];

  beforeAll(async () => {
    database = await testDatabase();
    await grantToAnalysts(database.pool, []);
    await database.pool.query(
      `create schema reading; create view reading.notes as select 1 as note;
       grant usage on schema reading to ${ANALYST_ROLE}; grant select on reading.notes to ${ANALYST_ROLE};
       create role ${jane} login password 'analyst' in role ${ANALYST_ROLE};
       create role ${june} login password 'analyst' in role ${ANALYST_ROLE};
       alter role ${june} set idle_in_transaction_session_timeout = '1s'`,
    );
  });
  afterAll(async () => {
    await Promise.all(open.map((client) => client.end().catch(() => undefined)));
    await database.pool.query(`drop role if exists ${jane}; drop role if exists ${june}`);
    await database.drop();
  });

  async function session(user: string): Promise<pg.Client> {
    const url = new URL(database.url);
    url.username = user;
    url.password = 'analyst';
    const client = new pg.Client({ connectionString: url.href });
    client.on('error', () => undefined);
    await client.connect();
    open.push(client);
    return client;
  }

  it('I-05: have limits by themselves, but for those that somebody has set', async () => {
    await grantToAnalysts(database.pool, []);
    expect((await (await session(jane)).query(LIMITS)).rows).toEqual([{ idle: '1min', statement: '15min' }]);
    expect((await (await session(june)).query(LIMITS)).rows).toEqual([{ idle: '1s', statement: '15min' }]);
    expect((await database.pool.query(LIMITS)).rows).toEqual([{ idle: '0', statement: '0' }]);
  });

  it('I-05: can neither hold the locks of those who write, nor make large objects', async () => {
    const analyst = await session(jane);
    await analyst.query('set default_transaction_read_only = off');
    for (const call of [
      'pg_advisory_lock(1)',
      'pg_try_advisory_lock_shared(1)',
      'pg_advisory_xact_lock(1, 2)',
      'lo_create(0)',
    ])
      await expect(analyst.query(`select ${call}`)).rejects.toThrow('permission denied for function');
    expect((await database.pool.query('select pg_try_advisory_xact_lock(1) as taken')).rows).toEqual([{ taken: true }]);
  });

  it('I-05, X-03: give the views free when they are left open; what runs or fetches is not disturbed', async () => {
    const [left, running, fetching] = [await session(june), await session(june), await session(june)];
    await left.query('begin; select note from reading.notes');
    const slow = running.query('select note, pg_sleep(2) from reading.notes');
    await fetching.query('begin; declare slow cursor for select note from reading.notes, generate_series(1, 8)');
    for (let fetched = 0; fetched < 8; fetched += 1) {
      // Twice the limit in all, each pause below it.
      await database.pool.query('select pg_sleep(0.25)');
      expect((await fetching.query('fetch 1 from slow')).rows).toEqual([{ note: 1 }]);
    }
    await fetching.query('commit');
    expect((await slow).rows).toMatchObject([{ note: 1 }]);
    await eventually(
      'the view is switched',
      () =>
        database.pool.query(SWITCH).then(
          () => true,
          () => false,
        ),
      PATIENCE_MS,
    );
    await expect(left.query('select note from reading.notes')).rejects.toThrow();
    expect((await fetching.query('select note from reading.notes')).rows).toEqual([{ note: 2 }]);
  });
});
