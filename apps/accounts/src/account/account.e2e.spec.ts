import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';

interface Body {
  readonly [field: string]: unknown;
}

let platform: TestPlatform;

async function post(path: string, body: unknown, headers: { readonly [name: string]: string } = {}, token?: string) {
  const reply = await platform.request('POST', path, body, { headers, ...(token !== undefined && { token }) });
  return { status: reply.status, headers: reply.headers, body: reply.body as Body };
}
async function get(path: string, token?: string) {
  const reply = await platform.request('GET', path, undefined, token === undefined ? {} : { token });
  return { status: reply.status, headers: reply.headers, body: reply.body as Body };
}
async function placed(name: string, managerId: string | null = null): Promise<string> {
  const { status, body } = await post('/v1/staff', { name, position: 'account manager', managerId });
  expect(status).toBe(201);
  return body['id'] as string;
}

describe('accounts over HTTP', () => {
  beforeAll(async () => {
    platform = await startPlatform();
  }, 90_000);
  afterAll(() => platform.dispose());

  it('A-01: an account is registered, hints at duplicates, and is found by its number', async () => {
    const first = await post('/v1/accounts', { name: 'Müller & Söhne GmbH', number: '1604-LIFKX', taxId: 'DE 811' });
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe(`/v1/accounts/${first.body['id']}`);
    expect(first.body).toMatchObject({ number: '1604-LIFKX', duplicates: [], revision: '0' });

    const found = await get(`/v1/accounts?number=1604-LIFKX&consistentWith=${first.body['consistencyToken']}`);
    expect(found.body['items']).toEqual([
      expect.objectContaining({ id: first.body['id'], name: 'Müller & Söhne GmbH' }),
    ]);

    const second = await post('/v1/accounts', { name: 'Mueller', taxId: 'de-811' });
    expect(second.body['number']).toMatch(/^A-\d{6}$/);
    const third = await post('/v1/accounts', { name: 'MULLER UND SOHNE' });
    expect(second.body['duplicates']).toEqual([
      { accountId: first.body['id'], number: '1604-LIFKX', name: 'Müller & Söhne GmbH', by: 'tax-id' },
    ]);
    expect(third.body['duplicates']).toEqual([
      { accountId: first.body['id'], number: '1604-LIFKX', name: 'Müller & Söhne GmbH', by: 'name' },
    ]);
  });

  it('A-01: a number belongs to one account, and those of the range to nobody who asks', async () => {
    await post('/v1/accounts', { name: 'One', number: 'K-1' });
    const taken = await post('/v1/accounts', { name: 'Two', number: 'k-1' });
    expect([taken.status, taken.body['code']]).toEqual([409, 'NumberTaken']);
    const range = await post('/v1/accounts', { name: 'Two', number: 'A-000001' });
    expect([range.status, range.body['code']]).toEqual([422, 'NumberBelongsToRange']);
    const refused = await post('/v1/accounts', { name: 'Three', number: 'K-3', businessDate: '2098-01-01' });
    expect(refused.body['code']).toBe('DatedInFuture');
    expect((await post('/v1/accounts', { name: 'Three', number: 'K-3' })).status).toBe(201);
    const races = await Promise.all(
      Array.from({ length: 8 }, (_, n) => post('/v1/accounts', { name: `Racer ${n}`, number: 'RACE-1' })),
    );
    expect(races.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  it('X-07: the same command sent again has one effect and the first answer', async () => {
    const headers = idempotencyKey();
    const asked = { name: 'Once Ltd' };
    const replies = await Promise.all([1, 2, 3, 4, 5].map(() => post('/v1/accounts', asked, headers)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    const answers = replies.map(({ body: { duplicates: _hints, ...answer } }) => JSON.stringify(answer));
    expect(new Set(answers).size).toBe(1);
    const other = await post('/v1/accounts', { name: 'Twice Ltd' }, headers);
    expect([other.status, other.body['code']]).toEqual([422, 'IdempotencyKeyReused']);
  });

  it('X-07: a change is made on the revision that was seen, or not at all', async () => {
    const { body } = await post('/v1/accounts', { name: 'Revised AG' });
    const path = `/v1/accounts/${body['id']}`;
    const seen = (await get(path)).headers.get('etag') ?? '';
    const changed = await post(`${path}/changes`, { sector: 'retail' }, { 'if-match': seen });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"1"']);
    const stale = await post(`${path}/changes`, { sector: 'trade' }, { 'if-match': seen });
    expect([stale.status, stale.body['code']]).toEqual([412, 'StaleRevision']);
    expect((await get(path)).body).toMatchObject({ sector: 'retail', revision: '1' });
  });

  it('A-02, A-03, A-04: owner, terms and contacts', async () => {
    const owner = await placed('Ada Lund');
    const next = await placed('Bo Berg');
    const { body } = await post('/v1/accounts', {
      name: 'Erika Mustermann',
      legalForm: 'natural',
      address: 'Am Hafen 1',
      ownerId: owner,
    });
    const path = `/v1/accounts/${body['id']}`;
    expect((await post(`${path}/owner`, { ownerId: null })).body['code']).toBe('OwnerNeeded');
    expect((await post(`${path}/owner`, { ownerId: next, reason: 'Parental leave' })).status).toBe(200);
    const terms = { paymentTermDays: 30, paymentTermBase: 'end-of-month', priceColumn: 'wholesale', tier: 'key' };
    expect((await post(`${path}/terms`, { ...terms, validFrom: '2026-01-01' })).status).toBe(200);
    expect((await post(`${path}/terms`, { ...terms, entityId: 'nowhere' })).body['code']).toBe('EntityUnknown');
    const contact = await post(`${path}/contacts`, {
      name: 'Max',
      roles: ['dunning', 'billing'],
      email: 'm@x.example',
    });
    expect(contact.status).toBe(201);
    await post(`${path}/contacts/${contact.body['id']}`, { consent: 'given' });
    expect((await get(path)).body).toMatchObject({
      name: 'Erika Mustermann',
      address: 'Am Hafen 1',
      ownerId: next,
      terms: [{ entityId: 'main', ...terms, segment: null, validFrom: '2026-01-01' }],
      contacts: [{ id: contact.body['id'], name: 'Max', roles: ['dunning', 'billing'], consent: 'given' }],
    });
  });

  it('X-08: personal data lie sealed in the log', async () => {
    const { rows } = await platform.database.pool.query<{ data: string }>(
      `select convert_from(data, 'UTF8') as data from accounts_log.events`,
    );
    const log = rows.map(({ data }) => data).join('\n');
    expect(log).toContain('Müller & Söhne');
    for (const personal of ['Erika', 'Am Hafen', 'm@x.example', 'Ada Lund']) expect(log).not.toContain(personal);
  });

  it('A-04: everybody sees and changes their own clients alone', async () => {
    const manager = await placed('Mia Manager');
    const [own, foreign] = [await placed('Olga Own', manager), await placed('Fred Foreign')];
    const mine = await post('/v1/accounts', { name: 'Mine', ownerId: own });
    const theirs = await post('/v1/accounts', { name: 'Theirs', ownerId: foreign });
    const token = await platform.token('account-manager', { staffId: own });
    const leader = await platform.token('sales-manager', { staffId: manager });
    const collector = await platform.token('collector');
    const since = `consistentWith=${theirs.body['consistencyToken']}`;

    expect((await get(`/v1/accounts/${mine.body['id']}`, token)).status).toBe(200);
    expect((await get(`/v1/accounts/${theirs.body['id']}`, token)).status).toBe(404);
    expect((await get(`/v1/accounts/${mine.body['id']}`, leader)).status).toBe(200);
    expect((await get(`/v1/accounts/${theirs.body['id']}`, leader)).status).toBe(404);
    const names = async (as: string) =>
      ((await get(`/v1/accounts?${since}`, as)).body['items'] as { name: string }[]).map(({ name }) => name);
    expect(await names(token)).toEqual(['Mine']);
    expect(await names(leader)).toEqual(['Mine']);
    const change = { sector: 'x' };
    expect((await post(`/v1/accounts/${theirs.body['id']}/changes`, change, {}, token)).status).toBe(404);
    expect((await post(`/v1/accounts/${theirs.body['id']}/changes`, change, {}, collector)).status).toBe(403);
    const hinted = await post('/v1/accounts', { name: 'Theirs Inc.' }, {}, token);
    expect(hinted.body['duplicates']).toEqual([
      { accountId: null, number: theirs.body['number'], name: null, by: 'name' },
    ]);
    expect((await get(`/v1/accounts/${hinted.body['id']}`, token)).body['ownerId']).toBe(own);
  });

  it('X-07: pages are of the moment of the first one, without gap or repeat', async () => {
    for (let n = 0; n < 5; n += 1) await post('/v1/accounts', { name: `Paged ${n}`, number: `P-${n}` });
    const last = await post('/v1/accounts', { name: 'Paged 5', number: 'P-5' });
    const question = '/v1/accounts?name=paged&limit=2';
    let page = await get(`${question}&consistentWith=${last.body['consistencyToken']}`);
    const numbers: string[] = [];
    for (;;) {
      numbers.push(...(page.body['items'] as { number: string }[]).map(({ number }) => number));
      // What is registered meanwhile belongs to a later moment, wherever it would stand.
      const later = await post('/v1/accounts', {
        name: `Paged late ${numbers.length}`,
        number: `P-${numbers.length}x`,
      });
      await get(`/v1/accounts?limit=1&consistentWith=${later.body['consistencyToken']}`);
      if (page.body['next'] === null) break;
      page = await get(`${question}&cursor=${page.body['next'] as string}`);
    }
    expect(numbers).toEqual(['P-0', 'P-1', 'P-2', 'P-3', 'P-4', 'P-5']);
  });

  it('X-07: what is wrong with a request is said, and nothing is appended', async () => {
    const { body } = await post('/v1/accounts', { name: 'Strict' });
    const path = `/v1/accounts/${body['id']}`;
    const before = await headOf('accounts');
    const cases: readonly (readonly [string, unknown, number])[] = [
      ['/v1/accounts', {}, 422],
      ['/v1/accounts', { name: 'x', unknown: 1 }, 422],
      ['/v1/accounts', { name: 'a\u0000b' }, 422],
      ['/v1/accounts', '{"name":"\\ud800"}', 422],
      ['/v1/accounts', { name: 'x', currency: 'XXX' }, 422],
      ['/v1/accounts', { name: 'x', businessDate: '2026-02-30' }, 422],
      ['/v1/accounts', { name: 'x', businessDate: '2098-01-01' }, 422],
      ['/v1/accounts', { name: 'x', ownerId: '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11' }, 422],
      ['/v1/accounts', '{"name":', 400],
      [`${path}/terms`, { paymentTermDays: -1 }, 422],
      [`${path}/contacts`, { name: 'x', roles: [] }, 422],
      [`${path}/changes`, { parentId: body['id'] }, 409],
      ['/v1/accounts/nonsense/changes', {}, 422],
      ['/v1/accounts/5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11/changes', {}, 404],
    ];
    for (const [route, request, status] of cases) {
      const reply = await post(route, request);
      expect([route, request, reply.status]).toEqual([route, request, status]);
      expect(reply.headers.get('content-type')).toContain('application/problem+json');
    }
    expect(await headOf('accounts')).toBe(before);
    for (const query of ['limit=0', 'limit=501', 'ownerId=me', 'cursor=abc', 'nothing=1', 'consistentWith=x'])
      expect([query, Math.floor((await get(`/v1/accounts?${query}`)).status / 100)]).toEqual([query, 4]);
    expect((await platform.request('GET', '/v1/accounts', undefined, { token: null })).status).toBe(401);
  });

  it('X-07: a cursor that somebody mended is refused, not a fault', async () => {
    const { body } = await get('/v1/accounts?limit=1');
    const cursor = JSON.parse(Buffer.from(body['next'] as string, 'base64url').toString('utf8')) as object;
    for (const mended of [{ id: 'x' }, { asKnownAt: 'yesterday' }, { key: 1 }, { question: 'another' }]) {
      const text = Buffer.from(JSON.stringify({ ...cursor, ...mended })).toString('base64url');
      expect(Math.floor((await get(`/v1/accounts?limit=1&cursor=${text}`)).status / 100)).toBe(4);
    }
  });
});

async function headOf(service: string): Promise<string> {
  const { rows } = await platform.database.pool.query<{ events: string }>(
    `select count(*)::text as events from ${service}_log.events`,
  );
  return rows[0]?.events ?? '';
}
