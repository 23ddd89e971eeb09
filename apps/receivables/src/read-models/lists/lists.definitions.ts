import { equals, lastKnown, type ListDefinition, type ListFilter, type ListParameters } from '@kontor/http';
import { ledgerDirectory } from '../ledger-directory/ledger-directory.projection.ts';
import { receivablesLists } from './lists.projection.ts';

const money = (column: string) => `json_build_object('amountMinor', ${column}, 'currency', t.currency)`;
const ledger = `t.account_id as "accountId", t.entity_id as "entityId", t.currency`;
const filtersOfAll = {
  accountId: equals('t.account_id', 'uuid'),
  entityId: equals('t.entity_id'),
  currency: equals('t.currency'),
};
/** A condition that holds or, asked the other way round, does not. */
const whether = (condition: string): ListFilter => equals(`(${condition})`, 'boolean');
const newestOf = (table: string, column = 'recorded_at') => `select max(${column}) from receivables.${table}`;

/** A column that is open until its only change. */
const once = (column: string, at: ListParameters) => `case when t.changed_at <= ${at.known} then t.${column} end`;
const last = (table: string, of: string, at: ListParameters) => lastKnown(`receivables.${table}`, of, at);

/** What all lists here have in common: a table with the alias `t`, with an account and the time of its recording. */
const ofAccounts = (...newest: readonly string[]) => ({
  projection: receivablesLists.name,
  owned: (owners: string) => `exists (select 1 from receivables.account_owners o
    where o.account_id = t.account_id and o.owner_id = any(${owners}))`,
  recordedAt: 't.recorded_at',
  newest,
});

/** Sums over the instalments of an invoice. What has changed since is taken from what had been settled by the moment. */
const itemsAsKnown = (at: ListParameters) => `lateral (
    select sum(k.open_minor)::bigint as open_minor, min(i.due_date) filter (where k.open_minor > 0) as next_due,
           max(k.level) as level
      from receivables.open_items i
     cross join lateral (
       select sum(c.settled_minor) as settled_minor,
              (array_agg(c.level order by c.revision desc) filter (where c.level is not null))[1] as level
         from receivables.item_changes c
        where c.instalment_id = i.instalment_id and c.recorded_at <= ${at.known} and i.changed_at > ${at.known}) c
     cross join lateral (
       select case when i.changed_at <= ${at.known} then i.open_minor
                   else i.amount_minor - coalesce(c.settled_minor, 0) end as open_minor,
              case when i.changed_at <= ${at.known} then i.level else coalesce(c.level, 0) end as level) k
     where i.invoice_id = t.invoice_id and i.recorded_at <= ${at.known})`;

/** Found by the index on numbers, and only where the number was known by then. */
const numbered: ListFilter = (value, at) => `t.number = ${value}::text and t.changed_at <= ${at.known}`;

/** Facets side by side: issued × paid × overdue, so that none hides another. */
export const invoiceList: ListDefinition = {
  ...ofAccounts(newestOf('invoices', 'changed_at'), newestOf('open_items'), newestOf('item_changes')),
  route: '/v1/invoices',
  action: 'receivables.read',
  from: (at) => `receivables.invoices t cross join ${itemsAsKnown(at)} o`,
  select: (at) => `t.invoice_id as "id", ${once('number', at)} as "number", ${ledger}, t.order_id as "orderId",
           t.delivery_id as "deliveryId", t.invoice_date as "invoiceDate", ${money('t.total_minor')} as "total",
           ${money('coalesce(o.open_minor, 0)')} as "open", o.next_due as "nextDueDate",
           (${once('number', at)}) is not null as "issued", coalesce(o.open_minor = 0, false) as "paid",
           coalesce(o.level, 0) as "dunningLevel", t.external_id as "externalId"`,
  sort: { key: 't.invoice_date', type: 'date', descending: true },
  id: 't.invoice_id',
  filters: {
    ...filtersOfAll,
    number: numbered,
    orderId: equals('t.order_id', 'uuid'),
    deliveryId: equals('t.delivery_id', 'uuid'),
    externalId: equals('t.external_id'),
    open: whether('coalesce(o.open_minor, 0) > 0'),
  },
};

export const paymentList: ListDefinition = {
  ...ofAccounts(newestOf('credit_changes')),
  route: '/v1/payments',
  action: 'receivables.read',
  from: (at) => `receivables.payments t cross join ${last('credit_changes', 'x.source_id = t.payment_id', at)} c`,
  select: () => `t.payment_id as "id", t.ledger_id as "ledgerId", ${ledger}, t.value_date as "valueDate",
           ${money('t.amount_minor')} as "amount", ${money('c.unallocated_minor')} as "unallocated",
           t.reference, c.reversed_on as "reversedOn"`,
  sort: { key: 't.value_date', type: 'date', descending: true },
  id: 't.payment_id',
  filters: filtersOfAll,
};

export const creditNoteList: ListDefinition = {
  ...ofAccounts(newestOf('credit_notes', 'changed_at')),
  route: '/v1/credit-notes',
  action: 'receivables.read',
  from: () => 'receivables.credit_notes t',
  select: (at) => `t.credit_note_id as "id", ${once('number', at)} as "number", ${ledger},
           t.invoice_id as "invoiceId", t.business_date as "businessDate", ${money('t.amount_minor')} as "amount", t.reason`,
  sort: { key: 't.business_date', type: 'date', descending: true },
  id: 't.credit_note_id',
  filters: { ...filtersOfAll, number: numbered, invoiceId: equals('t.invoice_id', 'uuid') },
};

export const disputeList: ListDefinition = {
  ...ofAccounts(newestOf('disputes', 'changed_at')),
  route: '/v1/disputes',
  action: 'receivables.read',
  from: () => 'receivables.disputes t',
  select: (at) => `t.dispute_id as "id", t.ledger_id as "ledgerId", ${ledger}, t.instalment_id as "instalmentId",
           t.amount_minor as "amountMinor", t.reason, t.raised_on as "raisedOn",
           ${once('resolved_on', at)} as "resolvedOn", ${once('outcome', at)} as "outcome"`,
  sort: { key: 't.raised_on', type: 'date', descending: true },
  id: 't.dispute_id',
  filters: { ...filtersOfAll, open: (value, at) => `((${once('resolved_on', at)}) is null) = ${value}::boolean` },
};

export const promiseList: ListDefinition = {
  ...ofAccounts(newestOf('promise_changes')),
  route: '/v1/promises',
  action: 'receivables.read',
  from: (at) => `receivables.promises t cross join ${last('promise_changes', 'x.promise_id = t.promise_id', at)} c`,
  select: () => `t.promise_id as "id", t.ledger_id as "ledgerId", ${ledger}, ${money('t.amount_minor')} as "amount",
           t.made_on as "madeOn", t.promised_on as "promisedOn", t.grace_days as "graceDays", c.status`,
  sort: { key: 't.promised_on', type: 'date', descending: true },
  id: 't.promise_id',
  filters: { ...filtersOfAll, status: equals('c.status') },
};

export const noticeList: ListDefinition = {
  ...ofAccounts(newestOf('notices')),
  route: '/v1/dunning/notices',
  action: 'dunning.read',
  from: () => 'receivables.notices t left join receivables.ledger_accounts a on a.account_id = t.account_id',
  select: () => `t.notice_id as "id", t.case_id as "caseId", t.ledger_id as "ledgerId", ${ledger},
           a.number as "accountNumber", t.notice_date as "date", t.level, t.items,
           ${money('t.net_minor')} as "net", ${money('t.fee_minor')} as "fee", t.policy_version as "policyVersion"`,
  sort: { key: `(t.notice_date::text || ' ' || coalesce(a.number, '')) collate "C"`, type: 'text', descending: false },
  id: 't.notice_id',
  filters: {
    ...filtersOfAll,
    caseId: equals('t.case_id', 'uuid'),
    from: (value) => `t.notice_date >= ${value}::date`,
    to: (value) => `t.notice_date <= ${value}::date`,
    level: equals('t.level', 'integer'),
  },
};

export const dunningCaseList: ListDefinition = {
  ...ofAccounts(newestOf('dunning_cases'), newestOf('notices'), newestOf('case_changes')),
  route: '/v1/dunning/cases',
  action: 'dunning.read',
  from: (at) => `receivables.dunning_cases t left join receivables.ledger_accounts a on a.account_id = t.account_id
    left join ${last('case_changes', 'x.case_id = t.case_id', at)} c on true
    cross join lateral (
      select count(*)::integer as notices, max(n.notice_date) as last_notice_on,
             coalesce((array_agg(n.level order by n.recorded_at desc, n.notice_date desc))[1], 0) as level
        from receivables.notices n where n.case_id = t.case_id and n.recorded_at <= ${at.known}) n`,
  select: () => `t.case_id as "id", t.ledger_id as "ledgerId", ${ledger}, a.number as "accountNumber",
           t.opened_on as "openedOn", c.closed_on as "closedOn", n.level, n.notices,
           n.last_notice_on as "lastNoticeOn", t.policy_version as "policyVersion"`,
  sort: { key: 't.opened_on', type: 'date', descending: true },
  id: 't.case_id',
  filters: { ...filtersOfAll, open: whether('c.closed_on is null') },
};

export const ledgerList: ListDefinition = {
  ...ofAccounts(newestOf('ledgers')),
  route: '/v1/ledgers',
  action: 'receivables.read',
  projection: ledgerDirectory.name,
  from: () => 'receivables.ledgers t left join receivables.ledger_accounts a on a.account_id = t.account_id',
  select: () => `t.ledger_id as "id", ${ledger}, a.number as "accountNumber"`,
  sort: { key: `(coalesce(a.number, '')) collate "C"`, type: 'text', descending: false },
  id: 't.ledger_id',
  filters: { ...filtersOfAll, accountNumber: equals('a.number') },
};
