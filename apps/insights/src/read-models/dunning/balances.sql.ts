import type { Scope } from '@kontor/auth';
import { accountWithinScope } from '../../answers/scope.ts';
import type { Statement } from '../../answers/snapshot.ts';

/** What narrows a question about ledgers. An empty owner asks for accounts that have none. */
export interface LedgerFilters {
  readonly entityId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly currency?: string | undefined;
  readonly ownerId?: string | undefined;
}

export interface LedgerQuestion {
  readonly asOf: string;
  readonly asKnownAt: string;
  readonly scope: Scope;
  readonly filters: LedgerFilters;
  /** Only these accounts: the ones of a page. */
  readonly accountIds?: readonly string[];
}

/** The buckets of R-15, in order. */
export const BUCKETS = ['not-due', '1-30', '31-60', '61-90', '91-120', 'over-120'] as const;
export type Bucket = (typeof BUCKETS)[number];

/**
 * Common table expressions up to `balances`: what stood on each item, and of each source of credit, as of a business date
 * as known at an instant. `due` is what was still owed. A balance below zero is money that was there before what it pays
 * (a payment valued before its invoice, or before the reversal of another): until then it is `credit` on account, so
 * nothing outstanding is ever negative and nothing is lost from the total.
 */
export function balances(statement: Statement, question: LedgerQuestion): string {
  const asOf = statement.$(question.asOf, 'date');
  return `
  balances as (
    select line.account_id, line.entity_id, line.currency, line.component, line.item_id, line.thing_id, line.balance,
      case when line.component = 'unallocated' then 0 else greatest(line.balance, 0) end as due,
      case when line.component = 'unallocated' then line.balance else greatest(-line.balance, 0) end as credit,
      item.due_date, item.invoice_date, item.invoice_id, item.invoice_number, item.ordinal,
      case
        when line.component <> 'principal' or item.due_date is null then null
        when ${asOf} - item.due_date <= 0 then 0
        else least((${asOf} - item.due_date - 1) / 30 + 1, 5) end as bucket
    from (
      select account_id, entity_id, currency, component, item_id, coalesce(item_id, document_id) as thing_id,
        sum(delta_minor) as balance
      from insights.ledger_lines line
      where ${ledgerConditions(statement, question, asOf)}
      group by account_id, entity_id, currency, component, item_id, coalesce(item_id, document_id)
    ) line
    left join insights.items item on item.item_id = line.item_id
  )`;
}

/** Conditions on a line or any other row of a ledger: both time axes, the filters and the scope. */
export function ledgerConditions(statement: Statement, question: LedgerQuestion, asOf: string): string {
  return [
    `line.business_date <= ${asOf}`,
    `line.recorded_at <= ${statement.$(question.asKnownAt, 'timestamptz')}`,
    ...ledgerFilters(statement, question, 'line'),
  ].join(' and ');
}

export function ledgerFilters(statement: Statement, question: LedgerQuestion, table: string): string[] {
  const { entityId, accountId, currency, ownerId } = question.filters;
  return [
    accountWithinScope(statement, question.scope, `${table}.account_id`),
    ...(entityId === undefined ? [] : [`${table}.entity_id = ${statement.$(entityId, 'text')}`]),
    ...(accountId === undefined ? [] : [`${table}.account_id = ${statement.$(accountId, 'uuid')}`]),
    ...(currency === undefined ? [] : [`${table}.currency = ${statement.$(currency, 'text')}`]),
    ...(question.accountIds === undefined
      ? []
      : [`${table}.account_id = any(${statement.$([...question.accountIds], 'uuid[]')})`]),
    ...(ownerId === undefined ? [] : [ownedBy(statement, question, table, ownerId)]),
  ];
}

/** The owner of an account is the one valid on the business date, as known at the instant. */
function ownedBy(statement: Statement, question: LedgerQuestion, table: string, ownerId: string): string {
  const owner = `(select fact.owner_id from insights.account_facts fact
    where fact.account_id = ${table}.account_id and (fact.aspect = 'owner' or fact.number is not null)
      and fact.business_date <= ${statement.$(question.asOf, 'date')}
      and fact.recorded_at <= ${statement.$(question.asKnownAt, 'timestamptz')}
    order by fact.business_date desc, fact.revision desc limit 1)`;
  return ownerId === '' ? `${owner} is null` : `${owner} = ${statement.$(ownerId, 'uuid')}`;
}

/** Number and name of accounts as known at the instant: what they were called on the business date does not matter. */
export function accountsKnown(statement: Statement, asKnownAt: string): string {
  const known = statement.$(asKnownAt, 'timestamptz');
  return `
  accounts_known as (
    select account_id,
      (array_agg(number order by revision) filter (where number is not null))[1] as number,
      (array_agg(coalesce(name, person_name) order by business_date desc, revision desc)
        filter (where aspect = 'master'))[1] as name
    from insights.account_facts where recorded_at <= ${known} group by account_id
  )`;
}
