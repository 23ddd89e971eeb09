import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSerializer, fixedKeyVault, PostgresEventStore } from '@kontor/event-store';
import { LogFeed } from '@kontor/feed';
import { type ListAnswer, readList } from '@kontor/http';
import type { CloudEvent } from '@kontor/kernel';
import { orderAggregate, productAggregate, quoteAggregate } from '@kontor/orders-domain';
import { foldInMemory, ProjectionRunner, readTables } from '@kontor/projections';
import { CommandRunner, uuidV5, KONTOR_NAMESPACE } from '@kontor/service';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { ordersPublication } from '../outbound/orders.publication.ts';
import { ordersService } from '../orders.subscriptions.ts';
import { orderList } from './order-list/order-list.projection.ts';
import { orderListing } from './order-list/order-list.query.ts';
import { productCatalogue } from './product-catalogue/product-catalogue.projection.ts';
import { productListing, skuTakenBy, unknownProducts } from './product-catalogue/product-catalogue.query.ts';
import { quoteList } from './quote-list/quote-list.projection.ts';
import { quoteListing } from './quote-list/quote-list.query.ts';

const id = (name: string) => uuidV5(KONTOR_NAMESPACE, name);
const all = { kind: 'all' } as const;
const own = ['product_catalogue', 'quote_list', 'order_list'];

let database: TestDatabase;
let feed: LogFeed;
let runner: CommandRunner;
let projections: ProjectionRunner[];

beforeAll(async () => {
  database = await testDatabase();
  const { pool } = database;
  const codecs = ordersService.aggregates.map((aggregate) => aggregate.codec);
  await PostgresEventStore.migrate(pool, 'orders_log');
  const store = new PostgresEventStore({ pool, schema: 'orders_log' });
  feed = new LogFeed([{ store, publication: ordersPublication, codecs }]);
  runner = new CommandRunner('orders', store, new EventSerializer(codecs, fixedKeyVault()));
  projections = [productCatalogue, quoteList, orderList].map(
    (projection) => new ProjectionRunner(pool, feed, projection),
  );
  await register('GTX-1', 55_000);
  await register('gtx-2', 99_900);
  for (let n = 1; n <= 5; n += 1) await place(n);
  await fold();
});
afterAll(() => database.drop());

let commands = 0;
const envelope = () => ({
  commandId: id(`command ${(commands += 1)}`),
  requestHash: '',
  actor: 'test',
  origin: 'person' as const,
  correlationId: id('test'),
  occurredAt: '2026-03-02T08:00:00.000Z',
});
const line = {
  lineId: 1,
  productId: id('GTX-1'),
  sku: 'GTX-1',
  description: 'GTX 1',
  quantity: { value: 3, scale: 0 },
  unitPrice: { value: 100, scale: 0 },
  discountRate: 0,
  serialTracked: false,
  warrantyMonths: null,
  warrantyStart: 'delivery' as const,
  pricing: {
    source: 'stated' as const,
    priceListId: null,
    priceListVersion: null,
    column: null,
    date: '2026-03-02',
  },
};

async function fold(): Promise<void> {
  for (const projection of projections) await projection.catchUp();
}

async function register(sku: string, amountMinor: number): Promise<void> {
  await runner.execute(
    productAggregate,
    id(sku),
    {
      type: 'RegisterProduct',
      productId: id(sku),
      sku,
      name: sku,
      kind: 'goods',
      classification: null,
      serialTracked: false,
      warrantyMonths: null,
      warrantyStart: 'delivery',
      listPrice: { amountMinor, currency: 'USD' },
      externalId: null,
      source: null,
      skuTakenBy: null,
      businessDate: '2026-01-01',
    },
    envelope(),
  );
}

async function place(n: number): Promise<void> {
  await runner.execute(
    orderAggregate,
    id(`order ${n}`),
    {
      type: 'PlaceOrder',
      orderId: id(`order ${n}`),
      number: `O-2026-00000${n}`,
      entityId: 'main',
      accountId: id(n % 2 === 0 ? 'even' : 'odd'),
      quoteId: null,
      quoteVersion: null,
      opportunityId: null,
      currency: 'USD',
      lines: [line],
      promisedDate: null,
      paymentTermDays: 30,
      paymentTermBase: 'invoice-date',
      restriction: null,
      externalId: null,
      source: null,
      businessDate: '2026-03-02',
    },
    envelope(),
  );
}

const confirm = (n: number) =>
  runner.execute(
    orderAggregate,
    id(`order ${n}`),
    { type: 'ConfirmOrder', orderId: id(`order ${n}`), attempt: 1, businessDate: '2026-03-02' },
    envelope(),
  );

const orders = (filters: { commercial?: string; accountId?: string; number?: string }, cursor?: string, limit = 2) =>
  readList(database.pool, orderListing, { ...filters, limit, cursor }, all);

const numbers = (page: ListAnswer) => page.items.map((item) => (item as { number: string }).number);

describe('lists of orders', () => {
  it('O-06: an order is found by its number, with its facets', async () => {
    const page = await orders({ number: 'O-2026-000003' });
    expect(page.items).toEqual([
      {
        id: id('order 3'),
        number: 'O-2026-000003',
        entityId: 'main',
        accountId: id('odd'),
        quoteId: null,
        opportunityId: null,
        externalId: null,
        businessDate: '2026-03-02',
        promisedDate: null,
        total: { amountMinor: 30_000, currency: 'USD' },
        delivered: { amountMinor: 0, currency: 'USD' },
        facets: { commercial: 'awaiting-credit', fulfilment: 'open' },
        holdCode: null,
      },
    ]);
    expect(page.next).toBeNull();
  });

  it('I-06: all pages are of one moment, whatever happens between them', async () => {
    const first = await orders({ commercial: 'awaiting-credit' });
    const seen = numbers(first);
    expect(seen).toHaveLength(2);
    for (let n = 1; n <= 5; n += 1) await confirm(n);
    await place(6);
    await fold();

    let next = first.next;
    while (next !== null) {
      const page: ListAnswer = await orders({ commercial: 'awaiting-credit' }, next);
      expect(page.asKnownAt).toBe(first.asKnownAt);
      expect(page.items.map((item) => (item as { facets: { commercial: string } }).facets.commercial)).toEqual(
        page.items.map(() => 'awaiting-credit'),
      );
      seen.push(...numbers(page));
      next = page.next;
    }
    expect(seen.sort()).toEqual([1, 2, 3, 4, 5].map((n) => `O-2026-00000${n}`));
    expect(numbers(await orders({ commercial: 'awaiting-credit' }))).toEqual(['O-2026-000006']);
    expect(numbers(await orders({ commercial: 'confirmed' }, undefined, 10))).toHaveLength(5);
  });

  it('I-06: a cursor belongs to its filters, and one that was tampered with is refused', async () => {
    const { next } = await orders({ accountId: id('odd') });
    await expect(orders({ accountId: id('even') }, next as string)).rejects.toMatchObject({
      code: 'CursorOfAnotherQuery',
    });
    const cursor = JSON.parse(Buffer.from(next as string, 'base64url').toString('utf8')) as object;
    for (const change of [{ key: '2026-02-30' }, { id: 'x' }, { asKnownAt: 'now' }]) {
      const broken = Buffer.from(JSON.stringify({ ...cursor, ...change })).toString('base64url');
      await expect(orders({ accountId: id('odd') }, broken)).rejects.toMatchObject({ code: 'InvalidCursor' });
    }
  });

  it('O-04: a quote is listed with its version issued last and what became of it', async () => {
    const quoteId = id('quote');
    const issue = {
      type: 'IssueQuote',
      quoteId,
      number: 'Q-2026-000001',
      entityId: 'main',
      accountId: id('odd'),
      opportunityId: null,
      currency: 'USD',
      lines: [line],
      validUntil: '2026-04-01',
      expiresAt: '2026-04-01T22:00:00.000Z',
      businessDate: '2026-03-02',
    } as const;
    const { type: _type, number: _number, ...revised } = issue;
    await runner.execute(quoteAggregate, quoteId, issue, envelope());
    await runner.execute(quoteAggregate, quoteId, { ...revised, type: 'ReviseQuote' }, envelope());
    const answer = { type: 'AcceptQuote', version: 2, evidence: 'order', businessDate: '2026-03-03' } as const;
    await runner.execute(quoteAggregate, quoteId, answer, envelope());
    await fold();
    const page = await readList(database.pool, quoteListing, { status: 'accepted', limit: 50 }, all);
    expect(page.items).toEqual([
      {
        id: quoteId,
        number: 'Q-2026-000001',
        entityId: 'main',
        accountId: id('odd'),
        opportunityId: null,
        businessDate: '2026-03-02',
        version: 2,
        status: 'accepted',
        ordered: 'none',
        validUntil: '2026-04-01',
        total: { amountMinor: 30_000, currency: 'USD' },
      },
    ]);
  });

  it('O-01: a product is found by its article number, whatever the case, and keeps its list price for the page', async () => {
    const find = (sku?: string, cursor?: string) =>
      readList(database.pool, productListing, { sku, limit: 1, cursor }, all);
    const first = await find();
    await runner.execute(
      productAggregate,
      id('gtx-2'),
      {
        type: 'ChangeListPrice',
        productId: id('gtx-2'),
        listPrice: null,
        source: null,
        businessDate: '2026-03-02',
      },
      envelope(),
    );
    await fold();
    const second = await find(undefined, first.next as string);
    expect([first, second].flatMap((page) => page.items)).toMatchObject([
      { sku: 'GTX-1', listPrice: { amountMinor: 55_000, currency: 'USD' } },
      { sku: 'gtx-2', listPrice: { amountMinor: 99_900, currency: 'USD' } },
    ]);
    expect((await find('GTX-2')).items).toMatchObject([{ sku: 'gtx-2', listPrice: null }]);
    expect(await skuTakenBy(database.pool, 'GTX-2', id('other'))).toBe(id('gtx-2'));
    expect([...(await unknownProducts(database.pool, [id('GTX-1'), id('other')]))]).toEqual([id('other')]);
  });

  it('X-03: the lists are the pure fold of the log', async () => {
    const events: CloudEvent[] = [];
    const { signal } = new AbortController();
    for await (const batch of feed.read({ service: 'orders', after: 0n, follow: false, signal }))
      events.push(...batch.events);
    const lists = ordersService.projections.filter(({ name }) => own.includes(name));
    expect(lists).toHaveLength(3);
    for (const list of lists) expect(await readTables(database.pool, list)).toEqual(foldInMemory(list, events).tables);
  });
});
