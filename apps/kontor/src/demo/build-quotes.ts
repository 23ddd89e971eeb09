import type { DemoClient, Receipt } from './demo-client.ts';
import type { QuotePlan } from './quote-plan.ts';

interface Receipts {
  readonly consistencyToken: string;
}

/** One quote, up to what the client said to it; the order itself is placed with the others. */
export async function makeQuote(client: DemoClient, quote: QuotePlan, currency: string, known: string): Promise<void> {
  const { key, accountKey, date, validUntil, lines, fate } = quote;
  const { id } = await client.make<Receipt>(key, `/v1/quotes?consistentWith=${known}`, {
    ...{ accountId: client.id(accountKey), currency, validUntil, businessDate: date },
    lines: lines.map(({ productKey, quantity, discountPercent }) => ({
      productId: client.id(productKey),
      quantity: { value: quantity, scale: 0 },
      discountRate: discountPercent * 1_000,
    })),
  });
  const version = 1;
  // An offer that has run out is expired by the service itself: whoever sends it may come too late.
  if (fate.kind === 'expired') return;
  await client.send<Receipts>(`${key}-sent`, `/v1/quotes/${id}/send`, { version, businessDate: date });
  if (fate.kind === 'ordered')
    await client.send<Receipts>(`${key}-accepted`, `/v1/quotes/${id}/accept`, {
      ...{ version, evidence: 'Purchase order by mail.', businessDate: fate.acceptedOn },
    });
  if (fate.kind === 'declined')
    await client.send<Receipts>(`${key}-declined`, `/v1/quotes/${id}/decline`, {
      ...{ version, reason: 'The budget goes elsewhere this year.', businessDate: fate.date },
    });
}
