import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KONTOR_NAMESPACE, uuidV5 } from '@kontor/service';
import { idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';
import { randomUUID } from 'node:crypto';
import { apiOf, operationsOf } from './support/open-api.ts';

/** On whatever else the machine does. */
const START_MS = 120_000;
const AT_ONCE = 8;

interface Reply {
  readonly id?: string;
  readonly code?: string;
  readonly ledgerId?: string;
  readonly errors?: readonly { readonly field: string }[];
}

describe('an Idempotency-Key', () => {
  let platform: TestPlatform;
  let first: string;
  let second: string;
  beforeAll(async () => {
    platform = await startPlatform();
    [first, second] = [await account('One GmbH'), await account('Two GmbH')];
  }, START_MS);
  afterAll(() => platform.dispose());

  async function account(name: string): Promise<string> {
    return (await post('/v1/accounts', { name })).body.id ?? '';
  }
  async function post(path: string, asked: object, key = idempotencyKey()): Promise<{ status: number; body: Reply }> {
    const { status, body } = await platform.request('POST', path, asked, { headers: key });
    return { status, body };
  }
  /** With one key: what is asked first, and what of it is answered when it is something else. */
  async function reused(path: string, body: object, other: object) {
    const key = idempotencyKey();
    const accepted = await post(path, body, key);
    const refused = await post(path, other, key);
    const repeated = await post(path, body, key);
    return { accepted: accepted.status, refused: [refused.status, refused.body.code], repeated: repeated.status };
  }
  const told = (status: number) => ({ accepted: status, refused: [422, 'IdempotencyKeyReused'], repeated: status });
  async function heads(): Promise<readonly string[]> {
    const { body } = await platform.request('GET', '/v1/platform/status');
    return (body as { services: { name: string; head: string }[] }).services.map(({ name, head }) => `${name} ${head}`);
  }

  it('X-07: that came with another body is refused by every route that takes one', async () => {
    const parts: { readonly [name: string]: string } = { service: 'orders', name: 'pipeline', step: 'pause' };
    const [, claims = ''] = platform.adminToken.split('.');
    const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { sub: string };
    const { pool } = platform.database;
    const before = await heads();
    const taken: unknown[] = [];
    const operations = operationsOf(await apiOf(platform)).filter(({ method }) => method !== 'GET');
    for (const { method, path } of operations) {
      const address = path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) => parts[name] ?? randomUUID());
      const key = randomUUID();
      // Not every route does what a body of chance asks for: that the key was used before is written down here.
      await pool.query('insert into kontor_requests.keys (command_id, request_hash) values ($1, $2)', [
        uuidV5(KONTOR_NAMESPACE, `${sub}|${method}|${address}|${key}`),
        'of another body',
      ]);
      const { status, body } = await platform.request(method, address, {}, { headers: { 'idempotency-key': key } });
      const { code, errors } = body as Reply;
      if (status !== 422 || code !== 'IdempotencyKeyReused' || errors?.[0]?.field !== 'Idempotency-Key')
        taken.push([method, path, status, code]);
    }
    expect(taken).toEqual([]);
    expect(operations.length).toBeGreaterThan(60);
    expect(await heads()).toEqual(before);
  });

  it('X-07: is refused with another account too, whose ledger never heard of it', async () => {
    const amount = { amountMinor: 700, currency: 'EUR' };
    const payment = { amount, valueDate: '2026-01-31' };
    const of = (accountId: string) => ({ ...payment, accountId });
    expect(await reused('/v1/payments', of(first), of(second))).toEqual(told(201));
    const { body } = await platform.request('GET', `/v1/payments?accountId=${second}`);
    expect(body).toMatchObject({ items: [] });
    const limit = (accountId: string) => ({ accountId, limit: amount });
    expect(await reused('/v1/credit-limits', limit(first), limit(second))).toEqual(told(201));
    const policy = (currency: string) => {
      const level = { daysAfterDue: 1, fee: { amountMinor: 100, currency } };
      return { policy: { currency, name: 'strict', daysBetweenNotices: 7, levels: [level] } };
    };
    expect(await reused('/v1/dunning/policies', policy('EUR'), policy('USD'))).toEqual(told(201));
  });

  it('X-07: is refused where no stream remembers it: trials, tokens, runs and acts of administrators', async () => {
    const run = (from: string) => ({ from, to: '2013-01-31', dryRun: true });
    expect(await reused('/v1/dunning/runs', run('2013-01-01'), run('2013-01-02'))).toEqual(told(200));
    expect(await reused('/v1/platform/tokens', { role: 'analyst' }, { role: 'collector' })).toEqual(told(201));
    const begun = (digit: string) => ({ source: 'crm', contentHash: digit.repeat(64) });
    expect(await reused('/v1/imports/runs', begun('1'), begun('2'))).toEqual(told(200));
    const rows = (line: number) => ({
      ...{ runId: randomUUID(), date: '2026-01-31', dryRun: true },
      rows: [{ line, salesAgent: 'Ann', manager: 'Bob', regionalOffice: 'East' }],
    });
    expect(await reused('/v1/imports/crm/staff', rows(1), rows(2))).toEqual(told(200));
    const replay = (reason: string) => ({ stream: `account-${first}`, reason, dryRun: true });
    expect(await reused('/v1/platform/projections/account_directory/replay', replay('a'), replay('b'))).toEqual(
      told(200),
    );
  });

  it('X-07: of a refused command may come again with a better body', async () => {
    const key = idempotencyKey();
    expect((await post('/v1/accounts', { name: '' }, key)).status).toBe(422);
    expect((await post('/v1/accounts', { name: 'Better GmbH' }, key)).status).toBe(201);
    expect((await post('/v1/accounts', { name: 'Worse GmbH' }, key)).body.code).toBe('IdempotencyKeyReused');
  });

  it('X-07: is of one address and one sender: elsewhere it is another key', async () => {
    const key = idempotencyKey();
    const change = (id: string, sector: string) => post(`/v1/accounts/${id}/changes`, { sector }, key);
    expect([(await change(first, 'trade')).status, (await change(second, 'crafts')).status]).toEqual([200, 200]);
    const token = await platform.token('administrator', { subject: 'somebody else' });
    const other = await platform.request('POST', '/v1/accounts', { name: 'Theirs GmbH' }, { headers: key, token });
    expect(other.status).toBe(201);
    expect((await post('/v1/accounts', { name: 'Ours GmbH' }, key)).status).toBe(201);
  });

  it('X-07: of requests at once with different bodies one is done', async () => {
    const key = idempotencyKey();
    const names = Array.from({ length: AT_ONCE }, (_, index) => `Race ${index} GmbH`);
    const replies = await Promise.all(names.map((name) => post('/v1/accounts', { name }, key)));
    expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, ...Array(AT_ONCE - 1).fill(422)]);
    const same = idempotencyKey();
    const again = await Promise.all(names.map(() => post('/v1/accounts', { name: 'Once GmbH' }, same)));
    expect(new Set(again.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
  });
});
