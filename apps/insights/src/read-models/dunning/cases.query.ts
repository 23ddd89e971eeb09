import { scopeLabel } from '@kontor/auth';
import { type Page, pageOf } from '@kontor/http';
import { moneyOf } from '../../answers/figures.ts';
import { link } from '../../answers/links.ts';
import { type Reader, Statement } from '../../answers/snapshot.ts';
import { type AgeingQuestion, ageingLink } from './ageing.query.ts';
import { accountsKnown, balances, ledgerFilters } from './balances.sql.ts';

export const CASE_STATES = ['open', 'closed', 'all'] as const;

export interface CasesQuestion extends AgeingQuestion {
  readonly state: (typeof CASE_STATES)[number];
  readonly level: number | undefined;
  readonly page: Page;
}

interface CaseRow {
  readonly case_id: string;
  readonly sort_key: string;
  readonly account_id: string;
  readonly account_number: string | null;
  readonly account_name: string | null;
  readonly entity_id: string;
  readonly currency: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly begun_on: string;
  readonly ended_on: string | null;
  readonly level: number | null;
  readonly notices: number;
  readonly last_notice_on: string | null;
}

interface OpenRow {
  readonly account_id: string;
  readonly entity_id: string;
  readonly currency: string;
  readonly overdue_items: number;
  readonly overdue: string;
  readonly charges: string;
  readonly disputed_items: number;
  readonly promised: string;
}

/** Dunning cases as of the moment, in the order of account numbers, with what is overdue in each. */
export async function casesAnswer(reader: Reader, question: CasesQuestion) {
  const { moment, page } = question;
  const found = await readCases(reader, question);
  const shown = pageOf(found, page, (row) => ({ key: row.sort_key, id: row.case_id }));
  const open = await readOpen(reader, question, shown.items);
  const openOf = (row: CaseRow) =>
    open.find(
      (one) => one.account_id === row.account_id && one.entity_id === row.entity_id && one.currency === row.currency,
    );
  return {
    ...moment,
    scope: scopeLabel(question.scope),
    items: shown.items.map((row) => {
      const figures = openOf(row);
      const ledger = { ...question.filters, accountId: row.account_id, entityId: row.entity_id };
      return {
        caseId: row.case_id,
        state: row.ended_on === null ? 'open' : 'closed',
        accountId: row.account_id,
        accountNumber: row.account_number,
        accountName: row.account_name,
        entityId: row.entity_id,
        currency: row.currency,
        openedOn: row.begun_on,
        closedOn: row.ended_on,
        level: row.level ?? 0,
        notices: row.notices,
        lastNoticeOn: row.last_notice_on,
        policyId: row.policy_id,
        policyVersion: row.policy_version,
        overdueItems: figures?.overdue_items ?? 0,
        overdue: moneyOf(BigInt(figures?.overdue ?? 0), row.currency),
        disputedItems: figures?.disputed_items ?? 0,
        promised: moneyOf(BigInt(figures?.promised ?? 0), row.currency),
        charges: moneyOf(BigInt(figures?.charges ?? 0), row.currency),
        explain: {
          overdue: ageingLink({ ...question, filters: ledger }, moment.asOf, row.currency, 'overdue'),
          charges: ageingLink({ ...question, filters: ledger }, moment.asOf, row.currency, 'charges'),
          notices: link('/v1/insights/dunning/notices', {
            asOf: moment.asOf,
            asKnownAt: moment.asKnownAt,
            caseId: row.case_id,
          }),
        },
      };
    }),
    next: shown.next,
  };
}

async function readCases(reader: Reader, question: CasesQuestion): Promise<CaseRow[]> {
  const statement = new Statement();
  const asOf = statement.$(question.moment.asOf, 'date');
  const known = statement.$(question.moment.asKnownAt, 'timestamptz');
  const where = [
    `line.begun_on <= ${asOf} and line.begun_recorded_at <= ${known}`,
    ...ledgerFilters(statement, { ...question.moment, scope: question.scope, filters: question.filters }, 'line'),
  ].join(' and ');
  const { state, level, page } = question;
  const shown = [
    'true',
    ...(state === 'all' ? [] : [`ended_on is ${state === 'open' ? '' : 'not '}null`]),
    ...(level === undefined ? [] : [`level = ${statement.$(level, 'int')}`]),
    ...(page.after === undefined
      ? []
      : [`(sort_key, case_id) > (${statement.$(page.after.key, 'text')}, ${statement.$(page.after.id, 'uuid')})`]),
  ].join(' and ');
  const found = await reader.query<CaseRow>(
    `with ${accountsKnown(statement, question.moment.asKnownAt)},
     seen as (
       select line.case_id, coalesce(account.number, '') as sort_key, line.account_id, account.number as account_number,
         account.name as account_name, line.entity_id, line.currency, line.policy_id, line.policy_version,
         line.begun_on, case when last.step = 'closed' then last.business_date end as ended_on,
         sent.level, coalesce(sent.notices, 0)::int as notices, sent.last_notice_on
       from insights.cases line
       left join accounts_known account using (account_id)
       left join lateral (
         select (array_agg(notice.level order by notice.business_date desc, notice.revision desc))[1] as level,
           count(*) as notices, max(notice.business_date) as last_notice_on
         from insights.notices notice
         where notice.case_id = line.case_id and notice.business_date <= ${asOf} and notice.recorded_at <= ${known}
       ) sent on true
       -- A case may be closed and reopened more than once: the last step that counts says which it is.
       left join lateral (
         select fact.step, fact.business_date from insights.overlay_facts fact
         where fact.account_id = line.account_id and fact.overlay = 'case' and fact.overlay_id = line.case_id
           and fact.business_date <= ${asOf} and fact.recorded_at <= ${known}
         order by fact.business_date desc, fact.revision desc limit 1
       ) last on true
       where ${where}
     )
     select case_id, sort_key, account_id, account_number, account_name, entity_id, currency, policy_id,
       policy_version, begun_on::text, ended_on::text, level, notices, last_notice_on::text
     from seen where ${shown} order by seen.sort_key, seen.case_id limit ${statement.$(page.limit + 1, 'int')}`,
    statement.values,
  );
  return found.rows;
}

async function readOpen(reader: Reader, question: CasesQuestion, cases: readonly CaseRow[]): Promise<OpenRow[]> {
  if (cases.length === 0) return [];
  const statement = new Statement();
  const ctes = balances(statement, {
    ...question.moment,
    scope: question.scope,
    filters: question.filters,
    accountIds: cases.map((row) => row.account_id),
  });
  const asOf = statement.$(question.moment.asOf, 'date');
  const known = statement.$(question.moment.asKnownAt, 'timestamptz');
  const lasts = (table: string) => `${table}.begun_on <= ${asOf} and ${table}.begun_recorded_at <= ${known}
      and not coalesce(${table}.ended_on <= ${asOf} and ${table}.ended_recorded_at <= ${known}, false)`;
  const found = await reader.query<OpenRow>(
    `with ${ctes}
     select balances.account_id, balances.entity_id, balances.currency,
       (count(*) filter (where bucket > 0 and due > 0))::int as overdue_items,
       coalesce(sum(due) filter (where bucket > 0), 0)::text as overdue,
       coalesce(sum(due) filter (where component in ('fee', 'interest')), 0)::text as charges,
       (count(*) filter (where due > 0 and exists (
         select 1 from insights.disputes dispute where dispute.item_id = balances.item_id and ${lasts('dispute')}
       )))::int as disputed_items,
       coalesce((select sum(promise.amount_minor) from insights.promises promise
         where promise.account_id = balances.account_id and promise.entity_id = balances.entity_id
           and promise.currency = balances.currency and ${lasts('promise')}), 0)::text as promised
     from balances group by balances.account_id, balances.entity_id, balances.currency`,
    statement.values,
  );
  return found.rows;
}
