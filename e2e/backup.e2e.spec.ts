import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startPlatform, testDatabase, type TestDatabase, type TestPlatform } from '@kontor/testing';
import { framesOf } from '../apps/kontor/src/backup/check-backup.ts';
import { kontor, kontorJson } from './support/command-line.ts';

interface Body {
  readonly [field: string]: unknown;
}
interface Logs {
  readonly logs: readonly { readonly service: string; readonly logId: string; readonly position: string }[];
}

const SERVICES = ['accounts', 'orders', 'receivables', 'warranty', 'insights'];
const REMEMBERED = 'Adelheid Rottweiler';
const ERASED_BEFORE = 'Balduin Vogelsang';
const ERASED_AFTER = 'Clothilde Wespe';
const PROCESS = 'InvoiceNumbering';

let platform: TestPlatform;
let backedUp: Logs;
let folder: string;
const ids = new Map<string, string>();

const file = (name: string) => join(folder, name);
const post = async (path: string, body: unknown) => (await platform.request('POST', path, body)).body as Body;
const erase = (name: string) => post('/v1/platform/erasures', { subject: ids.get(name), reason: 'asked for it' });

async function caughtUp(of: TestPlatform): Promise<void> {
  await eventually(
    'every subscription has reached the head',
    async () => {
      const { body } = await of.request('GET', '/v1/platform/status');
      const { services } = body as { services: { subscriptions: { lagEvents: string | null }[] }[] };
      return services.flatMap(({ subscriptions }) => subscriptions).every(({ lagEvents }) => lagEvents === '0');
    },
    60_000,
  );
}

/** Every byte of a log up to a position. */
async function logHash({ pool }: TestDatabase, service: string, upto: string): Promise<unknown> {
  const { rows } = await pool.query(
    `select (select count(*) from ${service}_log.events e where e.position <= $1) as events,
            (select md5(string_agg(md5(concat_ws('|', e.position, s.name, e.revision, e.recorded_at, e.event_id, t.name,
                      encode(e.data, 'hex'), encode(e.metadata, 'hex'))), '' order by e.position))
               from ${service}_log.events e join ${service}_log.streams s using (stream_no)
               join ${service}_log.types t using (type_no) where e.position <= $1) as hash`,
    [upto],
  );
  return rows[0];
}

/** What was recorded behind the cut of a backup is in the one log and not in the other: nobody may take one for the other. */
async function expectAnotherLog(restored: TestPlatform): Promise<void> {
  const { logId = '', position = '' } = backedUp.logs.find(({ service }) => service === 'accounts') ?? {};
  const asked = async (of: TestPlatform, after: string) => {
    const { status, body } = await of.request('GET', `/v1/history/accounts?limit=0&after=${after}&logId=${logId}`);
    const { code, facts } = body as { code?: string; facts?: { logId?: string; position?: string; head?: string } };
    return [status, code, facts?.logId === logId, facts?.position ?? facts?.head];
  };
  const behind = String(BigInt(position) + 1n);
  expect(await asked(platform, behind)).toEqual([200, undefined, false, undefined]);
  expect(await asked(restored, position)).toEqual([409, 'LogChanged', false, position]);
  expect(await asked(restored, '3')).toEqual([409, 'LogChanged', false, '3']);
  expect(await asked(restored, behind)).toEqual([409, 'PositionNotYetReached', false, position]);
}

/** The first placing of a staff member is left out of a read model and of a process; what failed there is made up. */
async function leaveOut(): Promise<{ readonly staffId: string; readonly eventId: string }> {
  const { id, position } = await post('/v1/staff', {
    name: 'Dora Dohle',
    position: 'account manager',
    managerId: null,
  });
  await caughtUp(platform);
  const { body } = await platform.request('GET', `/v1/history/accounts?after=${Number(position) - 1}&limit=1`);
  const { event } = JSON.parse(String(body).split('\n')[0] ?? '') as { event: { id: string; subject: string } };
  const { pool } = platform.database;
  const letter = [position, event.subject, event.id];
  await pool.query(`insert into staff_directory_v1.parked_streams values ('accounts', $2, $1, $3, 'a test')`, letter);
  await pool.query(`insert into staff_directory_v1.dead_letters values ('accounts', $1, $2, $3, 'a test', $4)`, [
    ...[...letter, JSON.stringify(event)],
  ]);
  await pool.query(
    `insert into receivables_processes.parked_lanes (process, lane, since, error) values ($1, 'key:none', now(), 'a test')`,
    [PROCESS],
  );
  await pool.query(
    `insert into receivables_processes.dead_letters (process, service, position, lane, event_id, error, contract)
     values ($1, 'accounts', $2, 'key:none', $3, 'a test', $4)`,
    [PROCESS, position, event.id, JSON.stringify(event)],
  );
  for (const name of ['staff-directory', PROCESS]) {
    const skipped = await platform.request('POST', `/v1/platform/parked/${name}/skip`, {
      eventId: event.id,
      reason: 'a test',
    });
    expect([name, skipped.status, (skipped.body as Body)['error']]).toEqual([name, 200, null]);
  }
  return { staffId: id as string, eventId: event.id };
}

async function profiles({ pool }: TestDatabase): Promise<readonly unknown[]> {
  const { rows } = await pool.query(
    `select name, person_id, country, revision from account_directory_v2.account_profiles order by account_id, revision`,
  );
  return rows;
}

describe('backup and restore', () => {
  let leftOut: Awaited<ReturnType<typeof leaveOut>>;
  let profilesBefore: readonly unknown[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kontor-backup-'));
    platform = await startPlatform();
    await kontorJson(platform.folder, 'demo', '--size', '3');
    for (const name of [REMEMBERED, ERASED_BEFORE, ERASED_AFTER])
      ids.set(name, (await post('/v1/accounts', { name, legalForm: 'natural' }))['id'] as string);
    await erase(ERASED_BEFORE);
    leftOut = await leaveOut();
    await caughtUp(platform);
    profilesBefore = await profiles(platform.database);
  }, 120_000);
  afterAll(async () => {
    await platform.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('is one file, made while people work, for administrators', async () => {
    const token = await platform.token('sales-manager');
    expect((await platform.request('POST', '/v1/platform/backups', {}, { token })).status).toBe(403);
    const working = (async () => {
      for (let number = 0; number < 40; number += 1) await post('/v1/accounts', { name: `Meanwhile ${number}` });
    })();
    backedUp = await kontorJson<Logs>(platform.folder, 'backup', file('all.kontor'), '--with-keys');
    await working;
    expect(backedUp.logs.map(({ service }) => service).sort()).toEqual([...SERVICES].sort());
    const again = await kontor(platform.folder, 'backup', file('all.kontor'));
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is there already')]);
    expect((await readdir(folder)).sort()).toEqual(['all.kontor']);
    const { items } = (await platform.request('GET', '/v1/streams/accounts/installation-main')).body as {
      items: { type: string; data: unknown }[];
    };
    expect(items.map(({ type, data }) => [type, data])).toEqual([['platform.BackupTaken.v1', { withKeys: true }]]);
  });

  it('X-06, X-08: fault row 16: a restore is the same logs byte for byte, verified, folded, and without whoever was erased since', async () => {
    await erase(ERASED_AFTER);
    await kontorJson(platform.folder, 'backup', file('later.kontor'));
    const database = await testDatabase();
    const data = file('restored');
    const restored = await kontorJson<{ erased: number; logs: { service: string; sealed: string }[] }>(
      data,
      ...['restore', file('all.kontor'), '--database', database.url, '--erasures-from', file('later.kontor')],
    );
    expect(restored.erased).toBe(2);
    for (const { service, position } of backedUp.logs)
      expect([service, await logHash(database, service, position)]).toEqual([
        service,
        await logHash(platform.database, service, position),
      ]);
    const names = (await profiles(database)).map((row) => (row as { name: string | null }).name);
    expect(names).toContain(REMEMBERED);
    expect(names).not.toContain(ERASED_AFTER);
    expect(names).not.toContain(ERASED_BEFORE);
    expect(names.filter((name) => name?.startsWith('Meanwhile') !== true)).toHaveLength(profilesBefore.length);

    // What was left out for good is left out here too.
    const placed = await database.pool.query<{ left: boolean; placings: string }>(
      'select bool_or(staff_id = $1) as left, count(*) as placings from staff_directory_v1.staff_placings',
      [leftOut.staffId],
    );
    expect([placed.rows[0]?.left, Number(placed.rows[0]?.placings) > 0]).toEqual([false, true]);
    const skips = await database.pool.query(
      `select process as name, event_id, who, why from receivables_processes.skips
       union all select projection, event_id, who, why from kontor_rebuilds.skips order by 1`,
    );
    const by = { event_id: leftOut.eventId, who: 'administrator', why: 'a test' };
    expect(skips.rows).toEqual([
      { name: PROCESS, ...by },
      { name: 'staff-directory', ...by },
    ]);

    // Processes find their events again at the start, and what they send is answered with the receipts of long ago.
    const one = await startPlatform({ again: { ...platform, database, folder: data } });
    try {
      await caughtUp(one);
      const { rows } = await database.pool.query<{ name: string }>(
        `select t.name from accounts_log.events e join accounts_log.types t using (type_no) where e.position > $1 order by 1`,
        [backedUp.logs.find(({ service }) => service === 'accounts')?.position],
      );
      expect(rows.map(({ name }) => name)).toEqual(['accounts.PersonalDataErased.v1', 'platform.BackupRestored.v1']);
      for (const { service, position } of backedUp.logs) {
        const head = await database.pool.query<{ position: string }>(`select position from ${service}_log.log`);
        if (service !== 'accounts') expect([service, head.rows[0]?.position]).toEqual([service, position]);
      }
      expect((await kontor(data, 'verify')).code).toBe(0);
      await expectAnotherLog(one);
      const account = await one.request('GET', `/v1/accounts/${ids.get(REMEMBERED)}`);
      expect((account.body as Body)['name']).toBe(REMEMBERED);
    } finally {
      await one.stop();
      await database.drop();
    }
  }, 180_000);

  it('X-08: without keys nobody has a name, and everything else is there', async () => {
    const database = await testDatabase();
    try {
      await kontorJson(file('nameless'), 'restore', file('later.kontor'), '--database', database.url);
      const rows = (await profiles(database)) as { name: string | null; person_id: string | null }[];
      const people = rows.filter(({ person_id }) => person_id !== null);
      expect(people.length).toBeGreaterThanOrEqual(3);
      expect(people.map(({ name }) => name)).toEqual(people.map(() => null));
      expect(rows.filter(({ name }) => name?.startsWith('Meanwhile'))).toHaveLength(40);
    } finally {
      await database.drop();
    }
  }, 120_000);

  it('X-08: holds keys only when asked for them, the list of destroyed ones always, and no read models', async () => {
    const kinds = async (name: string) => {
      const found = new Map<string, unknown[]>();
      for await (const { kind, lines } of framesOf(file(name))) found.set(kind, [...(found.get(kind) ?? []), ...lines]);
      return found;
    };
    const withKeys = await kinds('all.kontor');
    expect([...withKeys.keys()]).toEqual(['M', 'L', 'S', 'K', 'D', 'E']);
    expect(withKeys.get('D')).toEqual([ids.get(ERASED_BEFORE)]);
    const without = await kinds('later.kontor');
    expect([...without.keys()]).toEqual(['M', 'L', 'S', 'D', 'E']);
    expect(without.get('D')).toHaveLength(2);
    expect(without.get('D')).toEqual(expect.arrayContaining([ids.get(ERASED_BEFORE), ids.get(ERASED_AFTER)]));
    // What the vault holds is nowhere in the file, under no other kind either.
    const { rows } = await platform.database.pool.query<{ key: Buffer }>(
      'select key from kontor_keys.keys where key is not null',
    );
    expect(rows.length).toBeGreaterThan(0);
    const text = JSON.stringify([...without.values()]);
    for (const { key } of rows)
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        expect(text.includes(key.toString(encoding))).toBe(false);
  });

  it('X-06: refuses a backup whose log does not fit its seals', async () => {
    await platform.database.pool.query(
      `update accounts_log.events set data = data || ' ' where position = (select max(position) - 5 from accounts_seals.chain)`,
    );
    await kontorJson(platform.folder, 'backup', file('forged.kontor'));
    const database = await testDatabase();
    try {
      const { code, stderr } = await kontor(
        file('forged'),
        ...['restore', file('forged.kontor'), '--database', database.url],
      );
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining('The log of accounts is not as it was sealed: event '),
      ]);
      // What was made is taken away: the same place takes another backup.
      expect(existsSync(file('forged'))).toBe(false);
      const left = await database.pool.query(
        `select nspname from pg_namespace where nspname !~ '^pg_|^information_schema$|^public$'`,
      );
      expect(left.rows).toEqual([]);
    } finally {
      await database.drop();
    }
  }, 60_000);
});
