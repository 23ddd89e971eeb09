import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 90_000);
afterAll(() => platform.dispose());

interface Made {
  readonly id: string;
  readonly number: string;
  readonly consistencyToken: string;
  readonly revision: string;
  readonly code: string;
}
interface OrderAnswer {
  readonly facets: { readonly commercial: string; readonly fulfilment: string };
  readonly credit: { readonly attempt: number; readonly hold: { readonly code: string } | null };
  readonly undelivered: { readonly amountMinor: number };
  readonly lines: readonly { readonly amountMinor: number; readonly pricing: object }[];
  readonly revision: string;
}
const USD = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
const pieces = (value: number) => ({ value, scale: 0 });

async function post(path: string, body: unknown, status = 201, headers = idempotencyKey()): Promise<Made> {
  const reply = await platform.request('POST', path, body, { headers });
  expect({ path, status: reply.status, body: reply.body }).toMatchObject({ path, status });
  return reply.body;
}
async function get<Body>(path: string): Promise<Body> {
  const reply = await platform.request('GET', path);
  expect({ path, status: reply.status }).toEqual({ path, status: 200 });
  return reply.body;
}

let serial = 0;
async function account(limitMinor: number | null): Promise<string> {
  const { id } = await post('/v1/accounts', { name: `Client ${(serial += 1)}`, currency: 'USD' });
  if (limitMinor !== null) await post('/v1/credit-limits', { accountId: id, limit: USD(limitMinor) });
  return id;
}
async function product(more: object = {}): Promise<string> {
  const { id } = await post('/v1/products', {
    sku: `P-${(serial += 1)}`,
    name: 'Press',
    listPrice: USD(100_000),
    ...more,
  });
  return id;
}
const order = (id: string) => get<OrderAnswer>(`/v1/orders/${id}`);
const settled = (id: string, commercial: string) =>
  eventually(`order ${id} is ${commercial}`, async () => {
    const answer = await order(id);
    return answer.facets.commercial === commercial ? answer : undefined;
  });

describe('orders over HTTP', () => {
  it('O-01: an article number is registered once, and found by it', async () => {
    const sku = `S-${(serial += 1)}`;
    const key = idempotencyKey();
    const first = await post('/v1/products', { sku, name: 'Pump', warrantyMonths: 24, serialTracked: true }, 201, key);
    expect(
      await post('/v1/products', { sku, name: 'Pump', warrantyMonths: 24, serialTracked: true }, 201, key),
    ).toEqual(first);
    expect((await post('/v1/products', { sku, name: 'Another' }, 409)).code).toBe('ProductAlreadyRegistered');
    const list = await get<{ items: { id: string }[] }>(
      `/v1/products?sku=${sku.toLowerCase()}&consistentWith=${first.consistencyToken}`,
    );
    expect(list.items.map((item) => item.id)).toEqual([first.id]);
  });

  it('X-09: an import of products names every row that it does not take, and a repeated one adds nothing', async () => {
    const row = (line: number, product: string, sales_price: string) => ({ line, product, series: 'GTX', sales_price });
    const run = async (rows: object[], more: object = {}) => {
      const reply = await platform.request('POST', '/v1/imports/crm/products', {
        runId: '00000000-0000-4000-8000-00000000000a',
        date: '2026-01-02',
        rows,
        ...more,
      });
      return (reply.body as { rows: { outcome: string; field?: string }[] }).rows.map(
        ({ outcome, field }) => outcome + (field === undefined ? '' : ` ${field}`),
      );
    };
    const rows = [row(2, 'GTX Basic', '550'), row(3, 'GTX Pro', '4821.00'), row(4, '', '1'), row(5, 'MG', '1.005')];
    const faults = ['rejected product', 'rejected sales_price'];
    expect(await run(rows, { dryRun: true })).toEqual(['accepted', 'accepted', ...faults]);
    expect(await run(rows)).toEqual(['accepted', 'accepted', ...faults]);
    expect(await run(rows)).toEqual(['already-known', 'already-known', ...faults]);
    const differing = [row(2, 'GTX Basic', '560'), row(3, 'GTXPro', '4821.00')];
    expect(await run(differing)).toEqual(['rejected sales_price', 'rejected product']);
    expect(await run(differing, { update: true })).toEqual(['accepted', 'rejected product']);
    expect(await run(differing, { update: true })).toEqual(['already-known', 'rejected product']);
  });

  it('O-02: the price follows from list, column, quantity and date, and the line says from what', async () => {
    const accountId = await account(null);
    const productId = await product();
    const list = await post('/v1/price-lists', {
      name: 'General',
      currency: 'USD',
      validFrom: '2020-01-01',
      prices: [
        { productId, unitPrice: pieces(900) },
        { productId, fromQuantity: pieces(10), unitPrice: pieces(800) },
        { productId, column: 'key', unitPrice: pieces(700) },
      ],
    });
    const ask = async (quantity: number, more: object = {}) => {
      const lines = [{ productId, quantity: pieces(quantity), ...more }];
      const { id } = await post(`/v1/orders?consistentWith=${list.consistencyToken}`, { accountId, lines });
      return (await order(id)).lines.map(({ amountMinor, pricing }) => ({ amountMinor, pricing }));
    };
    const pricing = { source: 'price-list', priceListId: list.id, priceListVersion: 1, column: null };
    expect(await ask(1)).toMatchObject([{ amountMinor: 90_000, pricing }]);
    expect(await ask(10, { discountRate: 5_000 })).toMatchObject([{ amountMinor: 760_000, pricing }]);
    expect(await ask(1, { unitPrice: { value: 12_345, scale: 2 } })).toMatchObject([
      { amountMinor: 12_345, pricing: { source: 'stated' } },
    ]);
    const terms = await post(`/v1/accounts/${accountId}/terms`, { paymentTermDays: 10, priceColumn: 'key' }, 200);
    const lines = [{ productId, quantity: pieces(1) }];
    const { id } = await post(`/v1/orders?consistentWith=${terms.consistencyToken}`, { accountId, lines });
    expect(await order(id)).toMatchObject({
      paymentTermDays: 10,
      lines: [{ amountMinor: 70_000, pricing: { ...pricing, column: 'key' } }],
    });
  });

  it('O-04: a quote is accepted and becomes orders in parts, never beyond what it quotes', async () => {
    const accountId = await account(null);
    const productId = await product();
    const lines = [{ productId, quantity: pieces(3) }];
    const quote = await post('/v1/quotes', { accountId, lines, validUntil: '2099-12-31' });
    expect(quote.number).toMatch(/^Q-\d{4}-\d{6}$/);
    const notYet = await post('/v1/orders', { quoteId: quote.id, quoteVersion: 1 }, 409);
    expect(notYet.code).toBe('QuoteNotAccepted');
    await post(`/v1/quotes/${quote.id}/versions`, { lines, validUntil: '2099-12-31' }, 200);
    expect((await post(`/v1/quotes/${quote.id}/accept`, { version: 1, evidence: 'PO 1' }, 409)).code).toBe(
      'QuoteVersionNotLive',
    );
    await post(`/v1/quotes/${quote.id}/send`, { version: 2 }, 200);
    await post(`/v1/quotes/${quote.id}/accept`, { version: 2, evidence: 'PO 1' }, 200);

    const part = { quoteId: quote.id, quoteVersion: 2, lines: [{ lineId: 1, quantity: pieces(2) }] };
    const key = idempotencyKey();
    const first = await post('/v1/orders', part, 201, key);
    expect((await post('/v1/orders', part, 201, key)).id).toBe(first.id);
    expect((await post('/v1/orders', part, 409)).code).toBe('MoreThanQuoted');
    const rest = await post('/v1/orders', { quoteId: quote.id, quoteVersion: 2 });
    const { orders } = await get<{ orders: { number: string; total: object }[] }>(`/v1/quotes/${quote.id}`);
    expect(orders).toMatchObject([
      { number: first.number, total: USD(200_000) },
      { number: rest.number, total: USD(100_000) },
    ]);
    expect(Number(rest.number.slice(-6))).toBe(Number(first.number.slice(-6)) + 1);
  });

  it('O-07: an order is confirmed when credit is reserved, and held with the reason when it is refused', async () => {
    const accountId = await account(250_000);
    const productId = await product();
    const lines = [{ productId, quantity: pieces(2) }];
    const first = await post('/v1/orders', { accountId, lines });
    await settled(first.id, 'confirmed');
    const second = await post('/v1/orders', { accountId, lines });
    expect((await settled(second.id, 'held')).credit).toMatchObject({
      attempt: 1,
      hold: { code: 'CreditLimitExceeded' },
    });

    await post(`/v1/orders/${first.id}/cancel`, { reason: 'not wanted any more' }, 200);
    await settled(first.id, 'cancelled');
    await eventually('the credit of the cancelled order is free', async () => {
      if ((await order(second.id)).facets.commercial === 'held')
        await platform.request('POST', `/v1/orders/${second.id}/retry-credit`, {});
      return (await order(second.id)).facets.commercial === 'confirmed';
    });
    await post(`/v1/orders/${first.id}/reopen`, { reason: 'wanted after all' }, 200);
    expect((await settled(first.id, 'held')).credit).toMatchObject({ attempt: 2 });
  });

  it('O-07: fifty orders at once never exceed the limit together', async () => {
    const accountId = await account(1_000_000);
    const lines = [{ productId: await product(), quantity: pieces(1) }];
    const placed = await Promise.all(Array.from({ length: 50 }, () => post('/v1/orders', { accountId, lines })));
    const facets = await eventually(
      'every order has its answer',
      async () => {
        const { items } = await get<{ items: { facets: { commercial: string } }[] }>(
          `/v1/orders?accountId=${accountId}&limit=100`,
        );
        const answered = items.map((item) => item.facets.commercial).filter((facet) => facet !== 'awaiting-credit');
        return answered.length === placed.length ? answered.sort() : undefined;
      },
      25_000,
    );
    expect(facets).toEqual([...Array<string>(10).fill('confirmed'), ...Array<string>(40).fill('held')]);
    expect(new Set(placed.map(({ number }) => number)).size).toBe(50);
  });

  it('O-10: is delivered in parts with serial numbers, whose amounts add up to the line', async () => {
    const accountId = await account(10_000_000);
    const productId = await product({ serialTracked: true, warrantyMonths: 24 });
    const lines = [{ productId, quantity: pieces(3), discountRate: 33_333 }];
    const { id } = await post('/v1/orders', { accountId, lines });
    await settled(id, 'confirmed');
    const deliver = (serials: string[], status = 201) =>
      post(
        `/v1/orders/${id}/deliveries`,
        { lines: [{ lineId: 1, quantity: pieces(serials.length), serials }] },
        status,
      );
    expect((await deliver(['A-1'])).number).toMatch(/^D-\d{4}-\d{6}$/);
    expect((await deliver(['a-1'], 409)).code).toBe('SerialRepeated');
    expect(await order(id)).toMatchObject({ facets: { commercial: 'confirmed', fulfilment: 'partly-delivered' } });
    expect((await deliver(['A-2', 'A-3', 'A-4'], 409)).code).toBe('MoreThanOrdered');
    const last = await deliver(['A-2', 'A-3']);
    expect(await order(id)).toMatchObject({ facets: { fulfilment: 'delivered' }, undelivered: USD(0) });
    await eventually('both deliveries are billed', async () => {
      const { lines: facets } = await get<{ lines: { facets: object }[] }>(`/v1/orders/${id}/facets`);
      expect(facets).toMatchObject([
        {
          lineId: 1,
          facets: { commercial: 'confirmed', fulfilment: 'delivered', billing: 'billed', payment: 'open' },
          billed: USD(200_001),
        },
      ]);
      return true;
    });
    const found = await get<{ items: { id: string; facets: object }[] }>(
      `/v1/orders?accountId=${accountId}&fulfilment=delivered&consistentWith=${last.consistencyToken}`,
    );
    expect(found.items).toMatchObject([{ id, facets: { commercial: 'confirmed', fulfilment: 'delivered' } }]);
    const numbered = await get<{ items: readonly { id: string }[] }>(
      `/v1/deliveries?number=${last.number}&consistentWith=${last.consistencyToken}`,
    );
    expect(numbered.items).toMatchObject([{ number: last.number, orderId: id, lines: [{ serials: ['A-2', 'A-3'] }] }]);
    const path = `/v1/deliveries/${numbered.items[0]?.id}`;
    expect(await get(path)).toEqual(numbered.items[0]);
    const token = await platform.token('account-manager', { staffId: '00000000-0000-4000-8000-000000000001' });
    expect((await platform.request('GET', path, undefined, { token })).status).toBe(404);
  });

  it('X-07: a stale If-Match, an unknown account and bad fields are problems that name what is wrong', async () => {
    const accountId = await account(null);
    const productId = await product();
    const lines = [{ productId, quantity: pieces(1) }];
    const { id } = await post('/v1/orders', { accountId, lines });
    const stale = await platform.request(
      'POST',
      `/v1/orders/${id}/cancel`,
      { reason: 'x' },
      { headers: { 'if-match': '"0"' } },
    );
    expect([stale.status, (stale.body as Made).code]).toEqual([412, 'StaleRevision']);

    const nobody = '00000000-0000-4000-8000-000000000000';
    expect((await post('/v1/orders', { accountId: nobody, lines }, 422)).code).toBe('AccountNotKnown');
    const bad = await platform.request('POST', '/v1/orders', {
      accountId,
      cost: 1,
      lines: [{ productId, quantity: { value: -1, scale: 0 } }],
    });
    expect([bad.status, bad.body]).toMatchObject([
      422,
      {
        code: 'InvalidRequest',
        errors: [
          { field: 'lines.0.quantity.value', reason: 'must not be negative' },
          { field: 'cost', reason: 'no such field' },
        ],
      },
    ]);
  });

  it('X-07: a foreign account cannot be ordered for, and its orders are not there to a reader', async () => {
    const accountId = await account(null);
    const lines = [{ productId: await product(), quantity: pieces(1) }];
    const { id } = await post('/v1/orders', { accountId, lines });
    const token = await platform.token('account-manager', { staffId: '00000000-0000-4000-8000-000000000001' });
    const replies = await Promise.all([
      platform.request('GET', `/v1/orders/${id}`, undefined, { token }),
      platform.request('POST', '/v1/orders', { accountId, lines }, { token }),
      platform.request('POST', `/v1/orders/${id}/cancel`, { reason: 'x' }, { token }),
      platform.request('GET', `/v1/orders?accountId=${accountId}`, undefined, { token }),
    ]);
    expect(replies.map((reply) => reply.status)).toEqual([404, 404, 404, 200]);
    expect((replies[3]?.body as unknown as { items: unknown[] }).items).toEqual([]);
  });
});
