import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Scope } from '@kontor/auth';
import { foldInMemory, readTables } from '@kontor/projections';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { momentOf } from '../../answers/moment.ts';
import { inSnapshot, type Reader } from '../../answers/snapshot.ts';
import { EventLogs, firstPage, idOf } from '../../events.scenarios.ts';
import { ALL, fold, handOver, Ledger, registerAccount } from '../../ledger.scenarios.ts';
import { ageingAnswer, type AgeingQuestion, collectionAnswer, type Figure } from './ageing.query.ts';
import { ageingExplained } from './ageing-explain.query.ts';
import type { Bucket } from './balances.sql.ts';
import { casesAnswer } from './cases.query.ts';
import { dunningProjection } from './dunning.projection.ts';
import { noticesAnswer } from './notices.query.ts';

const MARCH = '2026-03-01T10:00:00.000Z';
const APRIL = '2026-04-10T10:00:00.000Z';
const MAY = '2026-05-02T10:00:00.000Z';
const LATER = '2026-06-01T10:00:00.000Z';

describe('what is open, on both time axes', () => {
  let database: TestDatabase;
  let logs: EventLogs;
  let ledger: Ledger;
  const anna = idOf('anna');
  const ben = idOf('ben');

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  beforeEach(async () => {
    await database.pool.query(
      'drop schema if exists insights, dunning_v1, account_360_v1, pipeline_v1, insights_access_v1 cascade',
    );
    logs = new EventLogs(MARCH);
    ledger = new Ledger(logs, registerAccount(logs, 'A-1', anna, '2026-01-01'));
  });

  const ask = <Answer>(
    asOf: string,
    asKnownAt: string | undefined,
    answer: (reader: Reader, question: AgeingQuestion) => Promise<Answer>,
    more: Partial<AgeingQuestion> = {},
  ) =>
    inSnapshot(database.pool, async (reader) =>
      answer(reader, {
        moment: await momentOf(
          reader,
          { ledger_lines: ['receivables'], overlay_facts: ['receivables'], account_facts: ['accounts'] },
          { asOf, asKnownAt },
        ),
        scope: ALL,
        filters: {},
        ...more,
      }),
    );

  /** The figures of the one currency, buckets that hold something only. */
  const ageing = async (asOf: string, asKnownAt?: string, more: Partial<AgeingQuestion> = {}) => {
    const answer = await ask(asOf, asKnownAt, ageingAnswer, more);
    const [one] = answer.currencies;
    if (one === undefined) return undefined;
    return {
      ...Object.fromEntries(
        one.buckets.filter((each) => each.items > 0).map((each) => [each.bucket, each.amount.amountMinor]),
      ),
      items: one.items,
      outstanding: one.outstanding.amountMinor,
      charges: one.charges.amountMinor,
      unallocated: one.unallocated.amountMinor,
      total: one.total.amountMinor,
    };
  };
  const nothing = { items: 0, outstanding: 0, charges: 0, unallocated: 0, total: 0 };

  it('I-04 R-15: counts a late recorded payment from its value date, but only once it was known', async () => {
    const item = ledger.invoice('I-1', 10_000, '2026-03-01', '2026-03-31');
    logs.recordFrom(APRIL);
    ledger.pay('P-1', '2026-03-20', item, 10_000);
    await fold(database.pool, logs);
    const open = { ...nothing, items: 1, outstanding: 10_000, total: 10_000 };
    expect(await ageing('2026-03-19')).toEqual({ ...open, 'not-due': 10_000 });
    expect(await ageing('2026-03-25')).toEqual(nothing);
    expect(await ageing('2026-03-25', '2026-04-01T00:00:00Z')).toEqual({ ...open, 'not-due': 10_000 });
    expect(await ageing('2026-04-05', '2026-04-05T00:00:00Z')).toEqual({ ...open, '1-30': 10_000 });
    expect(await ageing('2026-02-28')).toBeUndefined();
  });

  it('R-05 I-04: a reversal counts from its own date, the correction of an error on the recorded axis alone', async () => {
    const item = ledger.invoice('I-1', 10_000, '2026-03-01', '2026-03-31');
    const bounced = ledger.pay('P-1', '2026-03-20', item, 10_000);
    logs.recordFrom(MAY);
    ledger.reverse(bounced, '2026-05-01', item, 10_000);
    await fold(database.pool, logs);
    expect(await ageing('2026-04-30')).toEqual(nothing);
    expect(await ageing('2026-05-01')).toMatchObject({ '31-60': 10_000, outstanding: 10_000 });

    const mistaken = ledger.pay('P-2', '2026-03-25', item, 10_000);
    logs.recordFrom(LATER);
    ledger.reverse(mistaken, '2026-03-25', item, 10_000);
    await fold(database.pool, logs);
    expect(await ageing('2026-05-01', '2026-05-31T00:00:00Z')).toMatchObject({ outstanding: 0 });
    expect(await ageing('2026-05-01')).toMatchObject({ outstanding: 10_000 });
  });

  it('R-05 R-15: money that was there before its invoice is credit until then, and nothing falls below zero', async () => {
    const item = ledger.invoice('I-1', 10_000, '2026-03-10', '2026-04-09');
    ledger.pay('P-1', '2026-03-05', item, 10_000);
    await fold(database.pool, logs);
    expect(await ageing('2026-03-07')).toEqual({ ...nothing, unallocated: 10_000, total: -10_000 });
    expect(await ageing('2026-03-10')).toEqual(nothing);
    const explained = await ask('2026-03-07', undefined, (reader, question) =>
      ageingExplained(reader, { ...question, figure: 'unallocated', bucket: undefined, page: firstPage(50) }),
    );
    expect(explained.sums).toEqual([{ currency: 'EUR', items: 1, amount: { amountMinor: 10_000, currency: 'EUR' } }]);
  });

  it('R-15: keeps fees and interest beside the buckets, and credit on account out of them', async () => {
    const item = ledger.invoice('I-1', 10_000, '2026-03-01', '2026-03-31');
    ledger.charge('F-1', 'fee', '2026-04-08', 1_000);
    ledger.charge('Z-1', 'interest', '2026-04-08', 77);
    const payment = ledger.pay('P-1', '2026-04-09', null, 0, 2_500);
    ledger.allocate(payment, '2026-04-12', item, 2_500);
    await fold(database.pool, logs);
    expect(await ageing('2026-04-10')).toEqual({
      '1-30': 10_000,
      items: 1,
      outstanding: 10_000,
      charges: 1_077,
      unallocated: 2_500,
      total: 8_577,
    });
    expect(await ageing('2026-04-12')).toMatchObject({ '1-30': 7_500, unallocated: 0, total: 8_577 });
  });

  it('R-15: puts the days overdue into its bucket, at every border', async () => {
    for (const [days, bucket] of [
      [0, 'not-due'],
      [1, '1-30'],
      [30, '1-30'],
      [31, '31-60'],
      [60, '31-60'],
      [61, '61-90'],
      [90, '61-90'],
      [91, '91-120'],
      [120, '91-120'],
      [121, 'over-120'],
    ] as const) {
      const due = new Date(Date.UTC(2026, 5, 30) - days * 86_400_000).toISOString().slice(0, 10);
      ledger.invoice(`${days}-${bucket}`, 100 + days, '2026-01-01', due);
    }
    await fold(database.pool, logs);
    expect(await ageing('2026-06-30')).toEqual({
      'not-due': 100,
      '1-30': 231,
      '31-60': 291,
      '61-90': 351,
      '91-120': 411,
      'over-120': 221,
      items: 10,
      outstanding: 1605,
      charges: 0,
      unallocated: 0,
      total: 1605,
    });
  });

  it('R-17: gives the ratios, and subtracts credit notes from the sales', async () => {
    const old = ledger.invoice('old', 50_000_000, '2026-05-01', '2026-05-15');
    ledger.invoice('new', 32_000_000, '2026-06-15', '2026-07-15');
    ledger.credit('C-1', '2026-06-20', old, 1_500_000, 500_000);
    ledger.pay('P-1', '2026-06-21', old, 35_500_000);
    await fold(database.pool, logs);
    const answer = await ask('2026-06-30', undefined, (reader, question) => collectionAnswer(reader, question, 30));
    const [{ explain: _links, ...figures } = { explain: {} }] = answer.currencies;
    const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
    expect(figures).toEqual({
      currency: 'EUR',
      opening: eur(50_000_000),
      sales: eur(30_000_000),
      end: eur(45_000_000),
      notDue: eur(32_000_000),
      dso: '45.00',
      bestPossibleDso: '32.00',
      daysDelinquent: '13.00',
      cei: '72.92',
    });
  });

  it('I-06: the shares of an explanation sum to every figure, page by page', async () => {
    const first = ledger.invoice('I-1', 10_000, '2026-03-01', '2026-03-31');
    ledger.invoice('I-2', 7_000, '2026-03-02', '2026-04-30');
    ledger.invoice('I-3', 5_000, '2026-03-03', '2026-03-31');
    ledger.charge('F-1', 'fee', '2026-04-08', 1_000);
    ledger.pay('P-1', '2026-04-09', first, 4_000, 300);
    await fold(database.pool, logs);
    const figures = await ageing('2026-04-10');
    const explained = async (figure: Figure, bucket?: Bucket) => {
      let sum = 0;
      let page = firstPage(1);
      for (;;) {
        const answer = await ask('2026-04-10', undefined, (reader, question) =>
          ageingExplained(reader, { ...question, figure, bucket, page }),
        );
        sum += answer.items.reduce((total, item) => total + item.amount.amountMinor, 0);
        expect(answer.items.every((item) => item.events.length > 0)).toBe(true);
        const last = answer.items.at(-1);
        if (answer.next === null || last === undefined) return { sum, told: answer.sums[0]?.amount.amountMinor };
        const mark = last.component === 'unallocated' ? '-' : '+';
        page = { ...page, after: { key: last.dueDate ?? '9999-12-31', id: `${last.itemId}${mark}` } };
      }
    };
    expect(await explained('outstanding')).toEqual({ sum: figures?.outstanding, told: 18_000 });
    expect(await explained('bucket', '1-30')).toEqual({ sum: 11_000, told: 11_000 });
    expect(await explained('overdue')).toEqual({ sum: 11_000, told: 11_000 });
    expect(await explained('charges')).toEqual({ sum: figures?.charges, told: 1_000 });
    expect(await explained('unallocated')).toEqual({ sum: figures?.unallocated, told: 300 });
    expect(await explained('total')).toEqual({ sum: figures?.total, told: 18_700 });
  });

  it('I-02 X-14: shows what the scope allows, and filters by the owner of the day', async () => {
    ledger.invoice('I-1', 10_000, '2026-03-01', '2026-03-31');
    const second = new Ledger(logs, registerAccount(logs, 'A-2', ben, '2026-01-01'));
    second.invoice('I-2', 500, '2026-03-01', '2026-03-31');
    handOver(logs, second.accountId, anna, '2026-04-01');
    await fold(database.pool, logs);
    const of = (ownerIds: readonly string[]): Scope => ({ kind: 'owners', ownerIds });
    expect(await ageing('2026-03-15', undefined, { scope: of([anna]) })).toMatchObject({ outstanding: 10_500 });
    expect(await ageing('2026-03-15', undefined, { scope: of([ben]) })).toBeUndefined();
    expect(await ageing('2026-03-15', undefined, { filters: { ownerId: ben } })).toMatchObject({ outstanding: 500 });
    expect(await ageing('2026-04-01', undefined, { filters: { ownerId: ben } })).toBeUndefined();
    expect(await ageing('2026-04-01', undefined, { filters: { ownerId: '' } })).toBeUndefined();
  });

  it('I-02 R-11: lists cases and notices as of a day', async () => {
    const item = ledger.invoice('I-1', 10_000, '2026-03-01', '2026-03-31');
    const opened = ledger.openCase('C-1', '2026-04-01');
    ledger.notice(opened, '2026-04-01', 1, item, 10_000);
    ledger.notice(opened, '2026-04-08', 2, item, 10_000, 1_000);
    ledger.charge('F-1', 'fee', '2026-04-08', 1_000);
    ledger.pay('P-1', '2026-04-20', item, 10_000);
    ledger.closeCase(opened, '2026-04-20');
    await fold(database.pool, logs);
    const cases = async (asOf: string) => {
      const answer = await ask(asOf, undefined, (reader, question) =>
        casesAnswer(reader, { ...question, state: 'all', level: undefined, page: firstPage(50) }),
      );
      return answer.items.map((one) => [one.accountNumber, one.state, one.level, one.notices, one.overdue.amountMinor]);
    };
    expect(await cases('2026-03-31')).toEqual([]);
    expect(await cases('2026-04-07')).toEqual([['A-1', 'open', 1, 1, 10_000]]);
    expect(await cases('2026-04-19')).toEqual([['A-1', 'open', 2, 2, 10_000]]);
    expect(await cases('2026-04-20')).toEqual([['A-1', 'closed', 2, 2, 0]]);
    const notices = await ask('2026-04-30', undefined, (reader, question) =>
      noticesAnswer(reader, { ...question, caseId: undefined, level: undefined, from: undefined, page: firstPage(50) }),
    );
    expect(notices.totals).toEqual({
      notices: 2,
      byLevel: { '1': 1, '2': 1 },
      accounts: 1,
      itemLines: 2,
      fees: [{ amountMinor: 1_000, currency: 'EUR' }],
      interest: [{ amountMinor: 0, currency: 'EUR' }],
    });
    expect(notices.items.map((notice) => notice.date)).toEqual(['2026-04-08', '2026-04-01']);
  });

  it('I-04 R-09: a case that was closed and reopened is what it was on each day', async () => {
    const item = ledger.invoice('I-1', 10_000, '2026-03-01', '2026-03-31');
    const opened = ledger.openCase('C-1', '2026-04-01');
    ledger.notice(opened, '2026-04-01', 1, item, 10_000);
    ledger.closeCase(opened, '2026-04-20');
    ledger.reopenCase(opened, '2026-04-24');
    ledger.closeCase(opened, '2026-05-02');
    await fold(database.pool, logs);
    const states = await Promise.all(
      ['2026-04-19', '2026-04-20', '2026-04-23', '2026-04-24', '2026-05-01', '2026-05-02'].map(async (asOf) => {
        const answer = await ask(asOf, undefined, (reader, question) =>
          casesAnswer(reader, { ...question, state: 'all', level: undefined, page: firstPage(50) }),
        );
        return answer.items.map((one) => [one.state, one.openedOn, one.closedOn]);
      }),
    );
    expect(states).toEqual([
      [['open', '2026-04-01', null]],
      [['closed', '2026-04-01', '2026-04-20']],
      [['closed', '2026-04-01', '2026-04-20']],
      [['open', '2026-04-01', null]],
      [['open', '2026-04-01', null]],
      [['closed', '2026-04-01', '2026-05-02']],
    ]);
  });

  it('X-03: the tables equal the pure fold, and a rebuild answers the same bytes', async () => {
    const item = ledger.invoice('I-1', 10_000, '2026-03-01', '2026-03-31');
    const opened = ledger.openCase('C-1', '2026-04-01');
    ledger.notice(opened, '2026-04-01', 1, item, 10_000);
    ledger.pay('P-1', '2026-04-20', item, 9_000);
    const runners = await fold(database.pool, logs);
    const { tables, parked } = foldInMemory(dunningProjection, logs.events('receivables'));
    expect(parked).toEqual([]);
    expect(await readTables(database.pool, dunningProjection)).toEqual(tables);
    const before = JSON.stringify(await ask('2026-04-30', LATER, ageingAnswer));
    for (const runner of runners) {
      await runner.rebuild();
      await runner.catchUp();
    }
    expect(JSON.stringify(await ask('2026-04-30', LATER, ageingAnswer))).toBe(before);
    logs.recordFrom('2026-07-01T00:00:00.000Z');
    ledger.pay('P-2', '2026-04-21', item, 1_000);
    await fold(database.pool, logs);
    expect(JSON.stringify(await ask('2026-04-30', LATER, ageingAnswer))).toBe(before);
  });
});
