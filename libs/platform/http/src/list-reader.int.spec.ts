import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Principal, Scope } from '@kontor/auth';
import type { ServiceRuntime } from '@kontor/service';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { equals, type ListDefinition, listFor, readList } from './list-reader.ts';
import { NOTHING_KNOWN_YET } from './list.ts';

const ALL: Scope = { kind: 'all' };
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const at = (second: number) => `2026-03-02T08:00:0${second}.000001Z`;

const list: ListDefinition = {
  route: '/v1/things',
  action: 'accounts.read',
  projection: 'things',
  owned: (owners) => `t.owner_id = any(${owners})`,
  from: (moment) =>
    `things t left join lateral (select count(*)::int as changes from changes c
       where c.thing_id = t.thing_id and c.at_text <= ${moment.knownText}) c on true`,
  select: (moment) => `t.thing_id as "id", t.name, ${moment.asOf}::text as "on", c.changes`,
  recordedAt: 't.recorded_at',
  newest: ['select max(recorded_at) from things', 'select max(at_text::timestamptz) from changes'],
  sort: { key: 't.name collate "C"', type: 'text', descending: true },
  id: 't.thing_id',
  filters: { name: equals('t.name'), changes: equals('c.changes', 'integer') },
  dated: true,
};

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.pool.query(
    `create table things (thing_id uuid, name text, owner_id uuid, recorded_at timestamptz);
     create table changes (thing_id uuid, at_text text)`,
  );
});
afterAll(() => database.drop());

async function add(n: number, name: string, second: number): Promise<void> {
  await database.pool.query('insert into things values ($1, $2, $3, $4)', [id(n), name, id(n % 2), at(second)]);
}
const ask = (asked: object, today = '2026-03-02', scope: Scope = ALL) =>
  readList(database.pool, list, { limit: 2, ...asked }, scope, today);

describe('a list that is read from tables', () => {
  it('I-06: is of the moment before everything while nothing is there', async () => {
    expect(await ask({})).toEqual({ asOf: '2026-03-02', items: [], next: null, asKnownAt: NOTHING_KNOWN_YET });
  });

  it('I-06: is of the newest change that was folded, and shows nothing later, on the day it was asked for', async () => {
    for (const [n, name] of ['B', 'B', 'A'].entries()) await add(n, name, n);
    await database.pool.query('insert into changes values ($1, $2)', [id(2), at(3)]);
    const first = await ask({});
    expect(first).toEqual({
      asOf: '2026-03-02',
      asKnownAt: at(3),
      items: [
        { id: id(1), name: 'B', on: '2026-03-02', changes: 0 },
        { id: id(0), name: 'B', on: '2026-03-02', changes: 0 },
      ],
      next: expect.any(String),
    });
    await add(3, 'A', 4);
    // On the same day as the moment: instants that are kept as text are compared as they were written.
    await database.pool.query('insert into changes values ($1, $2)', [id(2), at(5)]);
    expect(await ask({ cursor: first.next }, '2026-03-03')).toEqual({
      asOf: '2026-03-02',
      asKnownAt: at(3),
      items: [{ id: id(2), name: 'A', on: '2026-03-02', changes: 1 }],
      next: null,
    });
    expect((await ask({ limit: 9 }, '2026-03-03')).items).toEqual([
      { id: id(1), name: 'B', on: '2026-03-03', changes: 0 },
      { id: id(0), name: 'B', on: '2026-03-03', changes: 0 },
      { id: id(3), name: 'A', on: '2026-03-03', changes: 0 },
      { id: id(2), name: 'A', on: '2026-03-03', changes: 2 },
    ]);
  });

  it('I-04 I-06: is asked of a moment in the past, and waits for one that has not been folded yet', async () => {
    const changesAt = async (asKnownAt: string) =>
      (await ask({ limit: 9, asKnownAt })).items.map((item) => (item as { changes: number }).changes);
    expect(await changesAt('2026-03-02T08:00:03Z')).toEqual([0, 0, 0]);
    expect(await changesAt(at(3))).toEqual([0, 0, 1]);
    expect(await changesAt('2026-03-02T08:00:06Z')).toEqual([0, 0, 0, 2]);
    expect(await changesAt('2026-03-02T07:59:59Z')).toEqual([]);
    const waited: string[] = [];
    let now = '2026-03-02T08:00:10Z';
    const runtime = {
      name: 'accounts',
      pool: database.pool,
      clock: { now: () => now },
      entities: { today: () => '2026-03-02' },
      access: { scope: () => Promise.resolve(ALL) },
      caughtUp: () => Promise.resolve(),
      caughtUpToHead: (projection: string) => Promise.resolve(void waited.push(projection)),
    } as unknown as ServiceRuntime;
    const page = (asked: object) => listFor(runtime, {} as Principal, list, { limit: 1, ...asked });
    const { next } = await page({ asKnownAt: at(5) });
    expect(waited).toEqual([]);
    await page({ asKnownAt: at(6) });
    expect(waited).toEqual(['things']);
    await page({ asKnownAt: at(5), cursor: next });
    expect(waited).toEqual(['things']);
    // What has been recorded is not the future, whatever the clock says here; what may still be, is.
    now = '2026-03-02T07:00:00Z';
    await page({ asKnownAt: at(5) });
    await expect(page({ asKnownAt: at(6) })).rejects.toMatchObject({ status: 422, code: 'InvalidRequest' });
    now = '2026-03-02T07:59:30Z';
    await page({ asKnownAt: at(6) });
    expect(waited).toEqual(['things', 'things']);
  });

  it('X-14: shows what a filter and a scope allow, and knows no filter that it does not name', async () => {
    const names = async (asked: object, scope: Scope = ALL) =>
      (await ask(asked, undefined, scope)).items.map((item) => (item as { id: string }).id);
    expect(await names({ name: 'A' })).toEqual([id(3), id(2)]);
    expect(await names({ name: 'A', changes: 2 })).toEqual([id(2)]);
    expect(await names({}, { kind: 'owners', ownerIds: [id(1)] })).toEqual([id(1), id(3)]);
    expect(await names({}, { kind: 'owners', ownerIds: [] })).toEqual([]);
    await expect(ask({ colour: 'red' })).rejects.toThrow('/v1/things has no filter colour');
  });

  it('X-07: refuses a cursor with a key or an id of another form', async () => {
    const { next } = await ask({});
    const decoded = JSON.parse(Buffer.from(next ?? '', 'base64url').toString('utf8')) as object;
    for (const change of [{ key: 'x'.repeat(501) }, { id: 'x' }]) {
      const cursor = Buffer.from(JSON.stringify({ ...decoded, ...change })).toString('base64url');
      await expect(ask({ cursor })).rejects.toMatchObject({ status: 400, code: 'InvalidCursor' });
    }
  });
});
