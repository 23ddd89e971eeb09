import { addDays, currencyExponent } from '@kontor/kernel';
import type { ApiClient } from '../cli/api-client.ts';
import { defaultPolicy, type RunAnswer } from '../cli/dunning-commands.ts';
import { makeQuote } from './build-quotes.ts';
import { type InvoiceItem, ReceivablesBuilder } from './build-receivables.ts';
import type { DealPlan } from './deal-plan.ts';
import { DemoClient, NUMBERED_CONCURRENCY } from './demo-client.ts';
import { type FirmPlan, priceYears } from './firm-plan.ts';
import type { DeliveryPlan, OrderPlan } from './order-plan.ts';

export interface BuildOptions {
  readonly currency: string;
  readonly progress: (phase: string, done: number) => void;
}

interface OrderItem {
  readonly id: string;
  readonly facets: { readonly commercial: string };
}
/**
 * Builds a planned firm by the same HTTP commands that people use. Every command has an Idempotency-Key that follows from
 * the plan: a build that was interrupted is called again and goes on where it was.
 */
export async function buildFirm(api: ApiClient, plan: FirmPlan, options: BuildOptions): Promise<RunAnswer> {
  let done = 0;
  let phase = '';
  const client = new DemoClient(api, `demo:${plan.seed}:${plan.size}:${plan.today}`, () => {
    done += 1;
    options.progress(phase, done);
  });
  const firm = new FirmBuilder(client, plan, options.currency);
  for (const [name, step] of [
    ['staff and products', () => firm.staffAndProducts()],
    ['accounts', () => firm.accounts()],
    ['deals and orders', () => firm.dealsAndOrders()],
    ['deliveries', () => firm.deliveries()],
    ['payments', () => firm.payments()],
    ['claims', () => firm.claims()],
  ] as const) {
    phase = name;
    options.progress(phase, done);
    await step();
  }
  phase = 'dunning';
  options.progress(phase, done);
  return firm.dunning();
}

class FirmBuilder {
  constructor(
    private readonly client: DemoClient,
    private readonly plan: FirmPlan,
    private readonly currency: string,
  ) {}

  async staffAndProducts(): Promise<void> {
    const { client, plan } = this;
    const { staff, products, begins } = plan;
    for (const level of levelsOf(staff))
      await client.each(level, ({ key, managerKey, ...member }) =>
        client.make(key, '/v1/staff', { ...member, managerId: client.idOrNull(managerKey), businessDate: begins }),
      );
    await client.each(products, ({ key, sku, name, kind, listPrice, warrantyMonths }) =>
      client.make(key, '/v1/products', {
        sku,
        name,
        kind,
        serialTracked: warrantyMonths !== null,
        warrantyMonths,
        listPrice: this.money(listPrice),
        businessDate: begins,
      }),
    );
    const years = priceYears(plan);
    // Prices rise by three percent a year up to the list price.
    await client.each(years, (year) =>
      client.make(`price-list-${year}`, '/v1/price-lists', {
        name: `Prices ${year}`,
        currency: this.currency,
        validFrom: `${year}-01-01`,
        validTo: `${year}-12-31`,
        prices: products.map(({ key, listPrice }) => ({
          productId: client.id(key),
          unitPrice: { value: listPrice * (100 - 3 * (years.length - 1 - years.indexOf(year))), scale: 2 },
        })),
        businessDate: begins,
      }),
    );
  }

  async accounts(): Promise<void> {
    const { client, currency } = this;
    await client.each(this.plan.accounts, async (account) => {
      const { key, name, country, region, sector, registeredOn, paymentTermDays } = account;
      const { id: accountId } = await client.make(key, '/v1/accounts', {
        name,
        country,
        region,
        sector,
        currency,
        ownerId: client.id(account.ownerKey),
        businessDate: registeredOn,
      });
      await client.send(`${key}-terms`, `/v1/accounts/${accountId}/terms`, {
        paymentTermDays,
        validFrom: registeredOn,
      });
      await client.send(`${key}-contact`, `/v1/accounts/${accountId}/contacts`, {
        name: account.contact,
        email: `${account.contact.toLowerCase().replace(' ', '.')}@${key}.example`,
        roles: ['dunning', 'billing'],
        businessDate: registeredOn,
      });
      await client.send(`${key}-limit`, '/v1/credit-limits', {
        accountId,
        limit: this.money(account.creditLimit),
        businessDate: registeredOn,
      });
    });
  }

  async dealsAndOrders(): Promise<void> {
    const { client, plan } = this;
    // Terms and prices must have arrived in orders, or the orders are placed without them.
    const known = client.token('accounts', 'orders');
    const quoted = async () => {
      await client.each(plan.quotes, (quote) => makeQuote(client, quote, this.currency, known), NUMBERED_CONCURRENCY);
      await client.each(plan.orders, (order) => this.placeOrder(order, known), NUMBERED_CONCURRENCY);
    };
    await Promise.all([client.each(plan.deals, (deal) => this.openDeal(deal)), quoted()]);
    const closed = plan.deals.filter(({ end }) => end !== null);
    await client.each(closed, (deal) => this.closeDeal(deal));
  }

  async deliveries(): Promise<void> {
    const { client, plan } = this;
    const answered = await client.until('the credit check of every order', async () => {
      const orders = await client.all<OrderItem>('/v1/orders', 'orders');
      return orders.some(({ facets }) => facets.commercial === 'awaiting-credit') ? undefined : orders;
    });
    const held = new Set(answered.filter(({ facets }) => facets.commercial === 'held').map(({ id }) => id));
    const confirmed = plan.orders.filter(({ key }) => !held.has(client.id(key)));
    const deliver = async ({ key: orderKey, deliveries }: OrderPlan) => {
      const path = `/v1/orders/${client.id(orderKey)}/deliveries`;
      for (const delivery of deliveries) {
        const { key, date, lines } = delivery;
        const body = { lines: lines.map((line) => ({ ...line, quantity: whole(line.quantity) })), businessDate: date };
        const { deliveryId } = await client.send<{ deliveryId: string; consistencyToken: string }>(key, path, body);
        this.delivered.push({ delivery, deliveryId });
      }
    };
    await client.each(confirmed, deliver, NUMBERED_CONCURRENCY);
  }

  async payments(): Promise<void> {
    const { client, plan } = this;
    const expected = new Map(this.delivered.map(({ deliveryId, delivery }) => [deliveryId, delivery]));
    const invoices = await client.until('the invoice of every delivery', async () => {
      const found = await client.all<InvoiceItem>('/v1/invoices', 'receivables');
      const open = found.filter(
        ({ number, deliveryId, nextDueDate, paid }) =>
          number !== null && deliveryId !== null && expected.has(deliveryId) && (nextDueDate !== null || paid),
      );
      return open.length === expected.size ? open : undefined;
    });
    const termsOf = new Map(plan.accounts.map(({ key, paymentTermDays }) => [client.id(key), paymentTermDays]));
    const settled = invoices.flatMap((invoice) => {
      const delivery = expected.get(invoice.deliveryId ?? '');
      return delivery === undefined ? [] : [{ invoice, delivery }];
    });
    const builder = new ReceivablesBuilder(client, plan, this.currency);
    await client.each(settled, ({ invoice, delivery }) =>
      builder.settle(invoice, delivery, termsOf.get(invoice.accountId) ?? 0),
    );
    await builder.creditNotes(settled);
  }

  async claims(): Promise<void> {
    const { client, currency } = this;
    await client.each(this.plan.claims, async ({ key, serial, incidentDate, description, repair }) => {
      const order = this.delivered.some(({ delivery }) => delivery.lines.some((line) => line.serials.includes(serial)));
      // An order that was held delivered nothing, so there is no unit to claim for.
      if (!order) return;
      const unit = await client.until(`the unit ${serial}`, async () => {
        const { items } = await client.get<{ items: { id: string }[] }>(`/v1/units?${new URLSearchParams({ serial })}`);
        return items[0];
      });
      const about = { unitId: unit.id, incidentDate, description, businessDate: incidentDate };
      const { id } = await client.make(key, '/v1/claims', { kind: 'claim', ...about });
      if (repair === null) return;
      const { date, parts, labour } = repair;
      const { workOrderId } = await client.send<{ workOrderId: string; consistencyToken: string }>(
        `${key}-work-order`,
        `/v1/claims/${id}/work-order`,
        { task: 'Examine and repair', businessDate: incidentDate },
      );
      await client.send(`${key}-repair`, `/v1/claims/${id}/repair`, {
        workOrderId,
        currency,
        partsMinor: this.money(parts).amountMinor,
        labourMinor: this.money(labour).amountMinor,
        work: 'Replaced what was worn and tested it.',
        businessDate: date,
      });
      await client.send(`${key}-close`, `/v1/claims/${id}/close`, {
        signature: { signedBy: 'the client', signedOn: date },
        businessDate: date,
      });
    });
  }

  /** Every date that has ended. */
  dunning(): Promise<RunAnswer> {
    const { client, plan, currency } = this;
    return client.send<RunAnswer & { consistencyToken?: string }>('dunning', '/v1/dunning/runs', {
      from: plan.begins,
      to: addDays(plan.today, -1),
      policy: defaultPolicy(currency),
    });
  }

  private readonly delivered: { readonly delivery: DeliveryPlan; readonly deliveryId: string }[] = [];

  private async openDeal({ key, title, accountKey, productKey, amount, openedOn, expectedClose, ...deal }: DealPlan) {
    const { client } = this;
    const { id } = await client.make(key, '/v1/opportunities', {
      title,
      accountId: client.idOrNull(accountKey),
      ownerId: accountKey === null ? null : client.id(deal.ownerKey),
      productId: client.id(productKey),
      amount: this.money(amount),
      expectedClose,
      businessDate: openedOn,
    });
    for (const [index, { stage, date }] of deal.stages.entries())
      await client.send(`${key}-stage-${index}`, `/v1/opportunities/${id}/stage`, { stage, businessDate: date });
  }

  private async closeDeal({ key, end }: DealPlan) {
    const { client } = this;
    const path = `/v1/opportunities/${client.id(key)}`;
    if (end?.kind === 'won')
      await client.send(`${key}-won`, `${path}/win`, { orderId: client.id(end.orderKey), businessDate: end.date });
    if (end?.kind === 'lost')
      await client.send(`${key}-lost`, `${path}/lose`, {
        reason: end.reason,
        competitor: end.competitor,
        businessDate: end.date,
      });
  }

  private placeOrder({ key, accountKey, date, promisedDate, lines }: OrderPlan, known: string) {
    const { client } = this;
    const path = `/v1/orders?consistentWith=${known}`;
    const quote = this.plan.quotes.find(({ fate }) => fate.kind === 'ordered' && fate.orderKey === key);
    if (quote !== undefined)
      return client.make(key, path, {
        quoteId: client.id(quote.key),
        quoteVersion: 1,
        promisedDate,
        businessDate: date,
      });
    return client.make(key, path, {
      accountId: client.id(accountKey),
      currency: this.currency,
      lines: lines.map(({ productKey, quantity, discountPercent }) => ({
        productId: client.id(productKey),
        quantity: whole(quantity),
        discountRate: discountPercent * 1_000,
      })),
      promisedDate,
      businessDate: date,
    });
  }

  private money(major: number): { readonly amountMinor: number; readonly currency: string } {
    return { amountMinor: major * 10 ** currencyExponent(this.currency), currency: this.currency };
  }
}

function whole(quantity: number): { readonly value: number; readonly scale: number } {
  return { value: quantity, scale: 0 };
}

/** Superiors before those whom they lead. */
function levelsOf(staff: FirmPlan['staff']): FirmPlan['staff'][] {
  const levels: FirmPlan['staff'][] = [];
  let placed = new Set<string | null>([null]);
  while (levels.flat().length < staff.length) {
    const known = placed;
    const level = staff.filter(({ key, managerKey }) => known.has(managerKey) && !known.has(key));
    if (level.length === 0) throw new RangeError('somebody of the plan has a manager who is not in it');
    levels.push(level);
    placed = new Set([...known, ...level.map(({ key }) => key)]);
  }
  return levels;
}
