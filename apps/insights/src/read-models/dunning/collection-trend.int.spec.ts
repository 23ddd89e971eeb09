import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@kontor/testing';
import { momentOf } from '../../answers/moment.ts';
import { inSnapshot, type Reader } from '../../answers/snapshot.ts';
import { EventLogs, idOf } from '../../events.scenarios.ts';
import { ALL, fold, Ledger, registerAccount } from '../../ledger.scenarios.ts';
import type { AgeingQuestion } from './ageing.query.ts';
import { countbackAnswer, rollRatesAnswer } from './collection-trend.query.ts';

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

describe('how collection develops', () => {
  let database: TestDatabase;
  let logs: EventLogs;
  let ledger: Ledger;

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await database.pool.query(
      'drop schema if exists insights, dunning_v1, account_360_v1, pipeline_v1, insights_access_v1 cascade',
    );
    logs = new EventLogs('2026-06-30T10:00:00.000Z');
    ledger = new Ledger(logs, registerAccount(logs, 'A-1', idOf('anna'), '2026-01-01'));
  });

  const ask = <Answer>(
    asOf: string,
    answer: (reader: Reader, question: AgeingQuestion) => Promise<Answer>,
    filters: AgeingQuestion['filters'] = {},
  ) =>
    inSnapshot(database.pool, async (reader) => {
      const restsOn = { ledger_lines: ['receivables'], account_facts: ['accounts'] };
      const moment = await momentOf(reader, restsOn, { asOf, asKnownAt: undefined });
      return answer(reader, { moment, scope: ALL, filters });
    });

  it('R-17: counts back from what is open over the sales of the months, as of any day and per owner', async () => {
    const april = ledger.invoice('april', 25_000_000, '2026-04-10', '2026-05-10');
    ledger.invoice('may', 15_000_000, '2026-05-10', '2026-06-10');
    ledger.invoice('june', 21_000_000, '2026-06-10', '2026-07-10');
    ledger.pay('P-1', '2026-06-20', april, 15_000_000);
    const noted = ledger.invoice('noted', 2_000_000, '2026-06-11', '2026-07-11');
    ledger.credit('C-1', '2026-06-12', noted, 2_000_000);
    const returned = ledger.invoice('returned', 1_000_000, '2026-06-01', '2026-07-01');
    ledger.credit('C-2', '2026-06-30', returned, 1_000_000, 1_000_000);
    await fold(database.pool, logs);
    const answer = await ask('2026-06-30', countbackAnswer);
    expect(
      answer.currencies.map(({ outstanding, countbackDso, months }) => [outstanding, countbackDso, months]),
    ).toEqual([
      [
        eur(46_000_000),
        '74.20',
        [
          { month: '2026-06', days: 30, sales: eur(20_000_000), covered: eur(20_000_000) },
          { month: '2026-05', days: 31, sales: eur(15_000_000), covered: eur(15_000_000) },
          { month: '2026-04', days: 30, sales: eur(25_000_000), covered: eur(11_000_000) },
        ],
      ],
    ]);
    const [april30] = (await ask('2026-04-30', countbackAnswer)).currencies;
    expect([april30?.countbackDso, april30?.uncovered]).toEqual(['30.00', eur(0)]);
    expect((await ask('2026-06-30', countbackAnswer, { ownerId: idOf('ben') })).currencies).toEqual([]);
  });

  it('R-17: what was in a bucket 30 days ago is in the next one now, or was paid', async () => {
    const rolled = ledger.invoice('rolled', 1_000, '2026-05-01', '2026-05-20');
    ledger.invoice('older', 500, '2026-03-01', '2026-04-15');
    ledger.invoice('fresh', 300, '2026-05-15', '2026-06-10');
    ledger.pay('P-1', '2026-06-05', rolled, 400);
    await fold(database.pool, logs);
    const answer = await ask('2026-06-30', rollRatesAnswer);
    expect([answer.from, answer.currencies.map(({ currency }) => currency)]).toEqual(['2026-05-31', ['EUR']]);
    expect(
      answer.currencies[0]?.rates.map(({ bucket, into, before, after, rate }) => [bucket, into, before, after, rate]),
    ).toEqual([
      ['not-due', '1-30', eur(300), eur(300), '100.00'],
      ['1-30', '31-60', eur(1_000), eur(600), '60.00'],
      ['31-60', '61-90', eur(500), eur(500), '100.00'],
      ['61-90', '91-120', eur(0), eur(0), null],
    ]);
  });
});
