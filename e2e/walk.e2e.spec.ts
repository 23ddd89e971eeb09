import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import { eventually, idempotencyKey, otlpReceiver, startPlatform, type TestPlatform } from '@kontor/testing';
import { followOneOrder } from './support/one-trace.ts';

const PATIENCE_MS = 20_000;
const collector = await otlpReceiver();

interface Receipt {
  readonly id: string;
  readonly consistencyToken: string;
}

/** From first contact to cash to claim: every step by HTTP, in the order in which a firm does it. */
describe('the whole path', () => {
  let platform: TestPlatform;
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(new Date());
  const daysAgo = (days: number) => addDays(today, -days);
  const made: { [what: string]: string } = {};

  beforeAll(async () => {
    platform = await startPlatform({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  });
  afterAll(() => Promise.all([platform.dispose(), collector.close()]));

  async function post<Body = Receipt>(path: string, body: unknown): Promise<Body> {
    const reply = await platform.request('POST', path, body, { headers: idempotencyKey() });
    if (reply.status !== 200 && reply.status !== 201)
      throw new Error(`POST ${path} was answered with ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  }
  async function refused(path: string, body: unknown): Promise<[number, string]> {
    const reply = await platform.request('POST', path, body, { headers: idempotencyKey() });
    return [reply.status, (reply.body as { code: string }).code];
  }
  async function get<Body>(path: string): Promise<Body> {
    const reply = await platform.request('GET', path);
    expect({ path, status: reply.status }).toEqual({ path, status: 200 });
    return reply.body;
  }
  const order = (id = made['order']) =>
    get<{ facets: { commercial: string; fulfilment: string }; credit: object }>(`/v1/orders/${id}`);

  it('A-01, A-02, A-03, A-04: registers a client with owner, terms and a dunning contact; a duplicate is hinted at', async () => {
    made['staff'] = (await post('/v1/staff', { name: 'Anna Adler', position: 'account manager', region: 'North' })).id;
    const account = await post('/v1/accounts', {
      name: 'Muster Handels GmbH',
      taxId: 'DE123456789',
      country: 'DE',
      currency: 'EUR',
      ownerId: made['staff'],
      businessDate: daysAgo(90),
    });
    made['account'] = account.id;
    await post(`/v1/accounts/${account.id}/terms`, { paymentTermDays: 14, validFrom: daysAgo(90) });
    await post(`/v1/accounts/${account.id}/contacts`, {
      name: 'Berta Buch',
      email: 'berta@muster.example',
      roles: ['dunning', 'billing'],
    });
    const twin = await post<Receipt & { duplicates: { accountId: string }[] }>('/v1/accounts', {
      name: 'MUSTER Handels-GmbH',
      ownerId: made['staff'],
    });
    const hints = await eventually('the duplicate is found by its name', async () => {
      const found = await get<{ duplicates: { accountId: string }[] }>(
        `/v1/accounts/duplicates?name=${encodeURIComponent('muster handels gmbh')}&consistentWith=${twin.consistencyToken}`,
      );
      return found.duplicates.length === 2 && found.duplicates;
    });
    expect(hints.map(({ accountId }) => accountId).sort()).toEqual([account.id, twin.id].sort());
  });

  it('P-02, P-03, P-04: takes a deal through the stages, loses it with a reason, reopens it', async () => {
    const deal = await post('/v1/opportunities', {
      title: 'Twenty cleaning machines',
      accountId: made['account'],
      ownerId: made['staff'],
      amount: { amountMinor: 2_000_000, currency: 'EUR' },
      expectedClose: daysAgo(60),
      businessDate: daysAgo(85),
    });
    made['deal'] = deal.id;
    await post(`/v1/opportunities/${deal.id}/stage`, { stage: 'Individual offer', businessDate: daysAgo(80) });
    expect(await refused(`/v1/opportunities/${deal.id}/lose`, {})).toEqual([422, 'LossNeedsReason']);
    await post(`/v1/opportunities/${deal.id}/lose`, {
      reason: 'price',
      competitor: 'Glanz AG',
      businessDate: daysAgo(75),
    });
    const reopened = await post(`/v1/opportunities/${deal.id}/reopen`, {
      reason: 'new budget',
      businessDate: daysAgo(70),
    });
    const asOf = async (date: string) => {
      const answer = await get<{
        stages: { stage: string; kind: string; deals: number; weighted: { amountMinor: number } }[];
      }>(`/v1/insights/pipeline?asOf=${date}&consistentWith=${reopened.consistencyToken}`);
      return answer.stages.filter(({ deals }) => deals > 0).map(({ kind, deals }) => [kind, deals]);
    };
    expect(await asOf(daysAgo(86))).toEqual([]);
    expect(await asOf(daysAgo(78))).toEqual([['open', 1]]);
    expect(await asOf(daysAgo(72))).toEqual([['lost', 1]]);
    expect(await asOf(today)).toEqual([['open', 1]]);
  });

  it('O-01, O-02, O-04: publishes a price list and gets a quote accepted', async () => {
    const machine = await post('/v1/products', {
      sku: 'CM-20',
      name: 'Cleaning machine',
      serialTracked: true,
      warrantyMonths: 24,
    });
    made['product'] = machine.id;
    const list = await post('/v1/price-lists', {
      name: 'List',
      currency: 'EUR',
      validFrom: daysAgo(400),
      prices: [{ productId: machine.id, unitPrice: { value: 100_000, scale: 2 } }],
    });
    const quote = await post(`/v1/quotes?consistentWith=${list.consistencyToken}`, {
      accountId: made['account'],
      opportunityId: made['deal'],
      lines: [{ productId: machine.id, quantity: { value: 4, scale: 0 } }],
      validUntil: daysAgo(50),
      businessDate: daysAgo(68),
    });
    made['quote'] = quote.id;
    await post(`/v1/quotes/${quote.id}/send`, { version: 1, businessDate: daysAgo(68) });
    await post(`/v1/quotes/${quote.id}/accept`, {
      version: 1,
      evidence: 'purchase order 4711',
      businessDate: daysAgo(66),
    });
  });

  it('O-06, O-07, R-03: an order over the limit is held with the reason, and confirmed once the limit is raised', async () => {
    await post('/v1/credit-limits', {
      accountId: made['account'],
      limit: { amountMinor: 300_000, currency: 'EUR' },
      businessDate: daysAgo(90),
    });
    const placed = await post('/v1/orders', { quoteId: made['quote'], quoteVersion: 1, businessDate: daysAgo(65) });
    made['order'] = placed.id;
    const held = await eventually(
      'the order is held',
      async () => {
        const found = await order();
        return found.facets.commercial === 'held' && found;
      },
      PATIENCE_MS,
    );
    expect(JSON.stringify(held)).toContain('CreditLimitExceeded');
    await post('/v1/credit-limits', {
      accountId: made['account'],
      limit: { amountMinor: 1_000_000, currency: 'EUR' },
      businessDate: daysAgo(65),
    });
    await post(`/v1/orders/${placed.id}/retry-credit`, { businessDate: daysAgo(65) });
    await eventually(
      'the order is confirmed',
      async () => (await order()).facets.commercial === 'confirmed',
      PATIENCE_MS,
    );
    await post(`/v1/opportunities/${made['deal']}/win`, {
      orderId: placed.id,
      amount: { amountMinor: 400_000, currency: 'EUR' },
      businessDate: daysAgo(65),
    });
  });

  it('O-10, R-01, W-01: delivers in parts with serial numbers; each delivery is invoiced and its units are registered', async () => {
    const line = (serials: string[]) => ({
      lines: [{ lineId: 1, quantity: { value: serials.length, scale: 0 }, serials }],
      businessDate: daysAgo(60),
    });
    await post(`/v1/orders/${made['order']}/deliveries`, line(['SN-1', 'SN-2', 'SN-3']));
    expect(await refused(`/v1/orders/${made['order']}/deliveries`, line(['SN-3']))).toEqual([409, 'SerialRepeated']);
    await post(`/v1/orders/${made['order']}/deliveries`, line(['SN-4']));
    expect((await order()).facets.fulfilment).toBe('delivered');
    const invoices = await eventually(
      'two invoices with numbers',
      async () => {
        const { items } = await get<{ items: { id: string; number: string | null; total: { amountMinor: number } }[] }>(
          `/v1/invoices?accountId=${made['account']}`,
        );
        return items.length === 2 && items.every(({ number }) => number !== null) && items;
      },
      PATIENCE_MS,
    );
    expect(invoices.map(({ total }) => total.amountMinor).sort((a, b) => a - b)).toEqual([100_000, 300_000]);
    expect(new Set(invoices.map(({ number }) => number)).size).toBe(2);
    made['bigInvoice'] = invoices.find(({ total }) => total.amountMinor === 300_000)?.number as string;
    made['smallInvoice'] = invoices.find(({ total }) => total.amountMinor === 100_000)?.number as string;
    await eventually(
      'four units',
      async () => {
        const { items } = await get<{ items: { id: string; serial: string }[] }>(
          `/v1/units?accountId=${made['account']}`,
        );
        made['unit'] = items.find(({ serial }) => serial === 'SN-1')?.id ?? '';
        return items.length === 4;
      },
      PATIENCE_MS,
    );
  });

  it('R-05, R-15: a partial payment goes to the invoice it names; ageing of a past day does not know it', async () => {
    const paid = await post('/v1/payments', {
      accountId: made['account'],
      amount: { amountMinor: 100_000, currency: 'EUR' },
      valueDate: daysAgo(30),
      invoiceNumbers: [made['bigInvoice']],
    });
    made['payment'] = paid.id;
    const outstanding = async (date: string) => {
      const { currencies } = await get<{
        currencies: {
          outstanding: { amountMinor: number };
          items: number;
          buckets: { amount: { amountMinor: number } }[];
        }[];
      }>(`/v1/insights/ageing?asOf=${date}&consistentWith=${paid.consistencyToken}`);
      return currencies.map((line) => [
        line.items,
        line.outstanding.amountMinor,
        line.buckets.reduce((sum, { amount }) => sum + amount.amountMinor, 0),
      ]);
    };
    expect(await outstanding(daysAgo(31))).toEqual([[2, 400_000, 400_000]]);
    expect(await outstanding(daysAgo(30))).toEqual([[2, 300_000, 300_000]]);
  });

  it('R-08, R-09, R-11, R-12, R-14: dunning rises level by level, with fee, interest and a kept letter, until orders are refused', async () => {
    const run = await post<{ runId: string; notices: number; byLevel: object; fees: object[]; alreadyDecided: number }>(
      '/v1/dunning/runs',
      {
        from: daysAgo(46),
        to: daysAgo(1),
        policy: {
          currency: 'EUR',
          daysBetweenNotices: 7,
          minimumBalance: { amountMinor: 0, currency: 'EUR' },
          levels: [
            { daysAfterDue: 1, fee: { amountMinor: 0, currency: 'EUR' } },
            { daysAfterDue: 8, fee: { amountMinor: 1_000, currency: 'EUR' } },
            { daysAfterDue: 15, fee: { amountMinor: 4_000, currency: 'EUR' } },
          ],
          interestRates: [{ from: '2020-01-01', rate: 9_000 }],
        },
      },
    );
    expect(run).toMatchObject({
      notices: 3,
      byLevel: { 1: 1, 2: 1, 3: 1 },
      fees: [{ amountMinor: 5_000, currency: 'EUR' }],
      alreadyDecided: 0,
    });
    const notices = await eventually('three letters', async () => {
      const { items } = await get<{ items: { id: string; level: number }[] }>(
        `/v1/dunning/notices?accountId=${made['account']}`,
      );
      return items.length === 3 && items;
    });
    for (const { id } of notices) {
      const letter = await platform.request('GET', `/v1/dunning/notices/${id}/content`);
      expect(letter.status).toBe(200);
      expect(String(letter.body)).toContain(made['bigInvoice']);
      expect(await get(`/v1/dunning/notices/${id}/decide-again`)).toMatchObject({ same: true });
    }
    await ordersAreRefused();
  });

  it('R-14: a payment of all that is due releases the account, and orders are taken again', async () => {
    await post('/v1/payments', {
      accountId: made['account'],
      amount: { amountMinor: 400_000, currency: 'EUR' },
      valueDate: today,
      invoiceNumbers: [made['bigInvoice'], made['smallInvoice']],
    });
    const again = await eventually(
      'an order is taken again',
      async () => {
        const reply = await platform.request('POST', '/v1/orders', directOrder(), { headers: idempotencyKey() });
        const taken: Receipt = reply.body;
        return reply.status === 201 && taken;
      },
      PATIENCE_MS,
    );
    // Whoever has no credit yet when the restriction comes back is held.
    await eventually(
      'the order that was taken again is confirmed',
      async () => (await order(again.id)).facets.commercial === 'confirmed',
      PATIENCE_MS,
    );
  });

  it('W-03, W-04, W-05, W-06: a claim gets a recorded coverage decision before any work, and is repaired and closed', async () => {
    const claim = await post('/v1/claims', {
      unitId: made['unit'],
      incidentDate: daysAgo(5),
      description: 'It does not turn on.',
    });
    const decided = await get<{ coverage: { coverage: string } }>(`/v1/claims/${claim.id}`);
    expect(decided.coverage).toMatchObject({ coverage: 'warranty' });
    const workOrder = await platform.request('POST', `/v1/claims/${claim.id}/work-order`, {
      task: 'replace the switch',
    });
    const { workOrderId } = workOrder.body as { workOrderId: string };
    const repair = await platform.request('POST', `/v1/claims/${claim.id}/repair`, {
      workOrderId,
      currency: 'EUR',
      partsMinor: 1_500,
      labourMinor: 6_000,
      work: 'switch replaced',
    });
    expect([workOrder.status, repair.status]).toEqual([201, 200]);
    const closed = await post(`/v1/claims/${claim.id}/close`, {
      signature: { signedBy: 'Berta Buch', signedOn: today },
    });
    expect(closed.consistencyToken).toMatch(/^warranty:\d+$/);
  });

  it('R-05, R-14, O-13: corrections: a payment is reversed and the restriction is back, a credit note given, an order cancelled and its credit released', async () => {
    await post(`/v1/payments/${made['payment']}/reverse`, { reason: 'direct debit returned' });
    await ordersAreRefused();
    await post('/v1/credit-notes', {
      invoiceNumber: made['smallInvoice'],
      amount: { amountMinor: 10_000, currency: 'EUR' },
      reason: 'scratches',
    });
    const confirmed = async () => {
      const { items } = await get<{ items: { id: string }[] }>(
        `/v1/orders?accountId=${made['account']}&commercial=confirmed&fulfilment=open`,
      );
      return items;
    };
    await eventually(
      'no credit is reserved any more',
      async () => {
        // Orders were placed until the restriction was known; where that takes longer, some are confirmed only now.
        for (const { id } of await confirmed()) await post(`/v1/orders/${id}/cancel`, { reason: 'not needed' });
        const { items: ledgers } = await get<{ items: { id: string }[] }>(`/v1/ledgers?accountId=${made['account']}`);
        const ledger = await get<{ exposure: { reserved: { amountMinor: number } } }>(`/v1/ledgers/${ledgers[0]?.id}`);
        return ledger.exposure.reserved.amountMinor === 0;
      },
      PATIENCE_MS,
    );
  });

  it('A-12, X-05: one timeline shows it all, and every figure opens to its events', async () => {
    const timeline = await eventually(
      'the timeline has every kind of event',
      async () => {
        const { items } = await get<{ items: { service: string }[] }>(
          `/v1/insights/accounts/${made['account']}/timeline?limit=500`,
        );
        return new Set(items.map(({ service }) => service)).size === 4 && items;
      },
      PATIENCE_MS,
    );
    expect(timeline.length).toBeGreaterThan(30);
    const { currencies } = await get<{
      currencies: { buckets: { explain: string; amount: { amountMinor: number } }[] }[];
    }>('/v1/insights/ageing');
    for (const bucket of currencies.flatMap((line) => line.buckets)) {
      const why = await get<{ items: object[] }>(bucket.explain);
      expect(why.items.length > 0).toBe(bucket.amount.amountMinor !== 0);
    }
    const status = await get<{ services: { subscriptions: { parked: number; lagEvents: string }[] }[] }>(
      '/v1/platform/status',
    );
    expect(status.services.flatMap(({ subscriptions }) => subscriptions).filter(({ parked }) => parked > 0)).toEqual(
      [],
    );
  });

  it('X-05, X-08: one trace covers a request, the append, the fold and what another service does about it', () =>
    followOneOrder(platform, collector, made['product']));

  async function ordersAreRefused(): Promise<void> {
    const answer = await eventually(
      'orders know the restriction',
      async () => {
        const reply = await platform.request('POST', '/v1/orders', directOrder(), { headers: idempotencyKey() });
        return reply.status !== 201 && reply;
      },
      PATIENCE_MS,
    );
    expect(answer.body).toMatchObject({ code: 'AccountRestricted' });
  }
  function directOrder() {
    return {
      accountId: made['account'],
      lines: [{ productId: made['product'], quantity: { value: 1, scale: 0 } }],
    };
  }
});
