import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import { eventually, startPlatform, type TestPlatform } from '@kontor/testing';
import { client } from './receivables.scenarios.ts';

interface Receipt {
  readonly id: string;
}
interface Order {
  readonly facets: { readonly commercial: string };
  readonly credit: { readonly hold: { readonly code: string } | null };
}
interface Invoice {
  readonly ledgerId: string;
  readonly number: string | null;
  readonly facets: { readonly paid: boolean };
}

const PATIENCE_MS = 120_000;
const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
let platform: TestPlatform;
let http: ReturnType<typeof client>;
let today: string;
beforeAll(async () => {
  platform = await startPlatform({ env: { KONTOR_DUNNING_SCHEDULE: 'off' } });
  http = client(platform);
  today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short' }).format(new Date());
}, PATIENCE_MS);
afterAll(() => platform.dispose());

const orderIs = (id: string, commercial: string) =>
  eventually(`the order is ${commercial}`, async () => {
    const order = await http.get<Order>(`/v1/orders/${id}`);
    return order.facets.commercial === commercial && order;
  });
const invoicesOf = async (accountId: string) => {
  const { items } = await http.get<{ items: Receipt[] }>(`/v1/invoices?accountId=${accountId}`);
  return Promise.all(items.map(({ id }) => http.get<Invoice>(`/v1/invoices/${id}`)));
};

describe('a client who must pay in advance', () => {
  it(
    'R-14: gets goods when the order is paid, and its invoice is settled by that money',
    async () => {
      const { id: accountId } = await http.post<Receipt>('/v1/accounts', { name: 'Late Payer Ltd' });
      const terms = { base: 'invoice-date', parts: [{ days: 0, portion: 1 }] };
      await http.post('/v1/invoices', {
        ...{ accountId, currency: 'EUR', invoiceDate: addDays(today, -5), terms },
        lines: [{ description: 'Pump', amountMinor: 7_000 }],
      });
      await eventually('the invoice is owed', async () => (await invoicesOf(accountId))[0]?.number ?? false);
      await http.post('/v1/dunning/runs', {
        ...{ from: addDays(today, -5), to: addDays(today, -1) },
        policy: {
          ...{ currency: 'EUR', daysBetweenNotices: 7 },
          levels: [{ daysAfterDue: 1, fee: eur(0), restriction: 'prepayment-only' }],
        },
      });
      const { id: productId } = await http.post<Receipt>('/v1/products', { sku: 'PREPAID', name: 'Pump' });
      const { id: orderId } = await http.post<Receipt>('/v1/orders', {
        ...{ accountId, currency: 'EUR' },
        lines: [{ productId, quantity: { value: 1, scale: 0 }, unitPrice: { value: 900, scale: 2 } }],
      });
      expect((await orderIs(orderId, 'held')).credit.hold?.code).toBe('PrepaymentRequired');
      // What names nothing pays the debt, and the order stays where it is.
      await http.post('/v1/payments', { accountId, amount: eur(900) });
      const tooMuch = { accountId, amount: eur(900), orderId, invoiceNumbers: ['INV-1'] };
      expect(await http.refused('/v1/payments', tooMuch)).toEqual([422, 'InvalidRequest']);
      const other = { accountId, amount: eur(900), orderId: accountId };
      expect(await http.refused('/v1/payments', other)).toEqual([422, 'UnknownOrder']);
      expect((await http.get<Order>(`/v1/orders/${orderId}`)).facets.commercial).toBe('held');
      await http.post('/v1/payments', { accountId, amount: eur(900), orderId });
      await orderIs(orderId, 'confirmed');
      await http.post(`/v1/orders/${orderId}/deliveries`, { lines: [{ lineId: 1, quantity: { value: 1, scale: 0 } }] });
      const settled = await eventually('its invoice is settled', async () => {
        const invoices = await invoicesOf(accountId);
        return invoices.length === 2 && invoices.some(({ facets }) => facets.paid) && invoices;
      });
      const ledger = await http.get<{ exposure: object }>(`/v1/ledgers/${settled[0]?.ledgerId}`);
      expect(ledger.exposure).toMatchObject({ openPrincipal: eur(6_100), unallocatedCredit: eur(0), reserved: eur(0) });
    },
    PATIENCE_MS,
  );
});
