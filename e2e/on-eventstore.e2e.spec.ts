import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type EventStoreDbProcess,
  eventStoreDbProcess,
  eventually,
  startPlatform,
  testDatabase,
  type TestDatabase,
  type TestPlatform,
} from '@kontor/testing';
import { kontor, kontorJson, run } from './support/command-line.ts';

interface Subscription {
  readonly kind: string;
  readonly lagEvents: string | null;
}
interface Verified {
  readonly service: string;
  readonly verified: string;
  readonly broken: unknown;
}
interface Restored {
  readonly logs: readonly { readonly service: string; readonly events: string; readonly sealed: string }[];
}

/** What else an installation on EventStoreDB can do; the whole path is walked in walk-on-eventstore. */
describe('an installation on EventStoreDB', () => {
  const given = process.env.EVENTSTORE_URL ?? '';
  const prefix = `ops-${randomUUID().slice(0, 8)}.`;
  let double: EventStoreDbProcess | undefined;
  let platform: TestPlatform;
  let folder: string;
  let spare: TestDatabase;
  let account = '';
  const env = () => ({ EVENTSTORE_URL: double?.url ?? given, KONTOR_EVENTSTORE_PREFIX: prefix });

  beforeAll(async () => {
    double = given === '' ? await eventStoreDbProcess() : undefined;
    [folder, spare] = [await mkdtemp(join(tmpdir(), 'kontor-on-es-')), await testDatabase()];
    platform = await startPlatform({ env: env() });
    await kontorJson(platform.folder, 'demo', '--size', '3');
    const made = await platform.request('POST', '/v1/accounts', { name: 'Adelheid Rottweiler', legalForm: 'natural' });
    account = (made.body as { id: string }).id;
    await caughtUp();
  }, 180_000);
  afterAll(async () => {
    await platform.dispose();
    await double?.stop();
    await spare.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function caughtUp(): Promise<void> {
    await eventually(
      'every subscription has reached the head',
      async () => {
        const { body } = await platform.request('GET', '/v1/platform/status');
        const { services } = body as { services: { subscriptions: Subscription[] }[] };
        return services.flatMap(({ subscriptions }) => subscriptions).every(({ lagEvents }) => lagEvents === '0');
      },
      90_000,
    );
  }

  it('says in bytes how far subscriptions are behind, on the screen and in the metrics', async () => {
    const status = await kontor(platform.folder, 'status');
    expect(status.stdout).toContain('lag (bytes)');
    const { body } = await platform.request('GET', '/metrics');
    expect(String(body)).toMatch(/^kontor_subscription_lag_bytes\{/m);
    expect(String(body)).not.toMatch(/^kontor_subscription_lag_events\{/m);
  });

  it('shows a stream, and the causes and effects of its events', async () => {
    const stream = await platform.request('GET', `/v1/streams/accounts/account-${account}`);
    const { items } = stream.body as { items: { eventId: string; type: string }[] };
    expect(items[0]?.type).toMatch(/^accounts\.AccountRegistered\./);
    const trace = await platform.request('GET', `/v1/platform/trace/${items[0]?.eventId}`);
    expect((trace.body as { nodes: { eventId: string }[] }).nodes.map(({ eventId }) => eventId)).toContain(
      items[0]?.eventId,
    );
  });

  it('reads the history from any event on, and names a position at which nothing stands', async () => {
    const read = async (after: bigint) => {
      const { status, body } = await platform.request('GET', `/v1/history/accounts?after=${after}&limit=1`);
      if (status !== 200) return { status, code: (body as { code: string }).code };
      const [line] = String(body).split('\n');
      return (JSON.parse(line ?? '') as { event: { id: string; position: string } }).event;
    };
    const first = (await read(0n)) as { id: string; position: string };
    const second = (await read(BigInt(first.position))) as { id: string; position: string };
    expect(await read(BigInt(second.position) - 1n)).toMatchObject({ id: second.id });
    expect(await read(BigInt(second.position) + 1n)).toEqual({ status: 409, code: 'NotAPosition' });
  });

  it('a rebuild gives the same rows and is switched', async () => {
    const fold = await platform.request('POST', '/v1/platform/projections/pipeline/verify', {});
    expect((fold.body as { comparison: { equal: boolean } }).comparison.equal).toBe(true);
    expect(await kontorJson(platform.folder, 'rebuild', 'pipeline')).toMatchObject({ unit: 'bytes' });
    expect((await kontor(platform.folder, 'rebuild', 'pipeline', 'status')).stdout).toMatch(
      /^\d+ of \d+ bytes of the log/m,
    );
    const { body } = await platform.request('GET', '/metrics');
    expect(String(body)).toMatch(/^kontor_rebuild_bytes_left\{/m);
    const switched = await kontor(platform.folder, 'rebuild', 'pipeline', 'switch');
    expect([switched.code, switched.stderr]).toEqual([0, '']);
  }, 120_000);

  it('erases a person: nobody reads the name any more', async () => {
    const erased = await platform.request('POST', '/v1/platform/erasures', {
      subject: account,
      reason: 'asked for it',
    });
    expect(erased.status).toBeLessThan(300);
    await caughtUp();
    const read = await platform.request('GET', `/v1/accounts/${account}`);
    expect(JSON.stringify(read.body)).not.toContain('Rottweiler');
    const { rows } = await platform.database.pool.query(
      `select name from account_directory_v2.account_profiles where account_id = $1`,
      [account],
    );
    expect(rows).toEqual([{ name: null }]);
  }, 60_000);

  it('a backup is restored into PostgreSQL, under the seals that it had', async () => {
    const before = await kontorJson<Verified[]>(platform.folder, 'verify');
    expect(before.map(({ broken }) => broken)).toEqual(before.map(() => null));
    const file = join(folder, 'all.backup');
    await kontorJson(platform.folder, 'backup', file);
    const refused = await run(
      process.execPath,
      ['--import', './tools/swc-hook.mjs', 'apps/kontor/src/cli.ts', '--data', join(folder, 'no'), 'restore', file],
      env(),
    ).ended;
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('A backup is restored into PostgreSQL'),
    ]);
    const data = join(folder, 'restored');
    const { logs } = await kontorJson<Restored>(data, 'restore', file, '--database', spare.url);
    expect(logs.map(({ service }) => service)).toEqual(before.map(({ service }) => service));
    for (const { service, verified } of before) {
      const log = logs.find((one) => one.service === service);
      expect([service, Number(log?.sealed) >= Number(verified)]).toEqual([service, true]);
      const { rows } = await spare.pool.query<{ events: string }>(
        `select count(*)::text as events from ${service}_log.events`,
      );
      // The restore itself is recorded in the log of accounts.
      expect(Number(rows[0]?.events)).toBe(Number(log?.events) + (service === 'accounts' ? 1 : 0));
    }
  }, 240_000);

  it('is not ready while the server is away, and goes on when it is back', async () => {
    if (double === undefined) return;
    double.signal('SIGSTOP');
    await eventually(
      'it says that it is not ready',
      async () => {
        const { status, body } = await platform.request('GET', '/health/ready');
        return status === 503 && (body as { detail: string }).detail.includes('event store');
      },
      60_000,
    );
    double.signal('SIGCONT');
    await eventually(
      'it is ready again',
      async () => (await platform.request('GET', '/health/ready')).status === 200,
      60_000,
    );
    const made = await eventually(
      'a command is taken again',
      async () => {
        const reply = await platform.request('POST', '/v1/accounts', { name: 'Afterwards GmbH' });
        return reply.status === 201 && reply;
      },
      60_000,
    );
    expect(made.status).toBe(201);
  }, 200_000);
});
