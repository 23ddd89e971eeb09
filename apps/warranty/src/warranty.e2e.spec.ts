import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays, addMonths } from '@kontor/kernel';
import { eventually, idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';

interface Receipt {
  readonly id: string;
  readonly revision: string;
  readonly consistencyToken: string;
}
interface Items {
  readonly items: readonly { readonly id: string; readonly [field: string]: unknown }[];
}

let platform: TestPlatform;
let accountId: string;
let productId: string;
let today: string;

const UP_WITHIN_MS = 90_000;

beforeAll(async () => {
  platform = await startPlatform();
  today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC', dateStyle: 'short' }).format(new Date());
  accountId = (await post('/v1/accounts', { name: 'Boren AB' })).id;
  productId = (await post('/v1/products', { sku: 'PUMP-40', name: 'Pump', serialTracked: true, warrantyMonths: 24 }))
    .id;
}, UP_WITHIN_MS);
afterAll(() => platform.dispose(), UP_WITHIN_MS);

async function call(method: string, path: string, body?: unknown, headers = {}) {
  return platform.request(method, path, body, { headers });
}
async function post<Answer = Receipt>(path: string, body: unknown): Promise<Answer> {
  const reply = await call('POST', path, body, idempotencyKey());
  expect({ status: [200, 201].includes(reply.status), body: reply.body }).toEqual({ status: true, body: reply.body });
  return reply.body;
}
async function get<Answer>(path: string): Promise<Answer> {
  const reply = await call('GET', path);
  expect(reply.status).toBe(200);
  return reply.body;
}
async function refused(path: string, body: unknown): Promise<[number, string]> {
  const reply = await call('POST', path, body, idempotencyKey());
  return [reply.status, (reply.body as { code: string }).code];
}
const unit = (serial: string, deliveredOn = addDays(today, -100)) =>
  post('/v1/units', { accountId, productId, serial, deliveredOn });

describe('units', () => {
  it('W-01: a unit registered by hand is found by its serial number, and once only', async () => {
    const deliveredOn = addDays(today, -100);
    const registered = await unit('MX-1');
    const found = await get<Items>(`/v1/units?serial=MX-1&consistentWith=${registered.consistencyToken}`);
    expect(found.items).toEqual([
      {
        id: registered.id,
        entityId: 'main',
        serial: 'MX-1',
        productId,
        sku: 'PUMP-40',
        quantity: { value: 1, scale: 0 },
        accountId,
        registeredOn: deliveredOn,
        recordedAt: expect.any(String),
        termVersion: 0,
        warrantyStart: deliveredOn,
        warrantyEnd: addMonths(deliveredOn, 24),
        takenOffOn: null,
        replacedByUnitId: null,
      },
    ]);
    expect(await refused('/v1/units', { accountId, productId, serial: 'MX-1', deliveredOn })).toEqual([
      409,
      'UnitAlreadyRegistered',
    ]);
  });

  it('X-07: a repeated request has the first receipt, and a stale If-Match changes nothing', async () => {
    const key = idempotencyKey();
    const body = { accountId, productId, serial: 'MX-2', deliveredOn: addDays(today, -10) };
    const first = await call('POST', '/v1/units', body, key);
    const again = await call('POST', '/v1/units', body, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    const { id } = first.body as Receipt;
    const transfer = { accountId, reason: 'sold on' };
    const stale = await call('POST', `/v1/units/${id}/transfer`, transfer, { 'if-match': '"7"' });
    expect(stale.status).toBe(412);
    const read = await call('GET', `/v1/units/${id}`);
    expect([read.status, read.headers.get('etag')]).toEqual([200, '"0"']);
  });

  it('W-02: the term in force at delivery is pinned, and a later version leaves it alone', async () => {
    const product = await post('/v1/products', { sku: 'FAN-1', name: 'Fan', warrantyMonths: 6 });
    const terms = `/v1/warranty-terms/${product.id}/versions`;
    await post(terms, { basis: 'delivery', partsMonths: 12, labourMonths: 12, validFrom: '2020-01-01' });
    const unit = await post('/v1/units', { accountId, productId: product.id, serial: 'F-1', deliveredOn: today });
    await post(terms, { basis: 'delivery', partsMonths: 1, labourMonths: 1, validFrom: '2020-01-01' });
    const { warranty } = await get<{ warranty: { termVersion: number; end: string } }>(`/v1/units/${unit.id}`);
    expect([warranty.termVersion, warranty.end]).toEqual([1, addMonths(today, 12)]);
  });

  it('W-03: taking a unit off warranty needs the right, and leaves earlier incidents covered', async () => {
    const { id } = await unit('MX-3');
    const body = { reason: 'opened by others', businessDate: addDays(today, -2) };
    const token = await platform.token('service');
    const denied = await platform.request('POST', `/v1/units/${id}/take-off-warranty`, body, { token });
    expect(denied.status).toBe(403);
    await post(`/v1/units/${id}/take-off-warranty`, body);
    const before = await get(`/v1/units/${id}/coverage?incidentDate=${addDays(today, -3)}`);
    const after = await get(`/v1/units/${id}/coverage?incidentDate=${addDays(today, -2)}`);
    expect([before, after]).toMatchObject([
      { coverage: 'warranty', reasonCode: 'WithinTerm' },
      { coverage: 'paid', reasonCode: 'TakenOffWarranty' },
    ]);
  });

  it('W-03: a replacement has what was left, under a serial number of its own', async () => {
    const old = await unit('MX-4');
    const given = await post<Receipt>(`/v1/units/${old.id}/replacement`, { serial: 'MX-5', policy: 'remaining' });
    const { warranty } = await get<{ warranty: { end: string } }>(`/v1/units/${given.id}`);
    expect(warranty.end).toBe(addMonths(addDays(today, -100), 24));
    expect(await refused(`/v1/units/${given.id}/replacement`, { serial: 'MX-4' })).toEqual([
      409,
      'UnitAlreadyRegistered',
    ]);
  });

  it.each([
    ['an unknown account', { accountId: '00000000-0000-4000-8000-000000000000' }, 'accountId'],
    ['an unknown product', { productId: '00000000-0000-4000-8000-000000000000' }, 'productId'],
    ['30 February', { deliveredOn: '2026-02-30' }, 'deliveredOn'],
    ['a field that is not there', { colour: 'red' }, 'colour'],
    ['a NUL character', { serial: 'a\u0000b' }, 'serial'],
    ['a quantity below zero', { quantity: { value: -1, scale: 0 } }, 'quantity.value'],
    ['an unknown legal entity', { entityId: 'elsewhere' }, 'entityId'],
  ])('X-07: refuses %s and names the field', async (_what, change, field) => {
    const body = { accountId, productId, serial: 'MX-9', deliveredOn: today, ...change };
    const reply = await call('POST', '/v1/units', body);
    expect([reply.status, (reply.body as { errors: { field: string }[] }).errors[0]?.field]).toEqual([422, field]);
  });
});

describe('units of a delivery', () => {
  it('W-01: a delivery registers a unit per serial number and the quantity of a line without; W-02: the invoice starts the term', async () => {
    const pump = await post('/v1/products', {
      sku: 'PUMP-60',
      name: 'Pump with its term from the invoice',
      serialTracked: true,
      warrantyMonths: 24,
      warrantyStart: 'invoice',
      listPrice: { amountMinor: 10_000, currency: 'EUR' },
    });
    const oil = await post('/v1/products', {
      sku: 'OIL-5',
      name: 'Oil',
      listPrice: { amountMinor: 500, currency: 'EUR' },
    });
    const client = await post('/v1/accounts', { name: 'Delivery client' });
    await post('/v1/credit-limits', { accountId: client.id, limit: { amountMinor: 100_000, currency: 'EUR' } });
    const order = await post('/v1/orders', {
      accountId: client.id,
      currency: 'EUR',
      lines: [
        { productId: pump.id, quantity: { value: 2, scale: 0 } },
        { productId: oil.id, quantity: { value: 125, scale: 1 } },
      ],
    });
    await eventually('the order is confirmed', async () => {
      const { facets } = await get<{ facets: { commercial: string } }>(`/v1/orders/${order.id}`);
      return facets.commercial === 'confirmed';
    });
    await post(`/v1/orders/${order.id}/deliveries`, {
      lines: [
        { lineId: 1, quantity: { value: 2, scale: 0 }, serials: ['D-1', 'D-2'] },
        { lineId: 2, quantity: { value: 125, scale: 1 } },
      ],
    });
    const units = await eventually('three units, the pumps with their term started by the invoice', async () => {
      const { items } = await get<Items>(`/v1/units?accountId=${client.id}`);
      return items.length === 3 && items.every((item) => item['serial'] === null || item['warrantyStart'] !== null)
        ? items
        : false;
    });
    const shown = units.map(({ serial, sku, quantity, warrantyStart, warrantyEnd }) => ({
      serial,
      sku,
      quantity,
      warrantyStart,
      warrantyEnd,
    }));
    const started = { sku: 'PUMP-60', warrantyStart: today, warrantyEnd: addMonths(today, 24) };
    const none = { sku: 'OIL-5', warrantyStart: null, warrantyEnd: null };
    expect(shown).toHaveLength(3);
    expect(shown).toEqual(
      expect.arrayContaining([
        { serial: 'D-1', quantity: { value: 1, scale: 0 }, ...started },
        { serial: 'D-2', quantity: { value: 1, scale: 0 }, ...started },
        { serial: null, quantity: { value: 125, scale: 1 }, ...none },
      ]),
    );
  });

  it('W-03: a unit that was replaced knows its successor, and W-04: a repair counts against its caps', async () => {
    const capped = await post('/v1/products', { sku: 'CAP-1', name: 'Capped', serialTracked: true });
    await post(`/v1/warranty-terms/${capped.id}/versions`, {
      basis: 'delivery',
      partsMonths: 24,
      labourMonths: 24,
      claimCap: 1,
      validFrom: '2020-01-01',
    });
    const { id } = await post('/v1/units', {
      accountId,
      productId: capped.id,
      serial: 'C-1',
      deliveredOn: addDays(today, -9),
    });
    const intake = { unitId: id, incidentDate: addDays(today, -1), description: 'It leaks.' };
    const claim = await post('/v1/claims', intake);
    const { workOrderId } = await post<{ workOrderId: string }>(`/v1/claims/${claim.id}/work-order`, {
      task: 'repair',
    });
    const cost = { currency: 'EUR', partsMinor: 100, labourMinor: 200, work: 'repaired' };
    await post(`/v1/claims/${claim.id}/repair`, { workOrderId, ...cost });
    await eventually('the repair counts', async () => {
      const unit = await get<{ warranty: { capsUsed: { claims: number } } }>(`/v1/units/${id}`);
      return unit.warranty.capsUsed.claims === 1;
    });
    const second = await post<{ coverage: object }>('/v1/claims', intake);
    expect(second.coverage).toMatchObject({ coverage: 'paid', reasonCode: 'ClaimCapUsedUp' });
    const successor = await post(`/v1/units/${id}/replacement`, { serial: 'C-2' });
    await eventually('the unit knows its successor', async () => {
      const unit = await get<{ replacedByUnitId: string | null }>(`/v1/units/${id}`);
      return unit.replacedByUnitId === successor.id;
    });
  });
});

describe('claims', () => {
  it('W-05: from intake through coverage, work order and repair to the signature', async () => {
    const { id: unitId } = await unit('MX-10');
    const claim = await post<Receipt & { number: string; coverage: object }>('/v1/claims', {
      unitId,
      incidentDate: addDays(today, -1),
      description: 'The pump leaks at the shaft.',
    });
    expect(claim.coverage).toMatchObject({ coverage: 'warranty', reasonCode: 'WithinTerm', termVersion: 0 });
    const order = await post<{ workOrderId: string; number: string }>(`/v1/claims/${claim.id}/work-order`, {
      task: 'replace the seal',
    });
    expect(order.number).toBe(`WO-${claim.number}-1`);
    await post(`/v1/claims/${claim.id}/repair`, {
      workOrderId: order.workOrderId,
      currency: 'EUR',
      partsMinor: 4250,
      labourMinor: 9000,
      work: 'seal replaced',
    });
    const closed = await post(`/v1/claims/${claim.id}/close`, { signature: { signedBy: 'A. Boren', signedOn: today } });
    const found = await get<Items>(`/v1/claims?number=${claim.number}&consistentWith=${closed.consistencyToken}`);
    expect(found.items).toMatchObject([
      { id: claim.id, unitId, accountId, status: 'closed', coverage: 'warranty', work: 'repaired' },
    ]);
    const events = await get<{ items: { type: string; data: { description?: unknown } }[] }>(
      `/v1/streams/warranty/claim-${claim.id}`,
    );
    expect(events.items.map((event) => event.type)).toEqual([
      'warranty.ClaimOpened.v1',
      'warranty.CoverageDecided.v1',
      'warranty.WorkOrderOpened.v1',
      'warranty.RepairRecorded.v1',
      'warranty.ClaimClosed.v1',
    ]);
    expect(events.items[0]?.data.description).toMatchObject({ subject: accountId });
  });

  it('W-06: goodwill stays within what a role may grant', async () => {
    const { id: unitId } = await unit('MX-11', addDays(today, -3000));
    const claim = await post('/v1/claims', { unitId, incidentDate: today, description: 'It is old.' });
    const grant = (amountMinor: number) => ({ upTo: { amountMinor, currency: 'EUR' }, reason: 'client of ten years' });
    const token = await platform.token('service');
    const path = `/v1/claims/${claim.id}/goodwill`;
    const beyond = await platform.request('POST', path, grant(25_001), { token });
    expect([beyond.status, beyond.body]).toMatchObject([
      403,
      { code: 'GoodwillBeyondLimit', facts: { roleLimit: { amountMinor: 25_000, currency: 'EUR' } } },
    ]);
    const within = await platform.request('POST', path, grant(25_000), { token });
    expect(within.status).toBe(200);
  });

  it('W-05: no work order before the coverage decision', async () => {
    const wish = await post('/v1/claims', {
      kind: 'wish',
      accountId,
      incidentDate: today,
      description: 'A quieter one.',
    });
    expect(await refused(`/v1/claims/${wish.id}/work-order`, { task: 'listen' })).toEqual([409, 'CoverageNotDecided']);
    expect(await refused('/v1/claims', { accountId, incidentDate: today, description: 'It leaks.' })).toEqual([
      422,
      'ClaimNeedsUnit',
    ]);
  });

  it('X-14: a claim of a foreign account is not there', async () => {
    const { id: unitId } = await unit('MX-12');
    const claim = await post('/v1/claims', { unitId, incidentDate: today, description: 'It leaks.' });
    const token = await platform.token('account-manager', { staffId: '00000000-0000-4000-8000-000000000001' });
    for (const path of [`/v1/claims/${claim.id}`, `/v1/units/${unitId}`]) {
      const reply = await platform.request('GET', path, undefined, { token });
      expect([reply.status, (reply.body as { code: string }).code]).toEqual([404, 'NotFound']);
    }
    const list = await platform.request('GET', '/v1/claims', undefined, { token });
    expect(list.body).toMatchObject({ items: [] });
  });
});
