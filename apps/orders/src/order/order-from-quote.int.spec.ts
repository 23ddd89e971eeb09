import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSerializer, fixedKeyVault, PostgresEventStore } from '@kontor/event-store';
import { LogFeed } from '@kontor/feed';
import {
  orderAggregate,
  orderFromQuote,
  quoteAggregate,
  type PlaceOrder,
  type QuoteCommand,
} from '@kontor/orders-domain';
import { CommandRunner, KONTOR_NAMESPACE, uuidV5 } from '@kontor/service';
import { ProcessRunner } from '@kontor/subscriptions';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { ordersService } from '../orders.subscriptions.ts';

const id = (name: string) => uuidV5(KONTOR_NAMESPACE, name);
const now = '2026-03-02T08:00:00.000Z';

let database: TestDatabase;
let feed: LogFeed;
let runner: CommandRunner;
beforeAll(async () => {
  database = await testDatabase();
  const codecs = ordersService.aggregates.map((aggregate) => aggregate.codec);
  await PostgresEventStore.migrate(database.pool, 'orders_log');
  const store = new PostgresEventStore({ pool: database.pool, schema: 'orders_log' });
  feed = new LogFeed([{ store, publication: ordersService.publication, codecs }]);
  runner = new CommandRunner('orders', store, new EventSerializer(codecs, fixedKeyVault()));
});
afterAll(() => database.drop());

let commands = 0;
async function quote(command: QuoteCommand): Promise<void> {
  const outcome = await runner.execute(quoteAggregate, id('quote'), command, {
    commandId: id(`command ${(commands += 1)}`),
    requestHash: '',
    actor: 'test',
    origin: 'person',
    correlationId: id('test'),
    occurredAt: now,
  });
  expect(outcome.kind).toBe('accepted');
}

/** A process as it starts anew after a crash; `sent` counts the commands that it sent. */
function orderFromQuoteProcess(sent: PlaceOrder[]) {
  return new ProcessRunner(
    database.pool,
    feed,
    orderFromQuote,
    async ({ key, command }, identity) => {
      sent.push(command as PlaceOrder);
      const envelope = { ...identity, requestHash: '', origin: 'process' as const, occurredAt: now };
      return runner.execute(orderAggregate, key, command as PlaceOrder, envelope);
    },
    { service: 'orders', now: () => now },
  );
}

describe('OrderFromQuote', () => {
  it('O-04: an order whose request died behind the quote is placed, once, however often the process starts anew', async () => {
    await quote({
      type: 'IssueQuote',
      quoteId: id('quote'),
      number: 'Q-2026-000001',
      entityId: 'main',
      accountId: id('account'),
      opportunityId: null,
      currency: 'USD',
      lines: [
        {
          lineId: 1,
          productId: id('product'),
          sku: 'GTX',
          description: 'GTX',
          quantity: { value: 3, scale: 0 },
          unitPrice: { value: 100, scale: 0 },
          discountRate: 0,
          serialTracked: false,
          warrantyMonths: null,
          warrantyStart: 'delivery',
          pricing: {
            source: 'stated',
            priceListId: null,
            priceListVersion: null,
            column: null,
            date: '2026-03-02',
          },
        },
      ],
      validUntil: '2026-04-01',
      expiresAt: '2026-04-01T22:00:00.000Z',
      businessDate: '2026-03-02',
    });
    await quote({ type: 'AcceptQuote', version: 1, evidence: 'Order 1', businessDate: '2026-03-03' });
    await quote({
      type: 'OrderQuote',
      version: 1,
      orderId: id('order'),
      orderNumber: 'O-2026-000001',
      lines: null,
      promisedDate: null,
      paymentTermDays: 30,
      paymentTermBase: 'invoice-date',
      restriction: null,
      businessDate: '2026-03-04',
    });
    expect((await runner.load(orderAggregate, id('order'))).revision).toBe(-1n);

    const sent: PlaceOrder[] = [];
    await orderFromQuoteProcess(sent).catchUp();
    const { state, revision } = await runner.load(orderAggregate, id('order'));
    expect([state.order?.placed.number, state.order?.commercial, revision]).toEqual([
      'O-2026-000001',
      'awaiting-credit',
      1n,
    ]);

    // Killed before its checkpoint was written: the same event comes again.
    await database.pool.query('drop schema orders_processes cascade');
    await orderFromQuoteProcess(sent).catchUp();
    expect(sent).toHaveLength(2);
    expect((await runner.load(orderAggregate, id('order'))).revision).toBe(1n);
  });
});
