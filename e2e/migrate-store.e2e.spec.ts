import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type EventStoreDbProcess,
  eventStoreDbProcess,
  eventually,
  type FaultProxy,
  faultProxy,
  startPlatform,
  type TestPlatform,
} from '@kontor/testing';
import { kontor, kontorJson, run, startKontor } from './support/command-line.ts';

interface Status {
  readonly lagUnit: string;
  readonly services: readonly {
    readonly name: string;
    readonly logId: string;
    readonly head: string;
    readonly subscriptions: readonly {
      readonly kind: string;
      readonly position: string;
      readonly lagEvents: string | null;
      readonly state: string;
      readonly error: string | null;
    }[];
  }[];
}
interface Migrated {
  readonly logs: readonly {
    readonly service: string;
    readonly events: string;
    readonly newLogId: string;
    readonly hash: string;
  }[];
  readonly switched: { readonly checkpoints: number; readonly rows: number };
}
interface Line {
  readonly event?: { readonly id: string; readonly position: string; readonly logid: string };
}

const given = process.env.EVENTSTORE_URL ?? '';
const prefix = `move-${randomUUID().slice(0, 8)}.`;
let double: EventStoreDbProcess | undefined;
let proxy: FaultProxy;
let url: string;
let platform: TestPlatform;
const onEventStore = () => ({ EVENTSTORE_URL: url, KONTOR_EVENTSTORE_PREFIX: prefix });
const args = (from: string, to: string, ...more: readonly string[]) => [
  ...['migrate-store', '--from', from, '--to', to, '--database', platform.database.url],
  ...['--eventstore', url, '--prefix', prefix, ...more],
];

async function caughtUp(of: TestPlatform): Promise<Status> {
  return eventually(
    'every subscription has reached the head',
    async () => {
      const { body } = await of.request('GET', '/v1/platform/status');
      const all = (body as Status).services.flatMap(({ subscriptions }) => subscriptions);
      return all.every(({ lagEvents }) => lagEvents === '0') && body;
    },
    60_000,
  );
}

/** Every row of every read model, without what a move changes: positions. */
async function rows({ database }: TestPlatform): Promise<ReadonlyMap<string, unknown>> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from kontor_rebuilds.copies k
       join pg_namespace n on n.nspname = k.schema_name join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
      where c.relname not in ('checkpoints', 'declaration') order by 1`,
  );
  const found = new Map<string, unknown>();
  for (const { name } of tables) {
    const { rows: counted } = await database.pool.query(
      `select count(*)::int as count,
              md5(coalesce(string_agg(t, '' order by t), '')) as hash
         from (select (to_jsonb(r) - 'position' - 'begun_position' - 'ended_position')::text as t from ${name} r) u`,
    );
    found.set(name, counted[0]);
  }
  return found;
}

async function history(of: TestPlatform, service: string, query = ''): Promise<NonNullable<Line['event']>[]> {
  const { body } = await of.request('GET', `/v1/history/${service}${query}`);
  const lines = String(body).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Line).flatMap(({ event }) => (event === undefined ? [] : [event]));
}

/** Where a reader of an old log stands now, as the answer 409 says it. */
async function translated(of: TestPlatform, service: string, logId: string, after: string): Promise<unknown> {
  const { status, body } = await of.request('GET', `/v1/history/${service}?after=${after}&logId=${logId}`);
  const { code, facts } = body as { code: string; facts: { logId: string; position: string | null } };
  return { status, code, ...facts };
}

async function verifiedProjections(of: TestPlatform): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (const name of ['event_trace', 'dunning', 'pipeline', 'account_360']) {
    const reply = await of.request('POST', `/v1/platform/projections/${name}/verify`, {});
    answers.push([name, reply.status, (reply.body as { comparison: { equal: boolean } }).comparison.equal]);
  }
  return answers;
}

beforeAll(async () => {
  double = given === '' ? await eventStoreDbProcess() : undefined;
  const server = new URL((double?.url ?? given).replace(/^\w+:/, 'http:'));
  proxy = await faultProxy({ host: server.hostname, port: Number(server.port) });
  url = `esdb://${proxy.host}:${proxy.port}?tls=false`;
  platform = await startPlatform();
  await kontorJson(platform.folder, 'demo', '--size', '4');
}, 180_000);
afterAll(async () => {
  await platform.dispose();
  await proxy.close();
  await double?.stop();
});

describe('a whole installation moved from PostgreSQL to EventStoreDB and back', () => {
  let before: { status: Status; rows: ReadonlyMap<string, unknown>; orders: NonNullable<Line['event']>[] };
  const logIdOf = ({ services }: Status, name: string) =>
    services.find((service) => service.name === name)?.logId ?? '';

  it('is refused while the platform runs', async () => {
    const refused = await kontor(platform.folder, ...args('postgres', 'eventstore'));
    expect([refused.code, refused.stderr]).toEqual([
      1,
      'kontor: Kontor is running on this database, or another migration is: stop it, then move the logs.\n',
    ]);
  });

  it('asks for what it needs, and keeps passwords to itself', async () => {
    const env = {
      KONTOR_DATABASE_URL: 'postgres://kontor:s3cret@db/kontor',
      EVENTSTORE_URL: 'esdb://u:s3cret@es:2113',
    };
    const cli = ['--import', './tools/swc-hook.mjs', 'apps/kontor/src/cli.ts'];
    const move = ['migrate-store', '--from', 'postgres', '--to', 'eventstore'];
    const asked: [readonly string[], Partial<typeof env>, number, RegExp][] = [
      [['migrate-store', '--help'], env, 0, /--prefix <text>/],
      [['restore', '--help'], env, 0, /default: KONTOR_DATABASE_URL/],
      [move, { EVENTSTORE_URL: 'http://u:s3cret@es' }, 1, /^kontor: EVENTSTORE_URL is set to something else; it is/],
      [[...move, '--prefix', 'kontor'], env, 1, /^kontor: --prefix is "kontor"; it is letters and digits with a dot/],
    ];
    for (const [line, variables, code, says] of asked) {
      const ended = await run(process.execPath, [...cli, ...line], { KONTOR_DATABASE_URL: '', ...variables }).ended;
      const said = ended.stdout + ended.stderr;
      expect([line, ended.code, said]).toEqual([line, code, expect.stringMatching(says)]);
      expect(said).not.toContain('s3cret');
    }
  }, 60_000);

  it('says beforehand what it would do', async () => {
    const status = await caughtUp(platform);
    before = { status, rows: await rows(platform), orders: await history(platform, 'orders') };
    expect(await platform.stop()).toBe(0);
    const dry = await kontorJson<Migrated>(platform.folder, ...args('postgres', 'eventstore', '--dry-run'));
    expect(dry.logs.map(({ service, events }) => [service, events])).toEqual(
      status.services.map(({ name, head }) => [name, head]),
    );
    const wrong = await kontor(platform.folder, ...args('eventstore', 'postgres'));
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('The logs lie in PostgreSQL already, since '),
    ]);
  }, 120_000);

  it('killed twice, each run goes on; a platform cannot start meanwhile', async () => {
    const stretches = async () => {
      const { rows: counted } = await platform.database.pool.query<{ count: number }>(
        'select count(*)::int as count from kontor_store.translations',
      );
      return counted[0]?.count ?? 0;
    };
    // Slow enough to be seen at work, and silent while this looks: the run is in the middle of something when it is killed.
    const asFastAsItCan = proxy.delay(3);
    for (const seen of [1, 2]) {
      const run = startKontor(platform.folder, ...args('postgres', 'eventstore'));
      await eventually(`stretch ${seen} is copied`, async () => (await stretches()) >= seen, 60_000);
      const speak = proxy.silence();
      if (seen === 1)
        await expect(startPlatform({ again: platform })).rejects.toThrow(
          'The logs are being moved to another store (kontor migrate-store): start again when that is done.',
        );
      run.child.kill('SIGKILL');
      expect((await run.ended).signal).toBe('SIGKILL');
      speak();
    }
    asFastAsItCan();
    const { logs, switched } = await kontorJson<Migrated>(platform.folder, ...args('postgres', 'eventstore'));
    expect(logs.map(({ service, events }) => [service, events])).toEqual(
      before.status.services.map(({ name, head }) => [name, head]),
    );
    expect(switched.checkpoints).toBeGreaterThan(0);
    expect(switched.rows).toBeGreaterThan(0);
  }, 180_000);

  it('the old configuration is refused, the new one goes on without folding again', async () => {
    await expect(startPlatform({ again: platform })).rejects.toThrow('lies in EventStoreDB since');
    const folded = await platform.database.pool.query<{ position: string; log: string }>(
      `select position::text, log_id as log from pipeline_v1.checkpoints where service = 'accounts'`,
    );
    platform = await startPlatform({ again: platform, env: onEventStore() });
    const status = await caughtUp(platform);
    expect(status.lagUnit).toBe('bytes');
    expect(status.services.flatMap(({ subscriptions }) => subscriptions).filter(({ error }) => error !== null)).toEqual(
      [],
    );
    expect(await rows(platform)).toEqual(before.rows);
    // The checkpoints of before the start were in the new log already, behind its last event.
    expect(new Set(folded.rows.map(({ log }) => log))).toEqual(new Set([logIdOf(status, 'accounts')]));
    expect(folded.rows.every(({ position }) => BigInt(position) > 0n)).toBe(true);
    const orders = await history(platform, 'orders');
    expect(orders.map(({ id }) => id)).toEqual(before.orders.map(({ id }) => id));
  }, 180_000);

  it('seals go on: the chain of before is verified in the new log, and so is what comes', async () => {
    const report = await kontorJson<{ service: string; verified: string; broken: unknown; roots: number }[]>(
      platform.folder,
      'verify',
    );
    expect(report.map(({ broken }) => broken)).toEqual(report.map(() => null));
    expect(report.reduce((sum, { verified }) => sum + Number(verified), 0)).toBeGreaterThan(100);
  }, 120_000);

  it('a reader of the old log is told where it stands in the new one, at any position', async () => {
    const orders = await history(platform, 'orders');
    const oldLog = logIdOf(before.status, 'orders');
    for (const n of [0, 1, Math.floor(orders.length / 2), orders.length - 1]) {
      const [old, now] = [before.orders[n]?.position ?? '', orders[n]];
      expect(await translated(platform, 'orders', oldLog, old)).toEqual({
        ...{ status: 409, code: 'LogChanged', logId: now?.logid, position: now?.position },
      });
    }
    expect(await translated(platform, 'orders', oldLog, '0')).toMatchObject({ code: 'LogChanged', position: '0' });
    expect(await translated(platform, 'orders', oldLog, '99999999')).toMatchObject({ code: 'PositionNotYetReached' });
    expect(await translated(platform, 'orders', randomUUID(), '5')).toMatchObject({
      code: 'LogChanged',
      position: null,
    });
    const [, first] = before.orders;
    const { position } = (await translated(platform, 'orders', oldLog, first?.position ?? '')) as { position: string };
    const rest = await history(platform, 'orders', `?after=${position}`);
    expect(rest.map(({ id }) => id)).toEqual(before.orders.slice(2).map(({ id }) => id));
  }, 60_000);

  it('the read models equal a fold of the new history', async () => {
    expect(await verifiedProjections(platform)).toEqual(
      ['event_trace', 'dunning', 'pipeline', 'account_360'].map((name) => [name, 200, true]),
    );
  }, 120_000);

  it('comes back to PostgreSQL with what was recorded meanwhile', async () => {
    const account = await platform.request('POST', '/v1/accounts', { name: 'Meanwhile GmbH' });
    expect(account.status).toBe(201);
    const status = await caughtUp(platform);
    const [there, orders] = [await rows(platform), await history(platform, 'orders')];
    expect(await platform.stop()).toBe(0);
    await kontorJson<Migrated>(platform.folder, ...args('eventstore', 'postgres'));
    await expect(startPlatform({ again: platform, env: onEventStore() })).rejects.toThrow('lies in PostgreSQL since');
    platform = await startPlatform({ again: platform });
    const back = await caughtUp(platform);
    expect(back.lagUnit).toBe('events');
    expect(await rows(platform)).toEqual(there);
    const report = await kontorJson<{ broken: unknown }[]>(platform.folder, 'verify');
    expect(report.map(({ broken }) => broken)).toEqual(report.map(() => null));
    // Readers of both earlier logs are told.
    const now = await history(platform, 'orders');
    const last = { logId: logIdOf(back, 'orders'), position: now.at(-1)?.position };
    expect(
      await translated(platform, 'orders', logIdOf(before.status, 'orders'), before.orders.at(-1)?.position ?? ''),
    ).toMatchObject(last);
    expect(
      await translated(platform, 'orders', logIdOf(status, 'orders'), orders.at(-1)?.position ?? ''),
    ).toMatchObject(last);
    expect(await translated(platform, 'accounts', logIdOf(status, 'accounts'), '1')).toMatchObject({ position: '0' });
  }, 240_000);
});
