import { scopeLabel } from '@kontor/auth';
import { addDays } from '@kontor/kernel';
import { moneyOf, ratioOrNull } from '../../answers/figures.ts';
import { type Reader, Statement } from '../../answers/snapshot.ts';
import { ageingLink, type AgeingQuestion, SALES_MINOR, salesConditions, standings } from './ageing.query.ts';
import { BUCKETS } from './balances.sql.ts';
import { countback, monthsBack } from './countback.ts';

/** Before every sale there can be. */
const BEGINNING = '1899-12-31';
/** Buckets are 30 days wide: what was in one is in the next one 30 days later, or paid. */
const BUCKET_DAYS = 30;

/** countback DSO per currency, with the months that it counts. */
export async function countbackAnswer(reader: Reader, question: AgeingQuestion) {
  const { asOf, ...moment } = question.moment;
  const open = await standings(reader, question, asOf);
  const sales = await salesByMonth(reader, question);
  return {
    asOf,
    ...moment,
    scope: scopeLabel(question.scope),
    currencies: open.map(({ currency, outstanding }) => {
      const found = countback(outstanding, monthsBack(asOf, sales.get(currency) ?? new Map<string, bigint>()));
      return {
        currency,
        outstanding: moneyOf(outstanding, currency),
        countbackDso: found.days,
        uncovered: moneyOf(found.uncoveredMinor, currency),
        months: found.months.map(({ month, days, salesMinor, coveredMinor }) => ({
          month,
          days,
          sales: moneyOf(salesMinor, currency),
          covered: moneyOf(coveredMinor, currency),
        })),
        explain: ageingLink(question, asOf, currency, 'outstanding'),
      };
    }),
  };
}

async function salesByMonth(
  reader: Reader,
  question: AgeingQuestion,
): Promise<ReadonlyMap<string, ReadonlyMap<string, bigint>>> {
  const statement = new Statement();
  const found = await reader.query<{ currency: string; month: string; sales: string }>(
    `select line.currency, to_char(line.business_date, 'YYYY-MM') as month, sum(${SALES_MINOR})::text as sales
       from insights.ledger_lines line where ${salesConditions(statement, question, BEGINNING)}
      group by line.currency, month`,
    statement.values,
  );
  const byCurrency = new Map<string, Map<string, bigint>>();
  for (const { currency, month, sales } of found.rows) {
    const months = byCurrency.get(currency) ?? new Map<string, bigint>();
    byCurrency.set(currency, months.set(month, BigInt(sales)));
  }
  return byCurrency;
}

/** how much of each bucket of 30 days ago has rolled into the next one instead of being paid. */
export async function rollRatesAnswer(reader: Reader, question: AgeingQuestion) {
  const { asOf, ...moment } = question.moment;
  const from = addDays(asOf, -BUCKET_DAYS);
  const before = new Map((await standings(reader, question, from)).map((one) => [one.currency, one]));
  const after = new Map((await standings(reader, question, asOf)).map((one) => [one.currency, one]));
  return {
    asOf,
    ...moment,
    scope: scopeLabel(question.scope),
    from,
    currencies: [...new Set([...before.keys(), ...after.keys()])].sort().map((currency) => ({
      currency,
      // The last bucket has no end: what was in it stays, and no rate is told of it.
      rates: BUCKETS.slice(0, -2).map((bucket, index) => {
        const next = BUCKETS[index + 1] ?? bucket;
        const was = before.get(currency)?.buckets[index]?.minor ?? 0n;
        const is = after.get(currency)?.buckets[index + 1]?.minor ?? 0n;
        return {
          bucket,
          into: next,
          before: moneyOf(was, currency),
          after: moneyOf(is, currency),
          rate: ratioOrNull(is * 100n, was),
          explain: {
            before: ageingLink(question, from, currency, 'bucket', bucket),
            after: ageingLink(question, asOf, currency, 'bucket', next),
          },
        };
      }),
    })),
  };
}
