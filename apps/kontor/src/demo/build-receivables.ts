import { addDays, earlierDate } from '@kontor/kernel';
import type { DemoClient, Receipt } from './demo-client.ts';
import type { FirmPlan } from './firm-plan.ts';
import { type IncidentPlan, valueDateOf } from './incident-plan.ts';
import type { DeliveryPlan } from './order-plan.ts';

/** A dispute is settled after so many days. */
const DISPUTE_DAYS = 90;

export interface InvoiceItem {
  readonly id: string;
  readonly number: string | null;
  readonly accountId: string;
  readonly deliveryId: string | null;
  /** Null until its items are on the ledger, and when they are paid. */
  readonly nextDueDate: string | null;
  readonly paid: boolean;
  readonly total: { readonly amountMinor: number };
}

interface Receipts {
  readonly consistencyToken: string;
}

/** What clients do with their invoices: pay, dispute, promise, return goods, let a debit go back. */
export class ReceivablesBuilder {
  constructor(
    private readonly client: DemoClient,
    private readonly plan: FirmPlan,
    private readonly currency: string,
  ) {}

  async settle(invoice: InvoiceItem, delivery: DeliveryPlan, termDays: number): Promise<void> {
    const { client, plan } = this;
    const { accountId, number, total } = invoice;
    const { share, disputed } = delivery.payment;
    const underDispute = disputed && addDays(delivery.date, DISPUTE_DAYS) > plan.today;
    if (underDispute)
      await this.dispute(invoice, `${delivery.key}-dispute`, {
        reason: 'The quantity is not what was delivered.',
        businessDate: earlierDate(addDays(delivery.date, 5), plan.today),
      });
    const incident = plan.incidents.get(delivery.key);
    if (incident?.kind === 'promise') await this.promise(invoice, delivery.key, incident);
    if (incident?.kind === 'dispute') await this.settledDispute(invoice, delivery.key, incident);
    const valueDate = valueDateOf(delivery, termDays);
    if (underDispute || valueDate === null || valueDate > addDays(plan.today, -1)) return;
    const payment = await client.make<Receipt>(`${delivery.key}-payment`, '/v1/payments', {
      accountId,
      amount: this.money((total.amountMinor * share) / 100),
      ...{ valueDate, reference: `Invoice ${number}`, invoiceNumbers: [number] },
    });
    if (incident?.kind === 'returned-payment') await this.returned(invoice, delivery, payment.id, incident);
  }

  /** After all payments: what an invoice no longer owes becomes credit on account. Answers when every note is set off. */
  async creditNotes(
    settled: readonly { readonly invoice: InvoiceItem; readonly delivery: DeliveryPlan }[],
  ): Promise<void> {
    const { client, plan } = this;
    const credited = settled.flatMap(({ invoice, delivery }) => {
      const incident = plan.incidents.get(delivery.key);
      return incident?.kind === 'credit-note' ? [{ invoice, delivery, incident }] : [];
    });
    await client.each(credited, ({ invoice, delivery, incident: { share, reason, date } }) =>
      client.make(`${delivery.key}-credit-note`, '/v1/credit-notes', {
        ...{ invoiceId: invoice.id, reason, businessDate: date },
        amount: this.money((invoice.total.amountMinor * share) / 100),
      }),
    );
    // Numbered, then set off: the notices of the past are decided on what is owed after that.
    await client.each(credited, async ({ invoice, delivery }) => {
      const noteId = client.id(`${delivery.key}-credit-note`);
      const { ledgerId } = await client.get<{ ledgerId: string }>(`/v1/invoices/${invoice.id}`);
      await client.until('the set-off of a credit note', async () => {
        const { credits } = await client.get<{ credits: { sourceId: string }[] }>(`/v1/ledgers/${ledgerId}`);
        return credits.some(({ sourceId }) => sourceId === noteId) || undefined;
      });
    });
  }

  private async promise(invoice: InvoiceItem, key: string, { date, promisedOn, graceDays }: Incident<'promise'>) {
    const { instalments } = await this.client.get<{ instalments: { instalmentId: string }[] }>(
      `/v1/invoices/${invoice.id}`,
    );
    await this.client.make(`${key}-promise`, '/v1/promises', {
      ...{ accountId: invoice.accountId, promisedOn, graceDays, businessDate: date },
      amount: this.money(invoice.total.amountMinor),
      instalmentIds: instalments.map(({ instalmentId }) => instalmentId),
    });
  }

  private async settledDispute(invoice: InvoiceItem, key: string, incident: Incident<'dispute'>) {
    const { date, share, resolvedOn, outcome } = incident;
    const { id } = await this.dispute(invoice, `${key}-dispute`, {
      ...{ reason: 'Some of it came in the wrong colour.', businessDate: date },
      amountMinor: this.money((invoice.total.amountMinor * share) / 100).amountMinor,
    });
    await this.client.send<Receipts>(`${key}-resolved`, `/v1/disputes/${id}/resolve`, {
      outcome,
      businessDate: resolvedOn,
    });
  }

  private async returned(
    { accountId, number, total }: InvoiceItem,
    { key, payment }: DeliveryPlan,
    paymentId: string,
    { date, paidAgainOn }: Incident<'returned-payment'>,
  ) {
    await this.client.send<Receipts>(`${key}-returned`, `/v1/payments/${paymentId}/reverse`, {
      reason: 'The bank has returned the debit.',
      businessDate: date,
    });
    if (paidAgainOn === null) return;
    await this.client.make(`${key}-paid-again`, '/v1/payments', {
      ...{ accountId, amount: this.money((total.amountMinor * payment.share) / 100), valueDate: paidAgainOn },
      ...{ reference: `Invoice ${number}`, invoiceNumbers: [number] },
    });
  }

  private dispute({ accountId, number }: InvoiceItem, key: string, more: object): Promise<Receipt> {
    return this.client.make(key, '/v1/disputes', {
      ...{ accountId, currency: this.currency, invoiceNumber: number },
      ...more,
    });
  }

  private money(amountMinor: number): { readonly amountMinor: number; readonly currency: string } {
    return { amountMinor: Math.max(1, Math.round(amountMinor)), currency: this.currency };
  }
}

type Incident<Kind extends IncidentPlan['kind']> = Extract<IncidentPlan, { kind: Kind }>;
