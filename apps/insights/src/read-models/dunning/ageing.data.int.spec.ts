import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessProjection } from '@kontor/auth';
import { ProjectionRunner } from '@kontor/projections';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { momentOf } from '../../answers/moment.ts';
import { inSnapshot, type Reader } from '../../answers/snapshot.ts';
import { EventLogs, firstPage, GlassVault } from '../../events.scenarios.ts';
import { publishReceivables } from '../../receivables.scenarios.ts';
import { account360Projection } from '../account-360/account-360.projection.ts';
import { ageingAnswer, type AgeingQuestion, collectionAnswer } from './ageing.query.ts';
import { ageingExplained, salesExplained } from './ageing-explain.query.ts';
import { dunningProjection } from './dunning.projection.ts';

const usd = (text: string) => ({ amountMinor: Number(text.replace('.', '')), currency: 'USD' });

describe('the receivables data', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
    const logs = new EventLogs('2026-11-21T12:00:00.000Z');
    publishReceivables(logs, '2026-11-21');
    await new ProjectionRunner(database.pool, logs, accessProjection('insights')).catchUp();
    await new ProjectionRunner(database.pool, logs, dunningProjection).catchUp();
    await new ProjectionRunner(database.pool, logs, account360Projection, { vault: new GlassVault() }).catchUp();
  }, 120_000);

  afterAll(() => database.drop());

  const ask = <Answer>(asOf: string, answer: (reader: Reader, question: AgeingQuestion) => Promise<Answer>) =>
    inSnapshot(database.pool, async (reader) =>
      answer(reader, {
        moment: await momentOf(
          reader,
          { ledger_lines: ['receivables'], account_facts: ['accounts'] },
          { asOf, asKnownAt: undefined },
        ),
        scope: { kind: 'all' },
        filters: {},
      }),
    );

  it('R-15: gives the ageing of a past day with all six buckets', async () => {
    const answer = await ask('2013-03-31', ageingAnswer);
    expect(answer.positions).toEqual({ accounts: '100', receivables: '6054' });
    expect(
      answer.currencies.map(({ explain: _links, buckets, ...currency }) => ({
        ...currency,
        buckets: buckets.map(({ explain: _link, ...bucket }) => bucket),
      })),
    ).toEqual([
      {
        currency: 'USD',
        items: 94,
        outstanding: usd('5903.74'),
        charges: usd('0'),
        unallocated: usd('0'),
        total: usd('5903.74'),
        buckets: [
          { bucket: 'not-due', items: 85, amount: usd('5222.37') },
          { bucket: '1-30', items: 9, amount: usd('681.37') },
          { bucket: '31-60', items: 0, amount: usd('0') },
          { bucket: '61-90', items: 0, amount: usd('0') },
          { bucket: '91-120', items: 0, amount: usd('0') },
          { bucket: 'over-120', items: 0, amount: usd('0') },
        ],
      },
    ]);
  });

  it('R-17: gives DSO, best possible DSO, delinquent days and CEI of 90 days', async () => {
    const answer = await ask('2013-03-31', (reader, question) => collectionAnswer(reader, question, 90));
    const [{ explain: _links, ...figures } = { explain: {} }] = answer.currencies;
    expect(figures).toEqual({
      currency: 'USD',
      opening: usd('5725.06'),
      sales: usd('19281.65'),
      end: usd('5903.74'),
      notDue: usd('5222.37'),
      dso: '27.56',
      bestPossibleDso: '24.38',
      daysDelinquent: '3.18',
      cei: '96.56',
    });
  });

  it('I-06: explains a bucket and the sales by the lines and events behind them', async () => {
    const bucket = await ask('2013-03-31', (reader, question) =>
      ageingExplained(reader, { ...question, figure: 'bucket', bucket: '1-30', page: firstPage(500) }),
    );
    expect(bucket.sums).toEqual([{ currency: 'USD', items: 9, amount: usd('681.37') }]);
    const lines = bucket.items.flatMap((item) => item.events.map((event) => event.amount.amountMinor));
    expect(lines.reduce((sum, minor) => sum + minor, 0)).toBe(68_137);
    const sales = await ask('2013-03-31', (reader, question) =>
      salesExplained(reader, { ...question, page: firstPage(500) }, 90),
    );
    expect(sales.sums[0]?.amount).toEqual(usd('19281.65'));
    expect(sales.items.reduce((sum, sale) => sum + sale.amount.amountMinor, 0)).toBe(1_928_165);
  });

  it('R-15: counts what was invoiced and disputed in all', async () => {
    const found = await database.pool.query<{ invoiced: string; disputed: string; late: string }>(
      `select (select sum(amount_minor)::text from insights.items) as invoiced,
         (select count(*)::text from insights.disputes) as disputed,
         (select count(*)::text from insights.ledger_lines line join insights.items using (item_id)
           where line.movement = 'payment' and line.business_date > items.due_date) as late`,
    );
    expect(found.rows).toEqual([{ invoiced: '14770318', disputed: '561', late: '877' }]);
  });
});
