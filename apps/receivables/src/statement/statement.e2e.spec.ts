import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import { eventually, startPlatform, type TestPlatform } from '@kontor/testing';
import { client } from '../receivables.scenarios.ts';

interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}
interface Statement {
  readonly opening: Money;
  readonly lines: readonly { date: string; kind: string; amount: Money; balance: Money }[];
  readonly closing: Money;
  readonly confirmations: readonly { confirmed: Money; difference: Money; revision: string }[];
  readonly revision: string;
}

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

let platform: TestPlatform;
let http: ReturnType<typeof client>;
let today: string;

beforeAll(async () => {
  platform = await startPlatform({ env: { KONTOR_DUNNING_SCHEDULE: 'off' } });
  http = client(platform);
  today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short' }).format(new Date());
}, 120_000);
afterAll(() => platform.dispose());

/** An account with an invoice of forty days ago; answers its ledger. */
async function ledgerWithInvoice(name: string, amountMinor: number): Promise<{ accountId: string; ledgerId: string }> {
  const { id: accountId } = await http.post<{ id: string }>('/v1/accounts', { name });
  const draft = await http.post<{ id: string }>('/v1/invoices', {
    accountId,
    currency: 'EUR',
    invoiceDate: addDays(today, -40),
    lines: [{ description: 'Pump', amountMinor }],
  });
  const { ledgerId } = await http.get<{ ledgerId: string }>(`/v1/invoices/${draft.id}`);
  await eventually('the invoice is open', async () => {
    const ledger = await http.call('GET', `/v1/ledgers/${ledgerId}`);
    return ledger.status === 200;
  });
  return { accountId, ledgerId };
}

describe('a statement of account', () => {
  it('R-16: shows every movement between two balances, as known then, and keeps what the client answered', async () => {
    const { accountId, ledgerId } = await ledgerWithInvoice('Reconciled & Sons', 10_000);
    const valueDate = addDays(today, -10);
    await http.post('/v1/payments', { accountId, amount: eur(4_000), valueDate, reference: 'on account' });
    const period = `from=${addDays(today, -20)}&to=${addDays(today, -1)}`;
    const address = `/v1/ledgers/${ledgerId}/statement?${period}`;
    const sent = await http.get<Statement>(address);
    expect([
      sent.opening,
      sent.lines.map(({ kind, amount, balance }) => [kind, amount, balance]),
      sent.closing,
    ]).toEqual([eur(10_000), [['payment', eur(-4_000), eur(6_000)]], eur(6_000)]);
    // What is recorded later with an earlier date changes the statement, and not the one that was sent.
    await http.post('/v1/payments', { accountId, amount: eur(500), valueDate: addDays(today, -5) });
    expect((await http.get<Statement>(address)).closing).toEqual(eur(5_500));
    const confirmed = await http.post<{ closing: Money; difference: Money }>(
      `/v1/ledgers/${ledgerId}/statement-confirmations`,
      {
        from: addDays(today, -20),
        to: addDays(today, -1),
        confirmed: eur(5_900),
        evidence: 'signed act',
        revision: sent.revision,
      },
    );
    expect([confirmed.closing, confirmed.difference]).toEqual([eur(6_000), eur(100)]);
    const shown = await http.get<Statement>(address);
    expect(shown.confirmations).toMatchObject([
      { confirmed: eur(5_900), difference: eur(100), revision: sent.revision },
    ]);
    const before = await http.get<Statement>(`${address}&asKnownAt=2020-01-01T00:00:00Z`);
    expect([before.closing, before.lines, before.confirmations]).toEqual([eur(0), [], []]);
  });

  it('R-16: is a text to send, with its hash', async () => {
    const { ledgerId } = await ledgerWithInvoice('Printed Ltd', 1_250);
    const reply = await http.call('GET', `/v1/ledgers/${ledgerId}/statement/content?from=${addDays(today, -41)}`);
    const text = reply.body as string;
    expect(reply.headers.get('x-content-hash')).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
    expect(text).toMatch(
      /Printed Ltd\n[^]*Opening balance +0\.00\n[^]*Invoice INV-[^]* 12\.50[^]*Closing balance +12\.50/,
    );
  });

  it('R-16: refuses a period that ends before it begins, another currency, and a revision that is not there', async () => {
    const { ledgerId } = await ledgerWithInvoice('Refused Ltd', 100);
    const backwards = await http.call('GET', `/v1/ledgers/${ledgerId}/statement?from=2026-02-01&to=2026-01-31`);
    expect(backwards.status).toBe(422);
    const answer = { from: '2026-01-01', to: '2026-01-31', confirmed: eur(0), evidence: 'call' };
    const path = `/v1/ledgers/${ledgerId}/statement-confirmations`;
    const refusals = [
      { ...answer, confirmed: { amountMinor: 0, currency: 'USD' } },
      { ...answer, revision: '999' },
      { ...answer, from: '2026-02-01' },
      { ...answer, to: addDays(today, 30) },
    ];
    const codes: unknown[] = [];
    for (const body of refusals) codes.push(await http.refused(path, body));
    expect(codes).toEqual([
      [422, 'InvalidRequest'],
      [422, 'InvalidRequest'],
      [422, 'StatementEndsBeforeItBegins'],
      [409, 'StatementNotEnded'],
    ]);
  });
});
