import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiOf, operationsOf } from './support/open-api.ts';

/** On whatever else the machine does. */
const START_MS = 120_000;

interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly errors?: readonly { readonly field: string; readonly reason: string }[];
}

describe('bad input', () => {
  let platform: TestPlatform;
  let accountId: string;
  beforeAll(async () => {
    platform = await startPlatform();
    const account = await platform.request('POST', '/v1/accounts', { name: 'Good GmbH' });
    accountId = (account.body as { id: string }).id;
  }, START_MS);
  afterAll(() => platform.dispose());

  /** Heads of all logs: what was refused has left no event anywhere. */
  async function heads(): Promise<string> {
    const { body } = await platform.request('GET', '/v1/platform/status');
    return (body as { services: { name: string; head: string }[] }).services
      .map(({ name, head }) => `${name}:${head}`)
      .join(',');
  }

  const payment = (more: object) => ({
    accountId: randomUUID(),
    amount: { amountMinor: 100, currency: 'EUR' },
    valueDate: '2026-01-31',
    ...more,
  });
  const amount = (amountMinor: unknown, currency: unknown = 'EUR') => payment({ amount: { amountMinor, currency } });

  const cases: readonly [what: string, path: string, body: unknown, status: number, field: string][] = [
    ['an unknown field', '/v1/accounts', { name: 'X', colour: 'red' }, 422, 'colour'],
    ['a wrong type', '/v1/accounts', { name: 7 }, 422, 'name'],
    ['an empty name', '/v1/accounts', { name: '  ' }, 422, 'name'],
    ['a missing field', '/v1/accounts', {}, 422, 'name'],
    ['a NUL character', '/v1/accounts', '{"name":"a\\u0000b"}', 422, 'name'],
    ['a lone surrogate', '/v1/accounts', '{"name":"a\\ud800b"}', 422, 'name'],
    ['a lone surrogate in a list', '/v1/payments', '{"invoiceNumbers":["\\udc00"]}', 422, 'invoiceNumbers.0'],
    [
      'an amount beyond 2^53 − 1',
      '/v1/payments',
      '{"amount":{"amountMinor":9007199254740993,"currency":"EUR"}}',
      422,
      'amount.amountMinor',
    ],
    ['a fraction of a minor unit', '/v1/payments', amount(1.5), 422, 'amount.amountMinor'],
    ['a negative amount', '/v1/payments', amount(-1), 422, 'amount.amountMinor'],
    ['an amount as text', '/v1/payments', amount('100'), 422, 'amount.amountMinor'],
    ['an unknown currency', '/v1/payments', amount(100, 'XYZ'), 422, 'amount.currency'],
    ['30 February', '/v1/payments', payment({ valueDate: '2026-02-30' }), 422, 'valueDate'],
    ['a date far in the future', '/v1/payments', payment({ valueDate: '9999-12-31' }), 422, 'valueDate'],
    ['a date that no money has yet', '/v1/payments', payment({ valueDate: '2098-01-30' }), 422, 'valueDate'],
    ['a date of the wrong shape', '/v1/payments', payment({ valueDate: '31.01.2026' }), 422, 'valueDate'],
    ['an id that is none', '/v1/payments', payment({ accountId: 'anna' }), 422, 'accountId'],
    ['an unknown legal entity', '/v1/payments', payment({ entityId: 'mars' }), 422, 'entityId'],
    ['an account that nobody registered', '/v1/payments', payment({}), 422, 'accountId'],
    ['a run that ends today', '/v1/dunning/runs', { from: '2012-01-01', to: '2098-01-01' }, 422, 'to'],
    ['a run that ends before it begins', '/v1/dunning/runs', { from: '2012-02-01', to: '2012-01-01' }, 422, 'to'],
    ['a page of nothing', '/v1/orders', { lines: [], accountId: '00000000-0000-4000-8000-000000000000' }, 422, 'lines'],
  ];

  it.each(cases)(
    '%s is refused with the field and the reason, and nothing is recorded',
    async (_what, path, body, status, field) => {
      const before = await heads();
      const reply = await platform.request('POST', path, body, { headers: idempotencyKey() });
      const problem = reply.body as ProblemBody;
      expect([reply.status, problem.status]).toEqual([status, status]);
      expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(problem.errors?.map((error) => error.field)).toContain(field);
      expect(problem.errors?.every((error) => error.reason !== '')).toBe(true);
      expect(await heads()).toBe(before);
    },
  );

  const malformed: readonly [what: string, body: string, status: number, code: string][] = [
    ['half a body', '{"name":', 400, 'MalformedJson'],
    ['a body that sets a prototype', '{"__proto__":{"admin":true}}', 400, 'MalformedJson'],
    ['a body over a mebibyte', JSON.stringify({ name: 'x'.repeat(1_100_000) }), 413, 'BodyTooLarge'],
    ['no body', '', 422, 'InvalidRequest'],
  ];
  it.each(malformed)('%s is refused before anything looks at it', async (_what, body, status, code) => {
    const before = await heads();
    const reply = await platform.request('POST', '/v1/accounts', body);
    expect([reply.status, (reply.body as ProblemBody).code]).toEqual([status, code]);
    expect(await heads()).toBe(before);
  });

  it('X-07: a known address asked in a way that it has not, and a body that is no JSON, are told apart', async () => {
    const before = await heads();
    const answer = async (method: string, path: string, type = 'application/json') => {
      const reply = await platform.request(method, path, method === 'GET' ? undefined : '{}', {
        headers: { 'content-type': type },
      });
      return [reply.status, (reply.body as ProblemBody).code, reply.headers.get('allow')];
    };
    expect(await answer('DELETE', '/v1/orders')).toEqual([405, 'MethodNotAllowed', 'GET, HEAD, POST']);
    expect(await answer('PUT', `/v1/accounts/${accountId}?x=1`)).toEqual([405, 'MethodNotAllowed', 'GET, HEAD']);
    expect(await answer('GET', `/v1/accounts/${accountId}/owner`)).toEqual([405, 'MethodNotAllowed', 'POST']);
    expect(await answer('DELETE', '/v1/nothing')).toEqual([404, 'NoSuchRoute', null]);
    for (const type of [
      'text/plain',
      'text/csv',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ])
      expect(await answer('POST', '/v1/accounts', type)).toEqual([415, 'UnsupportedMediaType', null]);
    expect(await heads()).toBe(before);
  });

  it('X-07: what is wrong with the address is named: its part, its field, its encoding', async () => {
    const problem = async (path: string, headers: { readonly [name: string]: string } = {}) => {
      const { status, body } = await platform.request('GET', path, undefined, { headers });
      return [status, (body as ProblemBody).code, ((body as ProblemBody).errors ?? []).map(({ field }) => field)];
    };
    expect(await problem('/v1/accounts/7')).toEqual([422, 'InvalidRequest', ['id']]);
    expect(await problem('/v1/accounts?constructor=1&__proto__=2')).toEqual([
      422,
      'InvalidRequest',
      ['constructor', '__proto__'],
    ]);
    for (const text of ['%', '%ff', '%ED%A0%80'])
      expect(await problem(`/v1/accounts?limit=1&name=${text}`)).toEqual([400, 'MalformedRequest', ['name']]);
    expect(await problem('/v1/accounts?%ff=1')).toEqual([400, 'MalformedRequest', ['']]);
    expect((await problem('/v1/accounts?name=%25'))[0]).toBe(200);
    // What Node's parser gives up never becomes a request: it is a problem document all the same.
    expect(await problem('/v1/accounts', { 'x-long': 'x'.repeat(20_000) })).toEqual([431, 'HeadersTooLarge', []]);
  });

  it('X-07: the description of the API names each operation once', async () => {
    const { paths } = (await platform.request('GET', '/openapi.json', undefined, { token: null })).body as {
      readonly paths: { readonly [path: string]: { readonly [method: string]: { readonly operationId: string } } };
    };
    const ids = Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it('X-03: a consistency token that no receipt gave is refused at once, on every route that reads', async () => {
    const reasons = async (path: string) => {
      const reply = await platform.request('GET', path);
      return [reply.status, (reply.body as ProblemBody).errors];
    };
    const refused = (reason: string) => [422, [{ field: 'consistentWith', reason: expect.stringMatching(reason) }]];
    for (const path of ['/v1/accounts', `/v1/accounts/${accountId}`, '/v1/insights/ageing']) {
      expect(await reasons(`${path}?consistentWith=x`)).toEqual(refused('must be a consistency token'));
      expect(await reasons(`${path}?consistentWith=mars:1`)).toEqual(refused('names mars, which is no service'));
      expect(await reasons(`${path}?consistentWith=orders:999999999`)).toEqual(
        refused('names orders:999999999, but the log of orders has only reached'),
      );
    }
  });

  it('X-07: a stale If-Match, and a reused Idempotency-Key with another body, are told apart', async () => {
    const key = idempotencyKey();
    const change = (sector: string, headers: { readonly [name: string]: string }) =>
      platform.request('POST', `/v1/accounts/${accountId}/changes`, { sector }, { headers });
    const first = await change('trade', { ...key, 'if-match': '"0"' });
    expect([first.status, first.headers.get('etag')]).toEqual([200, '"1"']);
    const repeat = await change('trade', { ...key, 'if-match': '"0"' });
    expect(repeat.body).toEqual(first.body);
    const reused = await change('crafts', key);
    expect([reused.status, (reused.body as ProblemBody).code]).toEqual([422, 'IdempotencyKeyReused']);
    const stale = await change('crafts', { 'if-match': '"0"' });
    expect([stale.status, (stale.body as ProblemBody).code, stale.headers.get('etag')]).toEqual([
      412,
      'StaleRevision',
      '"1"',
    ]);
    const nonsense = await change('crafts', { 'if-match': 'yesterday' });
    expect([nonsense.status, (nonsense.body as ProblemBody).code]).toEqual([400, 'InvalidIfMatch']);
    const long = await change('crafts', { 'idempotency-key': 'x'.repeat(201) });
    expect([long.status, (long.body as ProblemBody).errors]).toEqual([
      400,
      [{ field: 'Idempotency-Key', reason: 'must have 1 to 200 characters' }],
    ]);
  });

  it('I-04: queries are held to the same: page sizes, cursors, moments and tokens', async () => {
    const codes = await Promise.all(
      [
        '/v1/accounts?limit=0',
        '/v1/accounts?limit=501',
        ...['1e2', '0x10', '5.0', '%2050', '', '+5', '1_0', 'x'].map((text) => `/v1/accounts?limit=${text}`),
        '/v1/history/accounts?limit=1e1',
        '/v1/streams/accounts/account-x?from=1e1',
        '/v1/insights/collection?days=1e1',
        '/v1/dunning/worklist?limit=1e1',
        '/v1/accounts?cursor=x',
        '/v1/accounts?nonsense=1',
        '/v1/accounts?consistentWith=x',
        '/v1/accounts?consistentWith=accounts:999999999',
        '/v1/insights/ageing?asOf=2026-02-30',
        '/v1/insights/ageing?asKnownAt=yesterday',
        ...['/v1/accounts', '/v1/invoices', '/v1/insights/ageing', '/v1/insights/dunning/cases'].map(
          (path) => `${path}?asKnownAt=${new Date(Date.now() + 3_600_000).toISOString()}`,
        ),
        '/v1/insights/pipeline?groupBy=colour',
        '/v1/insights/collection?to=2013-03-31&days=0',
        '/v1/history/accounts?after=-1',
        '/v1/history/accounts?after=999999999',
        `/v1/accounts/${'0'.repeat(400)}`,
        '/v1/accounts/%00',
      ].map(async (path) => {
        const reply = await platform.request('GET', path);
        return [
          path.slice(0, 60),
          reply.status >= 400 && reply.status < 500 && (reply.body as ProblemBody).code !== '',
        ];
      }),
    );
    expect(codes.filter(([, refused]) => refused !== true)).toEqual([]);
  });

  it('X-07: a query field that a route does not have is refused by every route, also by one that has none', async () => {
    const parts: { readonly [name: string]: string } = { service: 'orders', name: 'pipeline', step: 'pause' };
    const before = await heads();
    const taken: unknown[] = [];
    const operations = operationsOf(await apiOf(platform));
    for (const { method, path, query } of operations) {
      const address = path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) => parts[name] ?? randomUUID());
      const asked = async (search: string) => {
        const { status, body } = await platform.request(
          method,
          `${address}?${search}`,
          method === 'GET' ? undefined : {},
        );
        return [status, ((body as ProblemBody).errors ?? []).map(({ field }) => field)] as const;
      };
      const [status, fields] = await asked('nonsense=1&dryRun=true');
      if (status !== 422 || !['nonsense', 'dryRun'].every((name) => fields.includes(name)))
        taken.push([method, path, status, fields]);
      if (query.includes('consistentWith') && (await asked('consistentWith=accounts:0'))[1].includes('consistentWith'))
        taken.push([method, path, 'consistentWith']);
    }
    expect(taken).toEqual([]);
    expect(operations.length).toBeGreaterThan(100);
    expect(await heads()).toBe(before);
  });

  it('leaves no fault in the log', async () => {
    const log = (await readFile(join(platform.folder, 'kontor.log'), 'utf8')).split('\n').filter((line) => line !== '');
    expect(log.map((line) => JSON.parse(line) as { level: number }).filter(({ level }) => level >= 50)).toEqual([]);
  });
});
