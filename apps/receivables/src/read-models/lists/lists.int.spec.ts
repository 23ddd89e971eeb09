import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ListAnswer, type ListDefinition, readList } from '@kontor/http';
import type { Aggregate, CloudEvent, DomainCommand, DomainEvent } from '@kontor/kernel';
import { foldInMemory, readTables } from '@kontor/projections';
import { creditNoteAggregate, invoiceAggregate, ledgerAggregate, type LedgerCommand } from '@kontor/receivables-domain';
import { uuidV5 } from '@kontor/service';
import { receivablesUnderTest, type ReceivablesUnderTest } from '../../receivables.harness.scenarios.ts';
import { ledgerIdOf } from '../../receivables.streams.ts';
import {
  creditNoteList,
  disputeList,
  dunningCaseList,
  invoiceList,
  ledgerList,
  noticeList,
  paymentList,
  promiseList,
} from './lists.definitions.ts';
import { receivablesLists } from './lists.projection.ts';

const PATIENCE_MS = 120_000;
const ALL = { kind: 'all' } as const;
const ACCOUNT = '0b5c6a1e-6a0b-5f0e-9a55-3c5f2f6d1a02';
const LEDGER = ledgerIdOf('main', 'USD', ACCOUNT);
const TODAY = '2026-03-31';
const id = (name: string) => uuidV5(LEDGER, name);
const on = (businessDate: string) => ({ accountId: ACCOUNT, entityId: 'main', currency: 'USD', businessDate });
const USD = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

let receivables: ReceivablesUnderTest;
beforeAll(async () => {
  receivables = await receivablesUnderTest(`${TODAY}T12:00:00.000Z`);
}, PATIENCE_MS);
afterAll(() => receivables.drop());

let told = 0;
async function execute<S, C extends DomainCommand, E extends DomainEvent>(
  aggregate: Aggregate<S, C, E>,
  stream: string,
  command: C,
): Promise<void> {
  const commandId = id(`command ${(told += 1)}`);
  const outcome = await receivables.runtime.runner.execute(aggregate, stream, command, {
    ...{ commandId, requestHash: '', actor: 'test', origin: 'person', correlationId: commandId },
    occurredAt: receivables.clock.now(),
  });
  expect([command.type, outcome.kind === 'refused' ? outcome.refusal : null]).toEqual([command.type, null]);
}
const tell = (command: LedgerCommand) => execute(ledgerAggregate, LEDGER, command);

const draft = (name: string, invoiceDate: string) =>
  execute(invoiceAggregate, id(name), {
    ...{ type: 'DraftInvoice', ...on(invoiceDate), invoiceId: id(name), invoiceDate, orderId: null, deliveryId: null },
    lines: [{ lineId: 1, sku: 'GTX', description: 'GTX', quantity: { value: 1, scale: 0 }, amountMinor: 10_000 }],
    terms: { base: 'invoice-date', parts: [{ portion: 1, days: 9 }] },
  });
const issue = (name: string) => execute(invoiceAggregate, id(name), { type: 'IssueInvoice', number: name });
const open = (name: string, invoiceDate: string) =>
  tell({
    ...{ type: 'OpenItems', ...on(invoiceDate), invoiceId: id(name), invoiceNumber: name, invoiceDate },
    ...{ deliveryId: null, externalId: null },
    instalments: [
      { instalmentId: id(`${name}/1`), ordinal: 1, dueDate: '2026-03-10', amountMinor: 4_000 },
      { instalmentId: id(`${name}/2`), ordinal: 2, dueDate: '2026-03-20', amountMinor: 6_000 },
    ],
  });
const pay = (name: string, amountMinor: number, date: string, invoiceNumbers: readonly string[] = []) =>
  tell({
    ...{ type: 'ReceivePayment', ...on(date), paymentId: id(name), amountMinor, reference: null, invoiceNumbers },
    today: TODAY,
  });
const reverse = (name: string, date: string) =>
  tell({ type: 'ReversePayment', ...on(date), paymentId: id(name), reason: 'returned', asError: false, today: TODAY });
const policy: Extract<LedgerCommand, { type: 'DecideDunning' }>['policy'] = {
  ...{ policyId: id('policy'), version: 1, currency: 'USD', daysBetweenNotices: 7, minimumBalanceMinor: 0 },
  toleranceMinor: 0,
  levels: [1, 8].map((daysAfterDue, n) => ({ level: n + 1, daysAfterDue, feeMinor: 0, restriction: null })),
  interestRates: [],
};
const dun = (date: string) =>
  tell({
    type: 'DecideDunning',
    ...on(date),
    policy,
    noticeId: id(`notice ${date}`),
    caseId: id(`case ${date}`),
    ledgerRevision: 0,
  });
const promise = (name: string, amountMinor: number, promisedOn: string) =>
  tell({
    ...{ type: 'MakePromise', ...on('2026-03-01'), promiseId: id(name), instalmentIds: [], amountMinor, promisedOn },
    graceDays: 0,
  });

/** Whatever changes something that a list shows, in the order in which it happens. */
const steps: readonly (readonly [string, () => Promise<void>])[] = [
  ['money before there is anything to pay', () => pay('early', 1_000, '2026-03-01')],
  ['a draft', () => draft('INV-1', '2026-03-01')],
  ['another', () => draft('INV-2', '2026-03-02')],
  ['its number', () => issue('INV-1')],
  ['its items', () => open('INV-1', '2026-03-01')],
  ['the number of the other', () => issue('INV-2')],
  ['the items of the other', () => open('INV-2', '2026-03-02')],
  ['a promise', () => promise('small', 500, '2026-03-08')],
  ['another promise', () => promise('large', 3_000, '2026-03-09')],
  [
    'a dispute',
    () =>
      tell({
        ...{ type: 'RaiseDispute', ...on('2026-03-03'), disputeId: id('dispute'), instalmentId: id('INV-2/1') },
        ...{ amountMinor: 1_000, reason: 'scratched', ownerId: null, deadline: null },
      }),
  ],
  [
    'another dispute',
    () =>
      tell({
        ...{ type: 'RaiseDispute', ...on('2026-03-04'), disputeId: id('dispute 2'), instalmentId: id('INV-2/2') },
        ...{ amountMinor: null, reason: 'late', ownerId: null, deadline: null },
      }),
  ],
  ['money', () => pay('first', 1_500, '2026-03-05', ['INV-2'])],
  [
    'the early money allocated',
    () =>
      tell({
        ...{ type: 'AllocateCredit', ...on('2026-03-06'), paymentId: id('early'), invoiceNumbers: ['INV-1'] },
        ...{ amountMinor: null, today: TODAY },
      }),
  ],
  ['a broken promise and a first notice', () => dun('2026-03-11')],
  ['a second notice', () => dun('2026-03-21')],
  [
    'a dispute resolved',
    () => tell({ type: 'ResolveDispute', ...on('2026-03-22'), disputeId: id('dispute'), outcome: 'withdrawn' }),
  ],
  [
    'a draft of a credit note',
    () =>
      execute(creditNoteAggregate, id('CN-1'), {
        ...{ type: 'DraftCreditNote', ...on('2026-03-23'), creditNoteId: id('CN-1'), invoiceId: id('INV-2') },
        ...{ amountMinor: 500, reason: 'scratched' },
      }),
  ],
  [
    'the number of the credit note',
    () => execute(creditNoteAggregate, id('CN-1'), { type: 'NumberCreditNote', number: 'CN-1' }),
  ],
  [
    'the credit note set off',
    () =>
      tell({
        ...{ type: 'ApplyCreditNote', ...on('2026-03-23'), creditNoteId: id('CN-1'), number: 'CN-1' },
        ...{ invoiceId: id('INV-2'), amountMinor: 500, reason: 'scratched', today: TODAY },
      }),
  ],
  ['money that had come in time', () => pay('in time', 3_000, '2026-03-07')],
  ['all the rest', () => pay('rest', 15_000, '2026-03-25')],
  ['a returned debit', () => reverse('rest', '2026-03-26')],
];

const lists: { readonly [name: string]: readonly [ListDefinition, ...{ readonly [filter: string]: string }[]] } = {
  invoices: [invoiceList, {}, { open: 'true' }, { open: 'false' }, { number: 'INV-2' }],
  payments: [paymentList, {}],
  creditNotes: [creditNoteList, {}, { number: 'CN-1' }],
  disputes: [disputeList, {}, { open: 'true' }, { open: 'false' }],
  promises: [promiseList, {}, { status: 'open' }, { status: 'broken' }, { status: 'kept' }],
  notices: [noticeList, {}],
  cases: [dunningCaseList, {}, { open: 'true' }, { open: 'false' }],
  ledgers: [ledgerList, {}],
};

interface Seen {
  readonly step: string;
  readonly list: ListDefinition;
  readonly filters: object;
  readonly asked: ListAnswer;
  readonly cursor: string | null;
}
const ask = (list: ListDefinition, asked: object) =>
  readList(receivables.runtime.pool, list, { limit: 500, ...asked }, ALL);

/** What every list answers after a step, and where its second page would begin; left out where nothing is new. */
async function look(step: string, before: ReadonlySet<string>): Promise<Seen[]> {
  await receivables.fold();
  const asking = Object.values(lists).flatMap(([list, ...all]) =>
    all.map(async (filters): Promise<Seen[]> => {
      const asked = await ask(list, filters);
      if (before.has(momentOf({ list, filters, asked }))) return [];
      const { next } = await ask(list, { ...filters, limit: 1 });
      return [{ step, list, filters, asked, cursor: next }];
    }),
  );
  return (await Promise.all(asking)).flat();
}
const momentOf = ({ list, filters, asked }: Pick<Seen, 'list' | 'filters' | 'asked'>) =>
  JSON.stringify([list.route, filters, asked.asKnownAt]);

const answers = (answer: ListAnswer, ...fields: readonly string[]) =>
  answer.items.map((item) => fields.map((field) => (item as { readonly [name: string]: unknown })[field]));

describe('the lists of receivables', () => {
  const seen: Seen[] = [];
  /** The moment at which a step had been folded. */
  const moments = new Map<string, string>();

  it(
    'I-06 I-04: show what the rows say now, and whatever happens after a first page, the pages and moments before stay as they were',
    async () => {
      for (const [step, happen] of steps) {
        await happen();
        const now = await look(step, new Set(seen.map(momentOf)));
        seen.push(...now);
        moments.set(
          step,
          now.map(({ asked }) => asked.asKnownAt).reduce((one, other) => (one > other ? one : other)),
        );
        await expectPresent();
      }
      expect(seen.length).toBeGreaterThan(steps.length);
      await Promise.all(seen.map(expectAsItWas));
    },
    PATIENCE_MS,
  );

  async function at(step: string, name: string, filters: object, ...fields: readonly string[]) {
    const [list] = lists[name] ?? [invoiceList];
    return answers(await ask(list, { ...filters, asKnownAt: moments.get(step) }), ...fields);
  }

  it('R-01 I-04: invoices have their number, what is open of them and their level as of the moment', async () => {
    const fields = ['number', 'issued', 'open', 'nextDueDate', 'paid', 'dunningLevel'];
    const invoices = (step: string, filters = {}) => at(step, 'invoices', filters, ...fields);
    expect(await invoices('money before there is anything to pay')).toEqual([]);
    expect(await invoices('its number')).toEqual([
      [null, false, USD(0), null, false, 0],
      ['INV-1', true, USD(0), null, false, 0],
    ]);
    expect(await invoices('its number', { number: 'INV-2' })).toEqual([]);
    expect(await invoices('the items of the other')).toEqual([
      ['INV-2', true, USD(10_000), '2026-03-10', false, 0],
      ['INV-1', true, USD(10_000), '2026-03-10', false, 0],
    ]);
    expect(await invoices('money', { open: 'true' })).toEqual([
      ['INV-2', true, USD(8_500), '2026-03-10', false, 0],
      ['INV-1', true, USD(10_000), '2026-03-10', false, 0],
    ]);
    expect(await invoices('a second notice')).toEqual([
      ['INV-2', true, USD(8_500), '2026-03-10', false, 2],
      ['INV-1', true, USD(9_000), '2026-03-10', false, 2],
    ]);
    expect(await invoices('all the rest', { open: 'true' })).toEqual([]);
    expect(await invoices('all the rest')).toEqual([
      ['INV-2', true, USD(0), null, true, 2],
      ['INV-1', true, USD(0), null, true, 2],
    ]);
    expect(await invoices('a returned debit', { open: 'true' })).toHaveLength(2);
  });

  it('R-05 I-04: payments have what is left of them, and whether they hold, as of the moment', async () => {
    const payments = (step: string) => at(step, 'payments', {}, 'valueDate', 'unallocated', 'reversedOn');
    expect(await payments('money')).toEqual([
      ['2026-03-05', USD(0), null],
      ['2026-03-01', USD(1_000), null],
    ]);
    expect((await payments('the early money allocated')).at(-1)).toEqual(['2026-03-01', USD(0), null]);
    expect((await payments('all the rest'))[0]).toEqual(['2026-03-25', USD(1_000), null]);
    expect((await payments('a returned debit'))[0]).toEqual(['2026-03-25', USD(0), '2026-03-26']);
  });

  it('R-06 R-07 I-04: disputes, promises and credit notes are as they stood at the moment', async () => {
    const disputes = (step: string, filters = {}) => at(step, 'disputes', filters, 'reason', 'resolvedOn', 'outcome');
    expect(await disputes('a second notice', { open: 'true' })).toEqual([
      ['late', null, null],
      ['scratched', null, null],
    ]);
    expect(await disputes('a dispute resolved', { open: 'false' })).toEqual([['scratched', '2026-03-22', 'withdrawn']]);
    const promises = (step: string, filters = {}) => at(step, 'promises', filters, 'promisedOn', 'status');
    expect(await promises('another promise', { status: 'open' })).toEqual([
      ['2026-03-09', 'open'],
      ['2026-03-08', 'open'],
    ]);
    const broken = 'a broken promise and a first notice';
    expect(await promises(broken)).toEqual([
      ['2026-03-09', 'broken'],
      ['2026-03-08', 'kept'],
    ]);
    expect(await promises(broken, { status: 'broken' })).toHaveLength(1);
    expect(await promises('money that had come in time', { status: 'broken' })).toEqual([]);
    expect(await at('a draft of a credit note', 'creditNotes', {}, 'number')).toEqual([[null]]);
    expect(await at('a draft of a credit note', 'creditNotes', { number: 'CN-1' }, 'number')).toEqual([]);
    expect(await at('the number of the credit note', 'creditNotes', {}, 'number')).toEqual([['CN-1']]);
    expect(await at('the credit note set off', 'creditNotes', { number: 'CN-1' }, 'number')).toEqual([['CN-1']]);
  });

  it('R-09 I-04: cases have their notices, level and end as of the moment', async () => {
    const fields = ['openedOn', 'closedOn', 'level', 'notices', 'lastNoticeOn'];
    const cases = (step: string, filters = {}) => at(step, 'cases', filters, ...fields);
    expect(await cases('the early money allocated')).toEqual([]);
    const first = [['2026-03-11', null, 1, 1, '2026-03-11']];
    expect(await cases('a broken promise and a first notice', { open: 'true' })).toEqual(first);
    expect(await cases('a second notice')).toEqual([['2026-03-11', null, 2, 2, '2026-03-21']]);
    expect(await cases('all the rest', { open: 'false' })).toEqual([['2026-03-11', TODAY, 2, 2, '2026-03-21']]);
    expect(await cases('a returned debit', { open: 'true' })).toEqual([['2026-03-11', null, 2, 2, '2026-03-21']]);
    expect(await at('a second notice', 'notices', {}, 'date', 'level', 'items')).toEqual([
      ['2026-03-11', 1, 2],
      ['2026-03-21', 2, 3],
    ]);
  });

  it('X-03: are the pure fold of the log', async () => {
    const events: CloudEvent[] = [];
    const { signal } = new AbortController();
    const feed = receivables.runtime.feed.read({ service: 'receivables', after: 0n, follow: false, signal });
    for await (const batch of feed) events.push(...batch.events);
    const { tables, parked } = foldInMemory(receivablesLists, events);
    expect(parked).toEqual([]);
    expect(await readTables(receivables.runtime.pool, receivablesLists)).toEqual(tables);
  });
});

/** Its second page, and the whole of it at its moment, are what they were. */
async function expectAsItWas({ step, list, filters, asked, cursor }: Seen): Promise<void> {
  const where = { step, route: list.route, filters };
  const again = await ask(list, { ...filters, asKnownAt: asked.asKnownAt });
  expect({ ...where, items: again.items }).toEqual({ ...where, items: asked.items });
  if (cursor === null) return;
  const rest = await ask(list, { ...filters, cursor });
  expect({ ...where, ...rest }).toEqual({ ...where, ...asked, items: asked.items.slice(1) });
}

/** The lists without a moment are what the rows of now say: validity rows and present columns never differ. */
async function expectPresent(): Promise<void> {
  const present = async (select: string) =>
    (await receivables.runtime.pool.query({ text: select, rowMode: 'array' })).rows;
  const money = (value: unknown) => (value as { readonly amountMinor: number }).amountMinor;
  const invoices = await ask(invoiceList, {});
  expect(
    answers(invoices, 'id', 'number', 'open', 'dunningLevel').map(([of, no, sum, level]) => [
      of,
      no,
      money(sum),
      level,
    ]),
  ).toEqual(
    await present(`select t.invoice_id, t.number, coalesce(sum(i.open_minor), 0)::int, coalesce(max(i.level), 0)
      from receivables.invoices t left join receivables.open_items i using (invoice_id)
      group by 1, 2, t.invoice_date order by t.invoice_date desc, 1 desc`),
  );
  const payments = await ask(paymentList, {});
  expect(answers(payments, 'id', 'unallocated', 'reversedOn').map(([of, left, on]) => [of, money(left), on])).toEqual(
    await present(`select payment_id, unallocated_minor::int, reversed_on::text from receivables.payments
      order by value_date desc, payment_id desc`),
  );
  expect(answers(await ask(promiseList, {}), 'id', 'status')).toEqual(
    await present('select promise_id, status from receivables.promises order by promised_on desc, promise_id desc'),
  );
  expect(answers(await ask(dunningCaseList, {}), 'id', 'closedOn', 'level', 'notices', 'lastNoticeOn')).toEqual(
    await present(
      `select case_id, closed_on::text, level, notices, last_notice_on::text from receivables.dunning_cases`,
    ),
  );
}
