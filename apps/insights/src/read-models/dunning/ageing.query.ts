import { type Scope, scopeLabel } from '@kontor/auth';
import { addDays } from '@kontor/kernel';
import { moneyOf, ratioOrNull } from '../../answers/figures.ts';
import { link } from '../../answers/links.ts';
import type { Moment } from '../../answers/moment.ts';
import { type Reader, Statement } from '../../answers/snapshot.ts';
import { type Bucket, BUCKETS, balances, ledgerFilters, type LedgerFilters } from './balances.sql.ts';

export interface AgeingQuestion {
  readonly moment: Moment;
  readonly scope: Scope;
  readonly filters: LedgerFilters;
}

export interface Standing {
  readonly currency: string;
  readonly items: number;
  readonly outstanding: bigint;
  readonly charges: bigint;
  readonly unallocated: bigint;
  readonly buckets: readonly { readonly bucket: Bucket; readonly items: number; readonly minor: bigint }[];
}

interface StandingRow {
  readonly currency: string;
  readonly bucket: number | null;
  readonly items: string;
  readonly due: string;
  readonly charges: string;
  readonly credit: string;
}

/** What stood on the ledgers on a day, per currency. */
export async function standings(reader: Reader, question: AgeingQuestion, asOf: string): Promise<Standing[]> {
  const statement = new Statement();
  const found = await reader.query<StandingRow>(
    `with ${balances(statement, {
      asOf,
      asKnownAt: question.moment.asKnownAt,
      scope: question.scope,
      filters: question.filters,
    })}
     select currency, bucket,
       count(*) filter (where component = 'principal' and due > 0)::text as items,
       coalesce(sum(due) filter (where component = 'principal'), 0)::text as due,
       coalesce(sum(due) filter (where component in ('fee', 'interest')), 0)::text as charges,
       coalesce(sum(credit), 0)::text as credit
     from balances group by currency, bucket order by currency, bucket`,
    statement.values,
  );
  const byCurrency = Map.groupBy(found.rows, (row) => row.currency);
  return [...byCurrency].map(([currency, rows]) => {
    const buckets = BUCKETS.map((bucket, index) => {
      const row = rows.find((candidate) => candidate.bucket === index);
      return { bucket, items: Number(row?.items ?? 0), minor: BigInt(row?.due ?? 0) };
    });
    return {
      currency,
      items: buckets.reduce((sum, bucket) => sum + bucket.items, 0),
      outstanding: buckets.reduce((sum, bucket) => sum + bucket.minor, 0n),
      charges: rows.reduce((sum, row) => sum + BigInt(row.charges), 0n),
      unallocated: rows.reduce((sum, row) => sum + BigInt(row.credit), 0n),
      buckets,
    };
  });
}

export async function ageingAnswer(reader: Reader, question: AgeingQuestion) {
  const { moment } = question;
  const found = await standings(reader, question, moment.asOf);
  return {
    ...moment,
    scope: scopeLabel(question.scope),
    currencies: found.map((standing) => {
      const { currency } = standing;
      const explain = (figure: Figure, bucket?: Bucket) => ageingLink(question, moment.asOf, currency, figure, bucket);
      return {
        currency,
        items: standing.items,
        outstanding: moneyOf(standing.outstanding, currency),
        charges: moneyOf(standing.charges, currency),
        unallocated: moneyOf(standing.unallocated, currency),
        total: moneyOf(standing.outstanding + standing.charges - standing.unallocated, currency),
        buckets: standing.buckets.map(({ bucket, items, minor }) => ({
          bucket,
          items,
          amount: moneyOf(minor, currency),
          explain: explain('bucket', bucket),
        })),
        explain: {
          outstanding: explain('outstanding'),
          charges: explain('charges'),
          unallocated: explain('unallocated'),
          total: explain('total'),
        },
      };
    }),
  };
}

/** What an explanation of the ageing explains. */
export const FIGURES = ['bucket', 'outstanding', 'overdue', 'charges', 'unallocated', 'total'] as const;
export type Figure = (typeof FIGURES)[number];

export function ageingLink(
  question: AgeingQuestion,
  asOf: string,
  currency: string,
  figure: Figure,
  bucket?: Bucket,
): string {
  return link('/v1/insights/ageing/explain', {
    asOf,
    asKnownAt: question.moment.asKnownAt,
    ...question.filters,
    currency,
    figure,
    bucket,
  });
}

/** The figures of R-17 for the N days up to a date: D−N+1 … D, opening as of D−N. Ratios are rounded last. */
export async function collectionAnswer(reader: Reader, question: AgeingQuestion, days: number) {
  const to = question.moment.asOf;
  const openingOn = addDays(to, -days);
  const opening = new Map((await standings(reader, question, openingOn)).map((one) => [one.currency, one]));
  const end = new Map((await standings(reader, question, to)).map((one) => [one.currency, one]));
  const sales = await salesOf(reader, question, openingOn);
  const currencies = [...new Set([...opening.keys(), ...end.keys(), ...sales.keys()])].sort();
  const { asOf, ...moment } = question.moment;
  return {
    asOf,
    ...moment,
    scope: scopeLabel(question.scope),
    to,
    days,
    currencies: currencies.map((currency) => {
      const opened = opening.get(currency)?.outstanding ?? 0n;
      const ended = end.get(currency)?.outstanding ?? 0n;
      const notDue = end.get(currency)?.buckets[0]?.minor ?? 0n;
      const sold = sales.get(currency) ?? 0n;
      const inDays = (minor: bigint) => ratioOrNull(minor * BigInt(days), sold);
      return {
        currency,
        opening: moneyOf(opened, currency),
        sales: moneyOf(sold, currency),
        end: moneyOf(ended, currency),
        notDue: moneyOf(notDue, currency),
        dso: inDays(ended),
        bestPossibleDso: inDays(notDue),
        daysDelinquent: inDays(ended - notDue),
        cei: ratioOrNull((opened + sold - ended) * 100n, opened + sold - notDue),
        explain: {
          opening: ageingLink(question, openingOn, currency, 'outstanding'),
          sales: link('/v1/insights/collection/explain', {
            to,
            days: String(days),
            asKnownAt: question.moment.asKnownAt,
            ...question.filters,
            currency,
          }),
          end: ageingLink(question, to, currency, 'outstanding'),
          notDue: ageingLink(question, to, currency, 'bucket', 'not-due'),
        },
      };
    }),
  };
}

/**
 * Gross invoices dated in the days after `openingOn`, minus credit notes: of these also the part that became credit on
 * account counts, which raises the credit and so lowers the sales.
 */
export const SALES_MINOR = `case when line.component = 'unallocated' then -line.delta_minor else line.delta_minor end`;

export function salesConditions(statement: Statement, question: AgeingQuestion, openingOn: string): string {
  const { asOf, asKnownAt } = question.moment;
  return [
    `line.movement in ('invoice', 'credit-note')`,
    `line.business_date > ${statement.$(openingOn, 'date')}`,
    `line.business_date <= ${statement.$(asOf, 'date')}`,
    `line.recorded_at <= ${statement.$(asKnownAt, 'timestamptz')}`,
    ...ledgerFilters(statement, { asOf, asKnownAt, scope: question.scope, filters: question.filters }, 'line'),
  ].join(' and ');
}

async function salesOf(reader: Reader, question: AgeingQuestion, openingOn: string): Promise<Map<string, bigint>> {
  const statement = new Statement();
  const found = await reader.query<{ currency: string; sales: string }>(
    `select line.currency, sum(${SALES_MINOR})::text as sales from insights.ledger_lines line
     where ${salesConditions(statement, question, openingOn)} group by line.currency`,
    statement.values,
  );
  return new Map(found.rows.map((row) => [row.currency, BigInt(row.sales)]));
}
