import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';

interface Body {
  readonly [field: string]: unknown;
}

let platform: TestPlatform;

async function post(path: string, body: unknown, headers: { readonly [name: string]: string } = {}) {
  const reply = await platform.request('POST', path, body, { headers });
  return { status: reply.status, body: reply.body as Body };
}
async function get(path: string, token?: string) {
  const reply = await platform.request('GET', path, undefined, token === undefined ? {} : { token });
  return { status: reply.status, body: reply.body as Body };
}
async function opened(request: object = {}) {
  const { status, body } = await post('/v1/opportunities', { title: 'A packing line', ...request });
  expect(status).toBe(201);
  return {
    id: body['id'] as string,
    path: `/v1/opportunities/${body['id']}`,
    token: body['consistencyToken'] as string,
  };
}
const orderId = '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11';
const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

describe('deals over HTTP', () => {
  beforeAll(async () => {
    platform = await startPlatform();
  }, 90_000);
  afterAll(() => platform.dispose());

  it('P-01: the shipped pipelines are there, and a changed one gets a next version', async () => {
    const { body } = await get('/v1/pipelines?name=standard');
    const [standard] = body['items'] as { id: string; version: number; stages: { name: string; kind: string }[] }[];
    expect(standard?.version).toBe(1);
    expect(standard?.stages.map(({ name }) => name)).toContain('Disagreements settled');
    const stages = [
      { name: 'Talks', kind: 'open', probability: 10_000 },
      { name: 'Won', kind: 'won', probability: 100_000 },
      { name: 'Lost', kind: 'lost', probability: 0 },
    ];
    const direct = await post('/v1/pipelines', { name: 'direct', stages });
    const old = await opened({ pipelineId: direct.body['id'] });
    const more = [{ name: 'Visit', kind: 'open', probability: 5_000 }, ...stages];
    await post('/v1/pipelines', { name: 'direct', stages: more });
    expect((await get(`/v1/pipelines/${direct.body['id']}`)).body).toMatchObject({ version: 2, versions: [{}, {}] });
    expect((await post(`${old.path}/stage`, { stage: 'Visit' })).body['code']).toBe('StageUnknown');
    const fresh = await opened({ pipelineId: direct.body['id'] });
    expect((await get(fresh.path)).body).toMatchObject({ stage: 'Visit', pipelineVersion: 2 });
  });

  it('P-03, P-04: walks the stages, is weighted by them, lost with a reason and reopened with its history', async () => {
    const { path } = await opened({ amount: usd(10_000), expectedClose: '2027-03-31', businessDate: '2026-01-10' });
    expect((await get(path)).body).toMatchObject({ stage: 'Interest', probability: 5_000, weighted: usd(500) });
    for (const [stage, businessDate] of [
      ['Preliminary talks', '2026-01-12'],
      ['Need clarified', '2026-01-20'],
      ['Individual offer', '2026-02-01'],
      ['Meeting', '2026-02-03'],
      ['Draft contract', '2026-02-20'],
    ])
      expect((await post(`${path}/stage`, { stage, businessDate })).status).toBe(200);
    await post(`${path}/amount`, { amount: usd(12_345), businessDate: '2026-02-20' });
    await post(`${path}/expected-close`, { expectedClose: null, businessDate: '2026-02-21' });
    expect((await get(path)).body).toMatchObject({ weighted: usd(8642), expectedClose: null });

    const override = { probability: 99_000, reason: 'Budget released', expiresOn: '2099-12-31' };
    await post(`${path}/probability`, { ...override, businessDate: '2026-02-22' });
    expect((await get(path)).body).toMatchObject({ probability: 99_000, stageProbability: 70_000 });

    expect((await post(`${path}/stage`, { stage: 'Lost' })).body['code']).toBe('StageClosesDeal');
    expect((await post(`${path}/lose`, {})).body['code']).toBe('LossNeedsReason');
    expect((await post(`${path}/lose`, { reason: 'not stated' })).body['code']).toBe('LossNeedsReason');
    await post(`${path}/lose`, { reason: 'Price', competitor: 'Südpack', businessDate: '2026-03-01' });
    expect((await get(path)).body).toMatchObject({ stageKind: 'lost', weighted: usd(0) });
    expect((await post(`${path}/win`, { orderId })).body['code']).toBe('OpportunityClosed');
    expect((await post(`${path}/reopen`, {})).body['code']).toBe('ReasonNeeded');
    await post(`${path}/reopen`, { reason: 'They came back', businessDate: '2026-04-01' });
    const { body } = await get(path);
    expect(body).toMatchObject({ stage: 'Draft contract', probability: 70_000, override: null });
    expect((body['history'] as { stage: string }[]).map(({ stage }) => stage)).toEqual([
      'Interest',
      'Preliminary talks',
      'Need clarified',
      'Individual offer',
      'Meeting',
      'Draft contract',
      'Lost',
      'Draft contract',
    ]);
  });

  it('P-10: is won with an order or a contract, and with nothing else', async () => {
    const { path } = await opened({ amount: usd(10_000) });
    expect((await post(`${path}/win`, {})).body['code']).toBe('WinNeedsOrderOrContract');
    expect((await post(`${path}/win`, { orderId, amount: usd(9_000) })).status).toBe(200);
    expect((await get(path)).body).toMatchObject({ stage: 'Concluded', amount: usd(9_000), weighted: usd(9_000) });
  });

  it('A-06: a deal without account waits in the queue of enquiries until it gets one', async () => {
    const { id, path } = await opened();
    const account = await post('/v1/accounts', { name: 'Late Ltd' });
    const queued = async (token: string) =>
      (
        (await get(`/v1/opportunities?queue=enquiries&limit=500&consistentWith=${token}`)).body['items'] as {
          id: string;
        }[]
      ).some((deal) => deal.id === id);
    const before = await post(`${path}/expected-close`, { expectedClose: '2027-01-01' });
    expect(await queued(before.body['consistencyToken'] as string)).toBe(true);
    const assigned = await post(`${path}/account`, { accountId: account.body['id'] });
    expect(await queued(assigned.body['consistencyToken'] as string)).toBe(false);
    expect((await get(path)).body).toMatchObject({ queue: null, accountId: account.body['id'] });
  });

  it('A-04: a seller sees their own deals alone', async () => {
    const staff = await post('/v1/staff', { name: 'Selma', position: 'seller' });
    const mine = await opened({ ownerId: staff.body['id'], title: 'Mine' });
    const other = await opened({ title: 'Nobody’s' });
    const token = await platform.token('account-manager', { staffId: staff.body['id'] as string });
    expect((await get(mine.path, token)).status).toBe(200);
    expect((await get(other.path, token)).status).toBe(404);
    const list = await get(`/v1/opportunities?consistentWith=${other.token}`, token);
    expect((list.body['items'] as { title: string }[]).map(({ title }) => title)).toEqual(['Mine']);
  });

  it('X-07: the same command sent again has one effect', async () => {
    const { path } = await opened({ amount: usd(1) });
    const headers = idempotencyKey();
    const replies = await Promise.all([1, 2, 3, 4, 5].map(() => post(`${path}/stage`, { stage: 'Meeting' }, headers)));
    expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await get(path)).body['history']).toHaveLength(2);
  });

  it('X-07: what is wrong with a request is said', async () => {
    const { path } = await opened();
    const cases: readonly (readonly [string, unknown, number])[] = [
      ['/v1/opportunities', {}, 422],
      ['/v1/opportunities', { title: 'x', pipelineId: orderId }, 422],
      ['/v1/opportunities', { title: 'x', accountId: orderId }, 422],
      ['/v1/opportunities', { title: 'x', amount: usd(-1) }, 422],
      ['/v1/opportunities', { title: 'x', amount: usd(2 ** 53) }, 422],
      ['/v1/opportunities', { title: 'x', amount: { amountMinor: 1, currency: 'ABC' } }, 422],
      [`${path}/stage`, { stage: 'Dinner' }, 422],
      [`${path}/stage`, { stage: 'Meeting', businessDate: '2001-01-01' }, 409],
      [`${path}/probability`, { probability: 100_001, reason: 'r' }, 422],
      ['/v1/pipelines', { name: 'x', stages: [] }, 422],
      ['/v1/pipelines', { name: 'x', stages: [{ name: 'a', kind: 'open', probability: 1 }] }, 422],
      ['/v1/staff', { name: 'x' }, 422],
      [`/v1/opportunities/${orderId}/win`, { orderId }, 404],
    ];
    for (const [route, request, status] of cases) {
      const reply = await post(route, request);
      expect([route, request, reply.status]).toEqual([route, request, status]);
    }
  });
});
