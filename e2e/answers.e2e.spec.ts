import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import { eventually, type HttpReply, idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';
import { PublishedAnswers } from './support/published-answers.ts';

const DEMO_MS = 300_000;
const CRAWL_MS = 240_000;
const PATIENCE_MS = 20_000;
const THINGS_OF_EACH_KIND = 8;
const LINKS = 60;

interface Page {
  readonly items: readonly { readonly id: string; readonly number: string }[];
  readonly next: string | null;
  readonly asKnownAt: string;
}

/** The demo firm, and what it does not do by itself: every answer is held against what the API says that it answers. */
describe('what the API says that it answers', () => {
  let platform: TestPlatform;
  let published: PublishedAnswers;
  const faults: string[] = [];
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(new Date());
  beforeAll(async () => {
    platform = await startPlatform({ empty: false });
    published = await PublishedAnswers.of(platform);
    await makeTheRest();
  }, DEMO_MS);
  afterAll(() => platform.dispose());

  function held<Body>(method: string, address: string, reply: HttpReply): Body {
    // One fault of a hundred entries of a list is one fault.
    faults.push(...published.faults(method, address, reply).map((fault) => fault.replaceAll(/\/\d+\b/g, '/n')));
    return reply.body;
  }
  async function get<Body>(address: string): Promise<Body> {
    return held('get', address, await platform.request('GET', address));
  }
  async function post<Body = { readonly id: string; readonly consistencyToken: string }>(
    address: string,
    body: object,
  ) {
    const headers = idempotencyKey();
    const reply = await platform.request('POST', address, body, { headers });
    const other = await platform.request('POST', address, { ...body, another: true }, { headers });
    const { code } = other.body as { readonly code?: string };
    if (reply.status < 300 && code !== 'IdempotencyKeyReused')
      faults.push(`${address}: its key with another body: ${code}`);
    return held<Body>('post', address, reply);
  }
  async function first(list: string): Promise<Page['items'][number] & { readonly [field: string]: string }> {
    const { items } = await get<Page>(`${list}${list.includes('?') ? '&' : '?'}limit=1`);
    return items[0] as never;
  }
  const idsOf = async (list: string) => (await get<Page>(`${list}?limit=${THINGS_OF_EACH_KIND}`)).items.map(idOf);
  const idOf = (item: object) => ('policyId' in item ? String(item.policyId) : (item as { id: string }).id);
  const line = (productId: string) => ({ productId, quantity: { value: 1, scale: 0 } });

  async function makeTheRest(): Promise<void> {
    await get('/');
    const client = await post<{ id: string }>('/v1/accounts', { name: 'Answers GmbH', country: 'DE', currency: 'EUR' });
    const staff = await post('/v1/staff', { name: 'Carla Cox', position: 'account manager' });
    await post(`/v1/staff/${staff.id}/placings`, { name: 'Carla Cox', position: 'sales manager' });
    await post(`/v1/accounts/${client.id}/owner`, { ownerId: staff.id });
    await post(`/v1/accounts/${client.id}/changes`, { sector: 'trade' });
    await post(`/v1/accounts/${client.id}/terms`, { paymentTermDays: 14, validFrom: today });
    const contact = await post(`/v1/accounts/${client.id}/contacts`, { name: 'Dora Dorn', roles: ['billing'] });
    await post(`/v1/accounts/${client.id}/contacts/${contact.id}`, { phone: '030 1' });
    const stages = ['open', 'won', 'lost'].map((kind) => ({
      name: kind,
      kind,
      probability: kind === 'won' ? 100_000 : 0,
    }));
    await post('/v1/pipelines', { name: 'Short', stages });
    const deal = await post('/v1/opportunities', { title: 'A deal', accountId: client.id });
    await post(`/v1/opportunities/${deal.id}/amount`, { amount: { amountMinor: 100, currency: 'EUR' } });
    await post(`/v1/opportunities/${deal.id}/probability`, { probability: 1, reason: 'I know', expiresOn: today });
    await get(`/v1/opportunities/${deal.id}`);
    await post(`/v1/opportunities/${deal.id}/lose`, { reason: 'too dear', competitor: 'Others' });
    await sell(client.id);
    await collect(client.id);
    await serve(client.id);
    await post('/v1/platform/tokens', { role: 'analyst' });
    await post('/v1/imports/runs', { source: 'crm', contentHash: '0'.repeat(64) });
  }

  async function sell(accountId: string): Promise<void> {
    const product = await first('/v1/products?kind=goods');
    const own = await post('/v1/products', { sku: 'ANS-1', name: 'Answer', kind: 'service' });
    const price = { amountMinor: 500, currency: 'EUR' };
    await post(`/v1/products/${own.id}/list-price`, { listPrice: price });
    const list = await post('/v1/price-lists', {
      ...{ name: 'Answers', currency: 'EUR', validFrom: today },
      prices: [{ productId: product.id, unitPrice: { value: 100, scale: 0 } }],
    });
    await get(`/v1/price-lists/${list.id}`);
    const quote = { accountId, currency: 'EUR', priceListId: list.id, lines: [line(product.id)], validUntil: today };
    const taken = await post('/v1/quotes', quote);
    await get(`/v1/quotes/${taken.id}`);
    await post(`/v1/quotes/${taken.id}/send`, { version: 1 });
    await post(`/v1/quotes/${taken.id}/accept`, { version: 1, evidence: 'by mail' });
    const declined = await post('/v1/quotes', quote);
    await post(`/v1/quotes/${declined.id}/versions`, {
      priceListId: list.id,
      lines: [line(product.id)],
      validUntil: today,
    });
    await post(`/v1/quotes/${declined.id}/decline`, { version: 2, reason: 'too dear' });
    await get(`/v1/quotes/${declined.id}`);
    const ordered = await post('/v1/orders', { quoteId: taken.id, quoteVersion: 1 });
    await get(`/v1/orders/${ordered.id}`);
    await get(`/v1/orders/${ordered.id}/facets`);
    await post(`/v1/orders/${ordered.id}/cancel`, { reason: 'a mistake' });
  }

  async function collect(accountId: string): Promise<void> {
    const amount = { amountMinor: 1_000, currency: 'EUR' };
    await post('/v1/credit-limits', { accountId, limit: amount });
    const invoice = await post('/v1/invoices', {
      ...{ accountId, currency: 'EUR', invoiceDate: addDays(today, -60) },
      lines: [{ description: 'advice', amountMinor: 5_000 }],
    });
    const { number } = await eventually(
      'the invoice has its number',
      async () => {
        const { items } = await get<Page>(`/v1/invoices?accountId=${accountId}`);
        const issued = items.find(({ id, number }) => id === invoice.id && number !== null);
        return issued;
      },
      PATIENCE_MS,
    );
    const paid = await post<{ id: string; ledgerId: string }>('/v1/payments', { accountId, amount, valueDate: today });
    await get(`/v1/payments/${paid.id}`);
    await post(`/v1/payments/${paid.id}/reverse`, { reason: 'returned by the bank' });
    const dispute = { accountId, currency: 'EUR', invoiceNumber: number, reason: 'not as ordered' };
    const disputed = await post('/v1/disputes', dispute);
    await get(`/v1/disputes/${disputed.id}`);
    await get(`/v1/ledgers/${paid.ledgerId}`);
    const period = { from: addDays(today, -90), to: today };
    await post(`/v1/ledgers/${paid.ledgerId}/statement-confirmations`, {
      ...{ ...period, confirmed: { amountMinor: 5_000, currency: 'EUR' }, evidence: 'signed act' },
    });
    await get(`/v1/ledgers/${paid.ledgerId}/statement?from=${period.from}&to=${period.to}`);
    await post(`/v1/disputes/${disputed.id}/resolve`, { outcome: 'withdrawn' });
    const promised = await post('/v1/promises', { accountId, amount, promisedOn: today });
    await get(`/v1/promises/${promised.id}`);
    const until = addDays(today, 3);
    await post(`/v1/ledgers/${paid.ledgerId}/pauses`, { until, reason: 'asked for' });
    await get(`/v1/ledgers/${paid.ledgerId}`);
    await post(`/v1/ledgers/${paid.ledgerId}/resume`, {});
    const note = await post('/v1/credit-notes', { invoiceId: invoice.id, amount, reason: 'a kindness' });
    await get(`/v1/credit-notes/${note.id}`);
    const level = { daysAfterDue: 1, fee: amount };
    const policy = { currency: 'EUR', name: 'strict', daysBetweenNotices: 7, levels: [level] };
    await post('/v1/dunning/policies', { policy });
    const range = { from: addDays(today, -2), to: addDays(today, -1), dryRun: true };
    const { runId } = await post<{ runId: string }>('/v1/dunning/runs', range);
    await get(`/v1/dunning/runs/${runId}`);
  }

  async function serve(accountId: string): Promise<void> {
    const product = await first('/v1/products?kind=goods');
    const term = { basis: 'delivery', partsMonths: 12, labourMonths: 12, validFrom: today };
    await post(`/v1/warranty-terms/${product.id}/versions`, term);
    await get(`/v1/warranty-terms/${product.id}`);
    const unit = await post('/v1/units', { accountId, productId: product.id, serial: 'ANS-U1', deliveredOn: today });
    await get(`/v1/units/${unit.id}/coverage?incidentDate=${today}`);
    const claim = { unitId: unit.id, incidentDate: today, description: 'It leaks.' };
    const opened = await post('/v1/claims', claim);
    await post(`/v1/claims/${opened.id}/coverage`, {});
    const work = await post<{ workOrderId: string }>(`/v1/claims/${opened.id}/work-order`, { task: 'mend it' });
    await post(`/v1/claims/${opened.id}/repair`, {
      ...{ workOrderId: work.workOrderId, currency: 'EUR', partsMinor: 10, labourMinor: 20, work: 'mended' },
    });
    await post(`/v1/claims/${opened.id}/close`, { reason: 'works again' });
    await post('/v1/claims', { kind: 'praise', accountId, incidentDate: today, description: 'Well done.' });
    const given = await post(`/v1/units/${unit.id}/replacement`, { serial: 'ANS-U2' });
    await post(`/v1/units/${given.id}/take-off-warranty`, { reason: 'opened by others' });
  }

  it(
    'X-07: is what it answers, field by field, on every route',
    async () => {
      const lists = published.routes('get', 'cursor').filter((route) => !route.includes('{'));
      const ids = new Map<string, readonly string[]>();
      for (const route of lists) {
        await get(route);
        if (!route.startsWith('/v1/insights')) ids.set(route, await idsOf(route));
      }
      ids.set('/v1/insights/accounts', ids.get('/v1/accounts') ?? []);
      for (const route of published.routes('get')) {
        const [, list = '', rest = ''] = /^(\/v1\/[a-z/-]+)\/\{id\}(\/[a-z-]+)?$/.exec(route) ?? [];
        if (rest === '/coverage' || rest === '/content') continue;
        for (const id of ids.get(list) ?? []) await get(`${list}/${id}${rest}`);
      }
      for (const groupBy of ['owner', 'manager', 'region']) await get(`/v1/insights/pipeline?groupBy=${groupBy}`);
      for (const one of ['pipeline', 'ageing', 'collection']) await get(`/v1/insights/${one}`);
      await get('/v1/insights/collection/countback');
      await get('/v1/insights/collection/roll-rates');
      await get('/v1/dunning/worklist?limit=500');
      await get('/v1/portfolios');
      const [someone = ''] = ids.get('/v1/accounts') ?? [];
      await get(`/v1/exposures?accountId=${someone}`);
      await get('/v1/accounts/duplicates?name=Answers');
      await get('/v1/platform/status');
      await get('/v1/platform/consumers');
      await get('/health/live');
      const order = await first('/v1/orders');
      const stream = `/v1/streams/orders/order-${order.id}`;
      const { items } = await get<{ items: readonly { eventId: string }[] }>(stream);
      await get(`/v1/events/${items[0]?.eventId}`);
      await get(`/v1/platform/trace/${items[0]?.eventId}`);
      expect([...new Set(faults)]).toEqual([]);
      const unseen = published.routes('get').filter((route) => !published.seen.has(`get ${route}`));
      expect(unseen.filter((route) => !/^\/(v1\/(platform|history)\/|metrics|health)|content$/.test(route))).toEqual(
        [],
      );
    },
    CRAWL_MS,
  );

  it('X-07: whatever has a number is found by it', async () => {
    const numbered = published.routes('get', 'number');
    expect(numbered.sort()).toEqual([
      '/v1/accounts',
      '/v1/claims',
      '/v1/credit-notes',
      '/v1/deliveries',
      '/v1/invoices',
      '/v1/orders',
      '/v1/products',
      '/v1/quotes',
      '/v1/work-orders',
    ]);
    for (const route of numbered) {
      const known = await first(route);
      const number = known.number ?? known['sku'];
      const { items } = await get<Page>(`${route}?number=${encodeURIComponent(number ?? '')}`);
      expect({ route, found: items.map(({ id }) => id) }).toEqual({ route, found: [known.id] });
      expect(await get<Page>(`${route}?number=nothing-has-it`)).toMatchObject({ items: [], next: null });
    }
  });

  it('I-06: the pages of every list are of one moment, and a cursor alone asks for the next one', async () => {
    for (const route of published.routes('get', 'cursor', 'limit').filter((path) => !path.includes('{'))) {
      const one = await get<Page>(`${route}?limit=1`);
      if (one.next === null) continue;
      const two = await get<Page>(`${route}?cursor=${one.next}&limit=1`);
      expect({ route, asKnownAt: two.asKnownAt }).toEqual({ route, asKnownAt: one.asKnownAt });
      expect(two.items).toHaveLength(1);
      expect(two.items).not.toEqual(one.items);
      const both = await get<Page>(`${route}?limit=2`);
      expect({ route, items: [...one.items, ...two.items] }).toEqual({ route, items: both.items });
      if (!published.routes('get', 'asKnownAt').includes(route)) continue;
      const then = await get<Page>(`${route}?limit=2&asKnownAt=${both.asKnownAt}`);
      expect({ route, then }).toEqual({ route, then: { ...both, next: then.next } });
      expect(await get<Page>(`${route}?asKnownAt=1970-01-01T00:00:00Z`)).toMatchObject({ items: [], next: null });
    }
  });

  it('I-03: the links behind figures lead to what makes them', async () => {
    const links = new Set<string>();
    const collect = (value: unknown, name = ''): void => {
      if (typeof value === 'string' && name === 'explain') links.add(value);
      if (value === null || typeof value !== 'object') return;
      for (const [field, inner] of Object.entries(value)) collect(inner, name === 'explain' ? 'explain' : field);
    };
    for (const one of ['pipeline', 'ageing', 'collection', 'dunning/cases']) collect(await get(`/v1/insights/${one}`));
    expect(links.size).toBeGreaterThan(20);
    for (const link of [...links].slice(0, LINKS)) {
      const reply = await platform.request('GET', link);
      expect({ link, status: reply.status, faults: published.faults('get', link, reply) }).toEqual({
        ...{ link, status: 200, faults: [] },
      });
    }
  });

  it('X-07: what is folded from one stream has its revision as ETag, and is not sent twice', async () => {
    for (const route of published.routes('get').filter((path) => /^\/v1\/[a-z-]+\/\{id\}$/.test(path))) {
      const list = route.replace('/{id}', '');
      const { id } = await first(list);
      const reply = await platform.request('GET', `${list}/${id}`);
      const etag = reply.headers.get('etag');
      if (list === '/v1/deliveries') continue;
      expect({ route, etag }).toEqual({ route, etag: `"${(reply.body as { revision: string }).revision}"` });
      const again = await platform.request('GET', `${list}/${id}`, undefined, {
        headers: { 'if-none-match': etag ?? '' },
      });
      expect({ route, status: again.status }).toEqual({ route, status: 304 });
    }
  });
});
