import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';
import { kontor } from './support/command-line.ts';

const MINUTE_MS = 60_000;

interface Line {
  readonly kind: string;
  readonly name: string;
  readonly reads: string;
  readonly state: string;
  readonly error: string | null;
  readonly lagEvents: string | null;
  readonly parked: number;
}
interface Refused {
  readonly code?: string;
  readonly detail?: string;
  readonly facts?: { readonly [name: string]: unknown };
}

let platform: TestPlatform;

async function ask(method: string, path: string, body?: object, token?: string) {
  const reply = await platform.request(method, path, body, token === undefined ? {} : { token });
  return { status: reply.status, body: reply.body as unknown as Refused };
}
async function register(name: string): Promise<void> {
  const { status } = await platform.request('POST', '/v1/accounts', { name }, { headers: idempotencyKey() });
  expect(status).toBe(201);
}
async function lines(): Promise<readonly Line[]> {
  const { body } = await platform.request('GET', '/v1/platform/status');
  return (body as { services: { subscriptions: Line[] }[] }).services.flatMap(({ subscriptions }) => subscriptions);
}
const atHead = () =>
  eventually('everything is at the head', async () => (await lines()).every(({ lagEvents }) => lagEvents === '0'));
const refused = async (asked: ReturnType<typeof ask>) => {
  const { status, body } = await asked;
  return [status, body.code];
};

describe('bad input for those who replay', () => {
  beforeAll(async () => {
    platform = await startPlatform();
    for (const name of ['Anders AG', 'Bode GmbH', 'Cramer KG']) await register(name);
    await atHead();
  }, MINUTE_MS);
  afterAll(() => platform.dispose());

  it('X-03: an unknown projection is named, with those that there are', async () => {
    const { status, body } = await ask('POST', '/v1/platform/rebuilds', { projection: 'no-such' });
    expect([status, body.code, body.detail]).toEqual([404, 'NoSuchProjection', 'There is no projection no-such.']);
    expect(body.facts?.['projections']).toContain('pipeline');
    for (const [path, request] of [
      ['projections/no-such/rebuild', {}],
      ['projections/no-such/verify', {}],
      ['projections/no-such/replay', { stream: 'account-1' }],
      ['rebuilds/no-such/pause', {}],
    ] as const)
      expect(await refused(ask('POST', `/v1/platform/${path}`, request))).toEqual([404, 'NoSuchProjection']);
  });

  it('X-03: a rebuild of what is being rebuilt: two administrators at once, one begins, the other is told who did', async () => {
    const [ada, bob] = await Promise.all(['ada', 'bob'].map((subject) => platform.token('administrator', { subject })));
    const both = await Promise.all(
      [ada, bob].map((token) => ask('POST', '/v1/platform/rebuilds', { projection: 'ledger-directory' }, token)),
    );
    const begun = both.findIndex(({ status }) => status === 202);
    const told = both[1 - begun];
    expect([told?.status, told?.body.code]).toEqual([409, 'RebuildUnderWay']);
    expect(told?.body.detail).toContain('ledger-directory is being rebuilt in ledger_directory_v');
    expect(told?.body.facts).toMatchObject({ startedBy: ['ada', 'bob'][begun], state: 'building' });
    const again = await kontor(platform.folder, 'rebuild', 'ledger-directory', 'start');
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('[RebuildUnderWay]')]);
    expect((await ask('POST', '/v1/platform/rebuilds/ledger-directory/cancel', {})).status).toBe(200);
  });

  it('X-02: a history position that does not exist yet, and a log that is another one', async () => {
    expect(await refused(ask('GET', '/v1/history/accounts?after=999999'))).toEqual([409, 'PositionNotYetReached']);
    const other = '0b6c1a52-7a55-4b8e-8d12-2f5a1f6b0002';
    expect(await refused(ask('GET', `/v1/history/accounts?logId=${other}`))).toEqual([409, 'LogChanged']);
    expect(await refused(ask('GET', '/v1/history/accounts?after=-1'))).toEqual([422, 'InvalidRequest']);
    expect(await refused(ask('GET', '/v1/history/nobody'))).toEqual([404, 'NoSuchService']);
  });

  it('X-05: a consumer that claims another’s name or group, or a position ahead of the store', async () => {
    const erp = await platform.token('service-account', { subject: 'erp' });
    const crm = await platform.token('service-account', { subject: 'crm' });
    const claim = (token: string, request: object) =>
      refused(ask('POST', '/v1/platform/consumers', { consumer: 'erp', service: 'orders', ...request }, token));
    expect(await claim(erp, { group: 'erp.orders', handled: '0' })).toEqual([200, undefined]);
    expect(await claim(erp, { group: 'erp.orders', handled: '0' })).toEqual([200, undefined]);
    expect(await claim(crm, { group: 'crm.orders' })).toEqual([409, 'ConsumerNameTaken']);
    expect(await claim(crm, { service: 'warranty' })).toEqual([409, 'ConsumerNameTaken']);
    expect(await claim(crm, { consumer: 'crm', group: 'erp.orders' })).toEqual([409, 'ConsumerGroupTaken']);
    expect(await claim(crm, { consumer: 'crm', group: 'kontor.orders.reader.1' })).toEqual([409, 'ConsumerGroupTaken']);
    expect(await claim(crm, { consumer: 'crm', handled: '999999' })).toEqual([409, 'PositionNotYetReached']);
    expect(await claim(crm, { consumer: 'crm', service: 'nobody' })).toEqual([404, 'NoSuchService']);
    const history = await ask('GET', '/v1/history/accounts?consumer=erp', undefined, crm);
    expect([history.status, history.body.code]).toEqual([409, 'ConsumerNameTaken']);
    expect(await claim(await platform.token('analyst'), {})).toEqual([403, 'NotGranted']);
    const { stdout } = await kontor(platform.folder, 'consumers');
    expect(stdout).toMatch(/│ erp +│ reader +│ erp +│ erp\.orders +│ orders +│ by-itself +│/);
  });

  it('X-05: of everything that reads it is said since when and how far, of one that follows what it has been given', async () => {
    interface Consumer {
      readonly consumer: string;
      readonly since: string | null;
      readonly handled: string;
      readonly sent: string | null;
      readonly lagEvents: string;
      readonly state: string;
    }
    const consumers = async () => {
      const { body } = await ask('GET', '/v1/platform/consumers');
      return (body as { items: readonly Consumer[] }).items;
    };
    const before = await consumers();
    expect(before.filter(({ since }) => since === null)).toEqual([]);
    const sealer = before.find(({ consumer }) => consumer === 'sealer');
    const tail = new AbortController();
    const reply = await fetch(`${platform.url}/v1/history/accounts?follow=true&consumer=tail`, {
      headers: { authorization: `Bearer ${await platform.token('service-account', { subject: 'tail' })}` },
      signal: tail.signal,
    });
    const read = (async () => {
      for await (const chunk of reply.body as AsyncIterable<Uint8Array>) expect(chunk.byteLength).toBeGreaterThan(0);
    })().catch(() => undefined);
    const follows = await eventually('it is seen how far it was given events', async () =>
      (await consumers()).find(({ consumer, sent }) => consumer === 'tail' && sent !== null && sent !== '0'),
    );
    expect([follows.state, follows.handled, follows.lagEvents]).toEqual(['reading', '0', '0']);
    tail.abort();
    await read;
    const gone = await eventually('it is gone', async () =>
      (await consumers()).find(({ consumer, state }) => consumer === 'tail' && state === 'away'),
    );
    expect([gone.sent, gone.lagEvents === '0']).toEqual([null, false]);
    expect((await consumers()).find(({ consumer }) => consumer === 'sealer')?.since).toBe(sealer?.since);
  });

  it('X-04: what is not parked is neither shown, nor retried, nor skipped, of projections and of processes', async () => {
    const eventId = '0b6c1a52-7a55-4b8e-8d12-2f5a1f6b0002';
    for (const [name, lane] of [
      ['pipeline', 'accounts opportunity-1'],
      ['InvoiceNumbering', 'key:nobody'],
    ] as const) {
      const codes = [
        await refused(ask('GET', `/v1/platform/parked/${name}?lane=${encodeURIComponent(lane)}`)),
        await refused(ask('POST', `/v1/platform/parked/${name}/retry`, { lane })),
        await refused(ask('POST', `/v1/platform/parked/${name}/skip`, { eventId, reason: 'a test' })),
      ];
      expect([name, codes.map(([status]) => status)]).toEqual([name, [404, 404, 404]]);
    }
    const all = await ask('POST', '/v1/platform/parked/InvoiceNumbering/retry', {});
    expect([all.status, all.body]).toEqual([200, { items: [] }]);
  });

  it('X-03: where there is no Kafka, nothing is brought to topics', async () => {
    const replay = await kontor(platform.folder, 'replay', 'topic', 'orders', '--to', 'somewhere');
    expect([replay.code, replay.stderr]).toEqual([1, expect.stringContaining('[NoTopics]')]);
  });

  it(
    'X-03: a checkpoint ahead of the store: that fold ends and says why, the others go on, and a fold in place mends it',
    async () => {
      await atHead();
      await platform.stop();
      await platform.database.pool.query('update staff_directory_v1.checkpoints set position = 999999');
      platform = await startPlatform({ again: platform });
      const line = await eventually('it is said', async () =>
        (await lines()).find(({ name, state }) => name === 'staff-directory' && state === 'failed'),
      );
      expect(line.error).toMatch(/^the log of accounts ends at \d+, before 999999$/);
      const problems = await kontor(platform.folder, 'status', '--problems');
      expect([problems.code, problems.stdout]).toEqual([1, expect.stringContaining('projection staff-directory')]);
      expect(problems.stdout).toContain('before 999999');
      expect(await refused(ask('POST', '/v1/platform/projections/staff-directory/verify', {}))).toEqual([
        409,
        'CheckpointAheadOfLog',
      ]);
      await register('Dorn AG');
      expect((await ask('POST', '/v1/platform/projections/staff-directory/rebuild', {})).status).toBe(202);
      await atHead();
      const healthy = await kontor(platform.folder, 'status', '--problems');
      expect([healthy.code, healthy.stdout]).toEqual([
        0,
        expect.stringContaining('subscriptions run, and nothing waits.'),
      ]);
    },
    2 * MINUTE_MS,
  );

  it(
    'X-01: an event of a newer version in the log stops who reads it with a reason; the process lives, and goes on when the code knows it',
    async () => {
      await atHead();
      const { pool } = platform.database;
      const rename = (from: string, to: string) =>
        pool.query('update accounts_log.types set name = $2 where name = $1', [from, to]);
      await platform.stop();
      await rename('accounts.AccountRegistered.v1', 'accounts.AccountRegistered.v99');
      await pool.query('update account_directory_v2.checkpoints set position = 0');
      platform = await startPlatform({ again: platform });
      const line = await eventually('it is said', async () =>
        (await lines()).find(({ name, state }) => name === 'account-directory' && state === 'failed'),
      );
      expect(line.error).toMatch(/^no codec knows accounts\.AccountRegistered\.v99, stored at position \d+$/);
      expect((await ask('GET', '/health/live')).status).toBe(200);
      const unread = await ask('GET', '/v1/history/accounts');
      expect([unread.status, unread.body.code, unread.body.detail]).toEqual([
        ...[501, 'UnknownEventType'],
        expect.stringContaining('no codec knows accounts.AccountRegistered.v99'),
      ]);
      const { rows } = await pool.query<{ name: string }>(
        `select name from accounts_log.streams where name like 'account-%' limit 1`,
      );
      const id = rows[0]?.name.slice('account-'.length) ?? '';
      expect(await refused(ask('GET', `/v1/accounts/${id}`))).toEqual([501, 'UnknownEventType']);
      await platform.stop();
      await rename('accounts.AccountRegistered.v99', 'accounts.AccountRegistered.v1');
      platform = await startPlatform({ again: platform });
      await atHead();
    },
    2 * MINUTE_MS,
  );
});
