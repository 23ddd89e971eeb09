import { scopeLabel } from '@kontor/auth';
import { type Page, pageOf } from '@kontor/http';
import { type EvidenceRow, evidenceOf, evidenceSelect } from '../../answers/evidence.ts';
import { moneyOf } from '../../answers/figures.ts';
import { type Reader, Statement } from '../../answers/snapshot.ts';
import type { AgeingQuestion } from './ageing.query.ts';
import { accountsKnown, ledgerConditions } from './balances.sql.ts';

export interface NoticesQuestion extends AgeingQuestion {
  readonly caseId: string | undefined;
  readonly level: number | undefined;
  readonly from: string | undefined;
  readonly page: Page;
}

interface NoticeRow extends EvidenceRow {
  readonly notice_id: string;
  readonly case_id: string;
  readonly account_id: string;
  readonly account_number: string | null;
  readonly account_name: string | null;
  readonly entity_id: string;
  readonly currency: string;
  readonly level: number;
  readonly items: number;
  readonly net_minor: string;
  readonly fee_minor: string;
  readonly interest_minor: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly ledger_revision: string;
  readonly content_hash: string | null;
  readonly released_on: string | null;
  readonly lines: readonly {
    readonly item_id: string;
    readonly invoice_number: string;
    readonly due_date: string;
    readonly net_minor: string;
    readonly level_before: number;
    readonly level_after: number;
  }[];
}

interface TotalRow {
  readonly currency: string;
  readonly level: number;
  readonly notices: string;
  readonly items: string;
  readonly fees: string;
  readonly interest: string;
}

/** Notices up to the moment, the newest first, in reverse of the order in which they were decided; with totals. */
export async function noticesAnswer(reader: Reader, question: NoticesQuestion) {
  const { page } = question;
  const totals = await readTotals(reader, question);
  const shown = pageOf(await readPage(reader, question), page, (row) => ({
    key: `${row.business_date}|${row.account_number ?? ''}`,
    id: row.notice_id,
  }));
  return {
    ...question.moment,
    scope: scopeLabel(question.scope),
    totals,
    items: shown.items.map((row) => ({
      noticeId: row.notice_id,
      caseId: row.case_id,
      accountId: row.account_id,
      accountNumber: row.account_number,
      accountName: row.account_name,
      entityId: row.entity_id,
      currency: row.currency,
      date: row.business_date,
      level: row.level,
      net: moneyOf(BigInt(row.net_minor), row.currency),
      fee: moneyOf(BigInt(row.fee_minor), row.currency),
      interest: moneyOf(BigInt(row.interest_minor), row.currency),
      policyId: row.policy_id,
      policyVersion: row.policy_version,
      ledgerRevision: row.ledger_revision,
      contentHash: row.content_hash,
      releasedOn: row.released_on,
      items: row.lines.map((line) => ({
        instalmentId: line.item_id,
        invoiceNumber: line.invoice_number,
        dueDate: line.due_date,
        net: moneyOf(BigInt(line.net_minor), row.currency),
        levelBefore: line.level_before,
        levelAfter: line.level_after,
      })),
      event: evidenceOf('receivables', row),
    })),
    next: shown.next,
  };
}

function conditions(statement: Statement, question: NoticesQuestion): string {
  const { asOf } = question.moment;
  return [
    ledgerConditions(
      statement,
      { ...question.moment, scope: question.scope, filters: question.filters },
      statement.$(asOf, 'date'),
    ),
    ...(question.caseId === undefined ? [] : [`line.case_id = ${statement.$(question.caseId, 'uuid')}`]),
    ...(question.level === undefined ? [] : [`line.level = ${statement.$(question.level, 'int')}`]),
    ...(question.from === undefined ? [] : [`line.business_date >= ${statement.$(question.from, 'date')}`]),
  ].join(' and ');
}

async function readTotals(reader: Reader, question: NoticesQuestion) {
  const statement = new Statement();
  const where = conditions(statement, question);
  const found = await reader.query<{ rows: TotalRow[]; accounts: string }>(
    `with seen as (select * from insights.notices line where ${where})
     select (select count(distinct account_id)::text from seen) as accounts,
       (select coalesce(json_agg(each), '[]') from (
         select currency, level, count(*)::text as notices, sum(items)::text as items, sum(fee_minor)::text as fees,
           sum(interest_minor)::text as interest
         from seen group by currency, level order by currency, level) each) as rows`,
    statement.values,
  );
  const { rows, accounts } = found.rows[0] ?? { rows: [], accounts: '0' };
  const byLevel = Map.groupBy(rows, (row) => row.level);
  const byCurrency = Map.groupBy(rows, (row) => row.currency);
  const count = (some: readonly TotalRow[]) => some.reduce((sum, row) => sum + Number(row.notices), 0);
  return {
    notices: count(rows),
    byLevel: Object.fromEntries([...byLevel].map(([level, some]) => [String(level), count(some)])),
    accounts: Number(accounts),
    itemLines: rows.reduce((sum, row) => sum + Number(row.items), 0),
    fees: [...byCurrency].map(([currency, some]) =>
      moneyOf(
        some.reduce((sum, row) => sum + BigInt(row.fees), 0n),
        currency,
      ),
    ),
    interest: [...byCurrency].map(([currency, some]) =>
      moneyOf(
        some.reduce((sum, row) => sum + BigInt(row.interest), 0n),
        currency,
      ),
    ),
  };
}

async function readPage(reader: Reader, question: NoticesQuestion): Promise<NoticeRow[]> {
  const statement = new Statement();
  const { page } = question;
  const where = conditions(statement, question);
  const [afterDate = '', afterNumber = ''] = cutOnce(page.after?.key ?? '');
  const behind =
    page.after === undefined
      ? 'true'
      : `(line.business_date, coalesce(account.number, ''), line.notice_id) < (${statement.$(afterDate, 'date')}, ${statement.$(afterNumber, 'text')}, ${statement.$(page.after.id, 'uuid')})`;
  const found = await reader.query<NoticeRow>(
    `with ${accountsKnown(statement, question.moment.asKnownAt)}
     select line.notice_id, line.case_id, line.account_id, account.number as account_number,
       account.name as account_name, line.entity_id, line.currency, line.level, line.items, line.net_minor::text,
       line.fee_minor::text, line.interest_minor::text, line.policy_id, line.policy_version,
       line.ledger_revision::text, document.content_hash, document.released_on::text, ${evidenceSelect('line')},
       (select coalesce(json_agg(json_build_object('item_id', item.item_id, 'invoice_number', item.invoice_number,
           'due_date', item.due_date, 'net_minor', item.net_minor::text, 'level_before', item.level_before,
           'level_after', item.level_after) order by item.due_date, item.item_id), '[]')
         from insights.notice_items item where item.notice_id = line.notice_id) as lines
     from insights.notices line
     left join accounts_known account using (account_id)
     left join insights.notice_documents document on document.notice_id = line.notice_id
     where ${where} and ${behind}
     order by line.business_date desc, coalesce(account.number, '') desc, line.notice_id desc
     limit ${statement.$(page.limit + 1, 'int')}`,
    statement.values,
  );
  return found.rows;
}

/** The sort key of a notice: date and account number, which may hold anything. */
export function cutOnce(key: string): readonly [string, string] {
  const at = key.indexOf('|');
  return [key.slice(0, at), key.slice(at + 1)];
}
