import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import { eventually, idempotencyKey, startPlatform, type TestPlatform } from '@kontor/testing';
import { client } from './receivables.scenarios.ts';

interface Receipt {
  readonly id: string;
  readonly consistencyToken: string;
  readonly ledgerId: string;
}
interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}
interface Invoice {
  readonly id: string;
  readonly number: string | null;
  readonly ledgerId: string;
  readonly facets: { readonly [facet: string]: boolean };
  readonly instalments: readonly { instalmentId: string; dueDate: string; amount: Money; open: Money; level: number }[];
}
interface Ledger {
  readonly exposure: { readonly [part: string]: Money };
  readonly restriction: { readonly restriction: string } | null;
  readonly charges: readonly { chargeId: string; component: string; open: Money }[];
  readonly items: readonly { instalmentId: string; open: Money }[];
  readonly promises: readonly { status: string }[];
}

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const TERMS = { base: 'invoice-date', parts: [{ days: 0, portion: 1 }] };

let platform: TestPlatform;
let today: string;
let http: ReturnType<typeof client>;

beforeAll(async () => {
  platform = await startPlatform({ env: { KONTOR_DUNNING_SCHEDULE: 'off' } });
  http = client(platform);
  today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short' }).format(new Date());
}, 120_000);
afterAll(() => platform.dispose());

let accounts = 0;
async function account(): Promise<string> {
  accounts += 1;
  return (await http.post<Receipt>('/v1/accounts', { name: `Client ${accounts} AB` })).id;
}

/** An invoice that has its number and whose items are open. */
async function invoice(accountId: string, amountMinor: number, invoiceDate: string, terms = TERMS): Promise<Invoice> {
  const draft = await http.post<Receipt>('/v1/invoices', {
    accountId,
    currency: 'EUR',
    invoiceDate,
    lines: [{ description: 'Pump', amountMinor }],
    terms,
  });
  return eventually('the invoice is numbered and its items are open', async () => {
    const found = await http.get<Invoice>(`/v1/invoices/${draft.id}`);
    const ledger = await http.call('GET', `/v1/ledgers/${found.ledgerId}`);
    const open = ledger.status === 200 ? (ledger.body as Ledger).items : [];
    const ids = found.instalments.map((part) => part.instalmentId);
    return found.number !== null && ids.every((id) => open.some((item) => item.instalmentId === id)) && found;
  });
}
const ledgerOf = (id: string) => http.get<Ledger>(`/v1/ledgers/${id}`);

describe('invoices, payments and credit notes', () => {
  it('R-01: an invoice by hand gets the next number and instalments that sum to it', async () => {
    const accountId = await account();
    const terms = {
      base: 'end-of-month',
      parts: [
        { days: 10, portion: 1 },
        { days: 40, portion: 1 },
      ],
    };
    const first = await invoice(accountId, 1_001, '2026-01-15', terms);
    const second = await invoice(accountId, 500, '2026-01-16');
    expect(first.instalments.map(({ dueDate, amount }) => [dueDate, amount])).toEqual([
      ['2026-02-10', eur(501)],
      ['2026-03-12', eur(500)],
    ]);
    const sequence = ({ number }: Invoice) => Number(number?.split('-').at(-1));
    expect(first.number?.startsWith('INV-2026-')).toBe(true);
    expect(sequence(second)).toBe(sequence(first) + 1);
    const found = await eventually('the list knows the number', async () => {
      const page = await http.get<{ items: { id: string }[] }>(`/v1/invoices?number=${first.number}`);
      return page.items.length > 0 && page.items;
    });
    expect(found.map(({ id }) => id)).toEqual([first.id]);
  });

  it('R-05: a payment, its reversal, and an over-payment that is allocated later', async () => {
    const accountId = await account();
    const { number, ledgerId, id } = await invoice(accountId, 10_000, addDays(today, -40));
    const body = { accountId, amount: eur(12_000), valueDate: addDays(today, -30), reference: `for ${number}` };
    const paid = await http.post<Receipt>('/v1/payments', body);
    expect((await http.get<Invoice>(`/v1/invoices/${id}`)).facets).toEqual({
      issued: true,
      paid: true,
      overdue: false,
      disputed: false,
    });
    expect((await ledgerOf(ledgerId)).exposure).toMatchObject({ total: eur(-2_000), unallocatedCredit: eur(2_000) });
    const next = await invoice(accountId, 1_500, addDays(today, -20));
    await http.post(`/v1/payments/${paid.id}/allocate`, { invoiceNumbers: [next.number] });
    expect((await ledgerOf(ledgerId)).exposure).toMatchObject({ openPrincipal: eur(0), unallocatedCredit: eur(500) });
    const reversed = await http.post<Receipt>(`/v1/payments/${paid.id}/reverse`, { reason: 'returned by the bank' });
    expect((await ledgerOf(ledgerId)).exposure).toMatchObject({ openPrincipal: eur(11_500), total: eur(11_500) });
    expect(await http.refused(`/v1/payments/${paid.id}/reverse`, { reason: 'again' })).toEqual([
      409,
      'PaymentAlreadyReversed',
    ]);
    const listed = await http.get<{ items: { id: string; reversedOn: string }[] }>(
      `/v1/payments?accountId=${accountId}&consistentWith=${reversed.consistencyToken}`,
    );
    expect(listed.items.map((payment) => [payment.id, payment.reversedOn])).toEqual([[paid.id, today]]);
  });

  it('R-01: an instalment may be due on a fixed date, which names one thing and lies in reach', async () => {
    const accountId = await account();
    const asked = (parts: readonly object[]) => ({
      ...{ accountId, currency: 'EUR', invoiceDate: today, lines: [{ description: 'Pump', amountMinor: 300 }] },
      terms: { parts },
    });
    const fixed = { dueDate: addDays(today, 45), portion: 2 };
    const draft = await http.post<Receipt>('/v1/invoices', asked([{ days: 14, portion: 1 }, fixed]));
    const { instalments } = await http.get<Invoice>(`/v1/invoices/${draft.id}`);
    expect(instalments.map(({ dueDate, amount }) => [dueDate, amount])).toEqual([
      [addDays(today, 14), eur(100)],
      [addDays(today, 45), eur(200)],
    ]);
    const wrong = [{ portion: 1 }, { ...fixed, days: 1 }, { dueDate: '2999-01-01', portion: 1 }];
    for (const part of wrong)
      expect(await http.refused('/v1/invoices', asked([part]))).toEqual([422, 'InvalidRequest']);
    const past = asked([{ dueDate: addDays(today, -1), portion: 1 }]);
    expect(await http.refused('/v1/invoices', past)).toEqual([422, 'DueBeforeInvoice']);
  });

  it('R-01: a credit note has its own number and never exceeds its invoice', async () => {
    const accountId = await account();
    const { id, ledgerId } = await invoice(accountId, 10_000, addDays(today, -5));
    const note = await http.post<Receipt>('/v1/credit-notes', {
      invoiceId: id,
      amount: eur(4_000),
      reason: 'scratched',
    });
    await eventually('the credit note is set off', async () => {
      const { exposure } = await ledgerOf(ledgerId);
      return exposure.openPrincipal?.amountMinor === 6_000;
    });
    const found = await http.get<{ number: string }>(`/v1/credit-notes/${note.id}`);
    expect(found.number.startsWith('CN-')).toBe(true);
    expect(await http.refused('/v1/credit-notes', { invoiceId: id, amount: eur(6_001), reason: 'all of it' })).toEqual([
      409,
      'CreditNoteExceedsInvoice',
    ]);
  });

  it('R-01: credit notes at once never exceed their invoice together', async () => {
    const accountId = await account();
    const { id, ledgerId } = await invoice(accountId, 10_000, addDays(today, -5));
    const replies = await Promise.all(
      Array.from({ length: 8 }, () =>
        http.call(
          'POST',
          '/v1/credit-notes',
          { invoiceId: id, amount: eur(3_000), reason: 'all at once' },
          idempotencyKey(),
        ),
      ),
    );
    const answered = (status: number) => replies.filter((reply) => reply.status === status).length;
    expect([answered(201), answered(409)]).toEqual([3, 5]);
    await eventually('the three are set off', async () => {
      const { exposure } = await ledgerOf(ledgerId);
      return exposure.openPrincipal?.amountMinor === 1_000;
    });
  });

  it('X-07: a repeated payment has the first receipt, another body under its key is refused', async () => {
    const accountId = await account();
    const key = idempotencyKey();
    const body = { accountId, amount: eur(100) };
    const first = await http.call('POST', '/v1/payments', body, key);
    const again = await http.call('POST', '/v1/payments', body, key);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    const other = await http.call('POST', '/v1/payments', { ...body, amount: eur(101) }, key);
    expect([other.status, (other.body as { code: string }).code]).toEqual([422, 'IdempotencyKeyReused']);
  });
});

describe('credit limits', () => {
  it('R-03: fifty orders at once never exceed the limit together', async () => {
    const accountId = await account();
    const limit = await http.post<Receipt>('/v1/credit-limits', { accountId, limit: eur(10_000) });
    const product = await http.post<Receipt>('/v1/products', { sku: 'FIFTY', name: 'Pump' });
    await Promise.all(
      Array.from({ length: 50 }, () =>
        http.post('/v1/orders', {
          accountId,
          currency: 'EUR',
          lines: [{ productId: product.id, quantity: { value: 1, scale: 0 }, unitPrice: { value: 900, scale: 2 } }],
        }),
      ),
    );
    const head = await eventually('every order is answered', async () => {
      const stream = await http.get<{ items: { type: string }[] }>(
        `/v1/streams/receivables/ledger-${limit.id}?limit=200`,
      );
      const answers = stream.items.filter(({ type }) => /CreditReserved|CreditRefused/.test(type));
      return answers.length === 50 && answers;
    });
    expect(head.filter(({ type }) => type.includes('CreditReserved'))).toHaveLength(11);
    expect((await ledgerOf(limit.id)).exposure).toMatchObject({ reserved: eur(9_900), total: eur(9_900) });
  });
});

describe('overdue', () => {
  it('R-14: from the due date over notices, fee and restriction to payment and release', async () => {
    const accountId = await account();
    const { number, ledgerId } = await invoice(accountId, 20_000, addDays(today, -30));
    const another = await account();
    const credited = await invoice(another, 10_000, addDays(today, -30));
    await invoice(another, 20_000, addDays(today, -15));
    const range = { from: addDays(today, -30), to: addDays(today, -1) };
    const run = await http.post<{ notices: number; fees: Money[] }>('/v1/dunning/runs', { ...range, dispatch: true });
    expect([run.notices >= 3, run.fees]).toEqual([true, [eur(run.fees[0]?.amountMinor ?? 0)]]);
    const before = await ledgerOf(ledgerId);
    expect(before.restriction?.restriction).toBe('block-new-orders');
    expect(before.charges.map((charge) => charge.open)).toEqual([eur(1_000), eur(4_000)]);
    const listed = await http.get<{ items: { id: string; level: number }[] }>(
      `/v1/dunning/notices?accountId=${accountId}`,
    );
    expect(listed.items.map(({ level }) => level)).toEqual([1, 2, 3]);
    const released = await Promise.all(
      listed.items.map(({ id }) => http.get<{ releasedOn: string | null }>(`/v1/dunning/notices/${id}`)),
    );
    expect(released.map(({ releasedOn }) => releasedOn)).toEqual([null, null, today]);
    const paid = await http.post<Receipt>('/v1/payments', { accountId, amount: eur(20_000), reference: number });
    const after = await ledgerOf(ledgerId);
    expect([after.restriction, after.exposure.openCharges]).toEqual([null, eur(5_000)]);
    const cases = await http.get<{ items: { closedOn: string | null; notices: number }[] }>(
      `/v1/dunning/cases?accountId=${accountId}&consistentWith=${paid.consistencyToken}`,
    );
    expect(cases.items).toMatchObject([{ closedOn: today, notices: 3, level: 3 }]);
    // A credit note of a day on which nothing else was overdue releases nothing while something is today.
    const body = { invoiceId: credited.id, amount: eur(10_000), reason: 'returned', businessDate: addDays(today, -20) };
    await http.post('/v1/credit-notes', body);
    const still = await eventually('the credit note is set off', async () => {
      const found = await ledgerOf(credited.ledgerId);
      return found.exposure.openPrincipal?.amountMinor === 20_000 && found;
    });
    expect(still.restriction?.restriction).toBe('block-new-orders');
    const [fee] = after.charges;
    await http.post(`/v1/ledgers/${ledgerId}/waivers`, { chargeId: fee?.chargeId, reason: 'first delay in years' });
    expect((await ledgerOf(ledgerId)).exposure.openCharges).toEqual(eur(4_000));
    // The bank takes the money back: the case goes on where it was, and orders are blocked again, at once.
    const returned = await http.post<Receipt>(`/v1/payments/${paid.id}/reverse`, { reason: 'returned by the bank' });
    expect((await ledgerOf(ledgerId)).restriction?.restriction).toBe('block-new-orders');
    const reopened = await http.get<{ items: { closedOn: string | null }[] }>(
      `/v1/dunning/cases?accountId=${accountId}&consistentWith=${returned.consistencyToken}`,
    );
    expect(reopened.items).toMatchObject([{ closedOn: null, notices: 3, level: 3 }]);
  });

  it('R-06 R-07: a dispute is raised, listed and resolved; a promise is made, and kept by a payment', async () => {
    const accountId = await account();
    const { number, ledgerId } = await invoice(accountId, 5_000, addDays(today, -10));
    const dispute = await http.post<Receipt>('/v1/disputes', {
      accountId,
      currency: 'EUR',
      invoiceNumber: number,
      amountMinor: 2_000,
      reason: 'two units missing',
    });
    const open = await http.get<{ items: { id: string }[] }>(
      `/v1/disputes?accountId=${accountId}&open=true&consistentWith=${dispute.consistencyToken}`,
    );
    expect(open.items.map(({ id }) => id)).toEqual([dispute.id]);
    await http.post(`/v1/disputes/${dispute.id}/resolve`, { outcome: 'unjustified' });
    const resolved = await http.get<{ resolvedOn: string }>(`/v1/disputes/${dispute.id}`);
    expect(resolved.resolvedOn).toBe(today);
    const promise = await http.post<Receipt>('/v1/promises', {
      accountId,
      amount: eur(5_000),
      promisedOn: addDays(today, 3),
    });
    expect(await http.get(`/v1/promises/${promise.id}`)).toMatchObject({ status: 'open', amount: eur(5_000) });
    await http.post('/v1/payments', { accountId, amount: eur(5_000), reference: number });
    expect((await ledgerOf(ledgerId)).promises.map(({ status }) => status)).toEqual(['kept']);
    await eventually('the promise is listed as kept', async () => {
      const kept = await http.get<{ items: { id: string }[] }>(`/v1/promises?accountId=${accountId}&status=kept`);
      return kept.items.some(({ id }) => id === promise.id);
    });
  });
});

describe('bad input', () => {
  it.each([
    ['a negative amount', '/v1/payments', { amount: eur(-1) }, 'amount.amountMinor'],
    ['an amount beyond 2^53 − 1', '/v1/payments', { amount: eur(2 ** 53) }, 'amount.amountMinor'],
    ['an unknown currency', '/v1/credit-limits', { limit: { amountMinor: 1, currency: 'XYZ' } }, 'limit.currency'],
    ['30 February', '/v1/payments', { amount: eur(1), valueDate: '2026-02-30' }, 'valueDate'],
    ['a date far in the future', '/v1/payments', { amount: eur(1), valueDate: '2999-01-01' }, 'valueDate'],
    ['an unknown field', '/v1/credit-limits', { limit: eur(1), colour: 'red' }, 'colour'],
    ['an unknown legal entity', '/v1/credit-limits', { limit: eur(1), entityId: 'elsewhere' }, 'entityId'],
    ['a limit of a day to come', '/v1/credit-limits', { limit: eur(1), businessDate: '2999-01-01' }, 'businessDate'],
    ['a NUL character', '/v1/payments', { amount: eur(1), reference: 'a\u0000b' }, 'reference'],
  ])('X-07: refuses %s and names the field', async (_what, path, change, field) => {
    const body = { accountId: '00000000-0000-4000-8000-000000000001', ...change };
    const reply = await http.call('POST', path, body);
    expect([reply.status, (reply.body as { errors: { field: string }[] }).errors[0]?.field]).toEqual([422, field]);
  });

  it('X-14: a foreign account is not there for a reader, and a writer needs the right', async () => {
    const accountId = await account();
    const { ledgerId } = await invoice(accountId, 100, addDays(today, -5));
    const token = await platform.token('account-manager', { staffId: '00000000-0000-4000-8000-000000000001' });
    const read = await platform.request('GET', `/v1/ledgers/${ledgerId}`, undefined, { token });
    const write = await platform.request('POST', '/v1/payments', { accountId, amount: eur(1) }, { token });
    const list = await platform.request('GET', `/v1/invoices?accountId=${accountId}`, undefined, { token });
    expect([read.status, write.status, list.body]).toMatchObject([404, 403, { items: [] }]);
  });

  it('X-07: pages of one moment, and a cursor of another question is refused', async () => {
    const accountId = await account();
    for (const amount of [100, 200, 300]) await invoice(accountId, amount, addDays(today, -5));
    const page = await eventually('all three are listed', async () => {
      const first = await http.get<{ items: { id: string }[]; next: string | null }>(
        `/v1/invoices?accountId=${accountId}&limit=2`,
      );
      return first.next !== null && first;
    });
    const rest = await http.get<{ items: { id: string }[]; next: null }>(
      `/v1/invoices?accountId=${accountId}&limit=2&cursor=${page.next}`,
    );
    expect([page.items.length, rest.items.length, rest.next]).toEqual([2, 1, null]);
    const elsewhere = await account();
    const other = await http.call('GET', `/v1/invoices?accountId=${elsewhere}&limit=2&cursor=${page.next}`);
    expect([other.status, (other.body as { code: string }).code]).toEqual([400, 'CursorOfAnotherQuery']);
  });
});
