import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';

/** On whatever else the machine does. */
const START_MS = 120_000;
const PATIENCE_MS = 60_000;

interface Page {
  readonly items: readonly { readonly id: string; readonly reversedOn: string | null }[];
  readonly next: string | null;
  readonly asKnownAt: string;
}

describe('I-06: pages of a list of receivables', () => {
  let platform: TestPlatform;
  let accountId: string;
  beforeAll(async () => {
    platform = await startPlatform();
    accountId = (await post('/v1/accounts', { name: 'Pages GmbH' })).id;
  }, START_MS);
  afterAll(() => platform.dispose());

  async function post(path: string, body: object): Promise<{ id: string; consistencyToken: string }> {
    const reply = await platform.request('POST', path, body, { headers: idempotencyKey() });
    expect([path, reply.status < 300]).toEqual([path, true]);
    return reply.body;
  }
  const pay = (valueDate: string) =>
    post('/v1/payments', { accountId, valueDate, amount: { amountMinor: 100, currency: 'EUR' } });
  const page = async (query: string) => (await platform.request('GET', `/v1/payments?${query}`)).body as Page;

  it('have the rows of the first one; what the description names is as of now', async () => {
    const payments = [];
    for (const day of ['2026-01-04', '2026-01-03', '2026-01-02']) payments.push(await pay(day));
    const one = await eventually(
      'the list has all',
      async () => {
        const all = await page(`accountId=${accountId}`);
        return all.items.length === 3 ? page(`accountId=${accountId}&limit=1`) : undefined;
      },
      PATIENCE_MS,
    );
    await pay('2026-01-01');
    const { consistencyToken } = await post(`/v1/payments/${payments[1]?.id}/reverse`, {
      reason: 'returned by the bank',
    });
    const rest = await page(`cursor=${one.next}&limit=10&consistentWith=${consistencyToken}`);
    expect(rest.items.map(({ id }) => id)).toEqual(payments.slice(1).map(({ id }) => id));
    expect([rest.next, rest.asKnownAt]).toEqual([null, one.asKnownAt]);
    expect(rest.items.map(({ reversedOn }) => reversedOn !== null)).toEqual([true, false]);
    const { body } = await platform.request('GET', '/openapi.json', undefined, { token: null });
    const { paths } = body as { paths: { [path: string]: { get?: { description?: string } } } };
    expect(paths['/v1/payments']?.get?.description).toContain('unallocated and reversedOn are as of');
    expect(
      Object.keys(paths)
        .filter((path) => paths[path]?.get?.description?.includes('as of asKnownAt') === true)
        .sort(),
    ).toEqual([
      '/v1/credit-notes',
      '/v1/disputes',
      '/v1/dunning/cases',
      '/v1/invoices',
      '/v1/payments',
      '/v1/promises',
    ]);
  });
});
