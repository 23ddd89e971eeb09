import { scopeLabel } from '@kontor/auth';
import { type Page, pageOf } from '@kontor/http';
import { addDays, daysBetween } from '@kontor/kernel';
import { type EvidenceRow, evidenceOf, evidenceSelect } from '../../answers/evidence.ts';
import { moneyOf } from '../../answers/figures.ts';
import { type Reader, Statement } from '../../answers/snapshot.ts';
import { type AgeingQuestion, type Figure, SALES_MINOR, salesConditions } from './ageing.query.ts';
import { accountsKnown, balances, type Bucket, BUCKETS } from './balances.sql.ts';

interface ItemRow {
  readonly thing_id: string;
  readonly sort_key: string;
  readonly account_id: string;
  readonly account_number: string | null;
  readonly entity_id: string;
  readonly currency: string;
  readonly component: string;
  readonly invoice_id: string | null;
  readonly invoice_number: string | null;
  readonly invoice_date: string | null;
  readonly due_date: string | null;
  readonly share: string;
}

interface LineRow extends EvidenceRow {
  readonly thing_id: string;
  readonly component: string;
  readonly movement: string;
  readonly delta_minor: string;
  readonly currency: string;
}

/** What an item adds to a figure. The shares of all items sum to the figure; the lines of an item sum to its balance. */
const SHARES: { readonly [F in Figure]: string } = {
  bucket: "case when component = 'principal' then due end",
  outstanding: "case when component = 'principal' then due end",
  overdue: "case when component = 'principal' and bucket > 0 then due end",
  charges: "case when component in ('fee', 'interest') then due end",
  unallocated: 'credit',
  total: 'due - credit',
};

export interface AgeingExplanation extends AgeingQuestion {
  readonly figure: Figure;
  readonly bucket: Bucket | undefined;
  readonly page: Page;
}

/** The items behind a figure of the ageing, each with the ledger lines and events that make it. */
export async function ageingExplained(reader: Reader, question: AgeingExplanation) {
  const { moment, page, figure } = question;
  const sums = await sumOf(reader, question);
  const found = await itemsOf(reader, question);
  const shown = pageOf(found, page, (row) => ({
    key: row.sort_key,
    id: `${row.thing_id}${row.component === 'unallocated' ? '-' : '+'}`,
  }));
  const lines = await linesOf(reader, question, shown.items);
  return {
    ...moment,
    scope: scopeLabel(question.scope),
    figure,
    ...(question.bucket !== undefined && { bucket: question.bucket }),
    sums: sums.map((row) => ({
      currency: row.currency,
      items: Number(row.items),
      amount: moneyOf(BigInt(row.minor), row.currency),
    })),
    items: shown.items.map((row) => ({
      itemId: row.thing_id,
      component: row.component,
      accountId: row.account_id,
      accountNumber: row.account_number,
      entityId: row.entity_id,
      invoiceId: row.invoice_id,
      invoiceNumber: row.invoice_number,
      invoiceDate: row.invoice_date,
      dueDate: row.due_date,
      daysOverdue: row.due_date === null ? null : Math.max(0, daysBetween(row.due_date, moment.asOf)),
      amount: moneyOf(BigInt(row.share), row.currency),
      events: lines
        .filter((line) => line.thing_id === row.thing_id && isCredit(line.component) === isCredit(row.component))
        .map((line) => ({
          ...evidenceOf('receivables', line),
          movement: line.movement,
          component: line.component,
          amount: moneyOf(BigInt(line.delta_minor), line.currency),
        })),
    })),
    next: shown.next,
  };
}

const isCredit = (component: string): boolean => component === 'unallocated';

function shares(statement: Statement, question: AgeingExplanation): string {
  const bucket =
    question.figure === 'bucket' && question.bucket !== undefined
      ? `bucket = ${statement.$(BUCKETS.indexOf(question.bucket), 'int')}`
      : 'true';
  return `with ${balances(statement, {
    asOf: question.moment.asOf,
    asKnownAt: question.moment.asKnownAt,
    scope: question.scope,
    filters: question.filters,
  })},
  shares as (
    select * from (select *, ${SHARES[question.figure]} as share,
      coalesce(due_date, date '9999-12-31') as sort_key,
      thing_id::text || case when component = 'unallocated' then '-' else '+' end as id
      from balances where ${bucket}) each
    where share is not null and share <> 0
  )`;
}

async function sumOf(reader: Reader, question: AgeingExplanation) {
  const statement = new Statement();
  const found = await reader.query<{ currency: string; items: string; minor: string }>(
    `${shares(statement, question)}
     select currency, count(*)::text as items, sum(share)::text as minor from shares group by currency order by currency`,
    statement.values,
  );
  return found.rows;
}

async function itemsOf(reader: Reader, question: AgeingExplanation): Promise<ItemRow[]> {
  const statement = new Statement();
  const ctes = `${shares(statement, question)}, ${accountsKnown(statement, question.moment.asKnownAt)}`;
  const { after } = question.page;
  const behind =
    after === undefined
      ? 'true'
      : `(shares.sort_key, shares.id) > (${statement.$(after.key, 'date')}, ${statement.$(after.id, 'text')})`;
  const found = await reader.query<ItemRow>(
    `${ctes}
     select shares.thing_id, shares.sort_key::text, shares.account_id, account.number as account_number,
       shares.entity_id, shares.currency, shares.component, shares.invoice_id, shares.invoice_number,
       shares.invoice_date::text, shares.due_date::text, shares.share::text
     from shares left join accounts_known account using (account_id)
     where ${behind} order by shares.sort_key, shares.id limit ${statement.$(question.page.limit + 1, 'int')}`,
    statement.values,
  );
  return found.rows;
}

async function linesOf(reader: Reader, question: AgeingExplanation, items: readonly ItemRow[]): Promise<LineRow[]> {
  const statement = new Statement();
  const ids = statement.$(
    items.map((item) => item.thing_id),
    'uuid[]',
  );
  const found = await reader.query<LineRow>(
    `select coalesce(line.item_id, line.document_id) as thing_id, line.component, line.movement,
       line.delta_minor::text, line.currency, ${evidenceSelect('line')}
     from insights.ledger_lines line
     where (line.item_id = any(${ids}) or (line.item_id is null and line.document_id = any(${ids})))
       and line.business_date <= ${statement.$(question.moment.asOf, 'date')}
       and line.recorded_at <= ${statement.$(question.moment.asKnownAt, 'timestamptz')}
     order by line.position, line.line`,
    statement.values,
  );
  return found.rows;
}

interface SaleRow extends LineRow {
  readonly line: number;
  readonly account_id: string;
  readonly invoice_number: string | null;
}

/** The invoices and credit notes behind the sales of a period, one line each. */
export async function salesExplained(reader: Reader, question: AgeingQuestion & { page: Page }, days: number) {
  const { moment, page } = question;
  const openingOn = addDays(moment.asOf, -days);
  const total = new Statement();
  const sums = await reader.query<{ currency: string; lines: string; minor: string }>(
    `select line.currency, count(*)::text as lines, sum(${SALES_MINOR})::text as minor from insights.ledger_lines line
     where ${salesConditions(total, question, openingOn)} group by line.currency order by line.currency`,
    total.values,
  );
  const statement = new Statement();
  const where = salesConditions(statement, question, openingOn);
  const behind =
    page.after === undefined
      ? 'true'
      : `(line.business_date, line.event_id::text || ':' || line.line) > (${statement.$(page.after.key, 'date')}, ${statement.$(page.after.id, 'text')})`;
  const found = await reader.query<SaleRow>(
    `select line.line, line.account_id, item.invoice_number, line.component, line.movement, line.currency,
       (${SALES_MINOR})::text as delta_minor, ${evidenceSelect('line')}
     from insights.ledger_lines line left join insights.items item on item.item_id = line.item_id
     where ${where} and ${behind}
     order by line.business_date, line.event_id::text || ':' || line.line
     limit ${statement.$(page.limit + 1, 'int')}`,
    statement.values,
  );
  const shown = pageOf(found.rows, page, (row) => ({
    key: row.business_date,
    id: `${row.event_id}:${row.line}`,
  }));
  return {
    ...moment,
    scope: scopeLabel(question.scope),
    figure: 'sales',
    to: moment.asOf,
    days,
    sums: sums.rows.map((row) => ({
      currency: row.currency,
      lines: Number(row.lines),
      amount: moneyOf(BigInt(row.minor), row.currency),
    })),
    items: shown.items.map((row) => ({
      ...evidenceOf('receivables', row),
      accountId: row.account_id,
      invoiceNumber: row.invoice_number,
      movement: row.movement,
      component: row.component,
      amount: moneyOf(BigInt(row.delta_minor), row.currency),
    })),
    next: shown.next,
  };
}
