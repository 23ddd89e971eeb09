import { equals, type ListDefinition, type ListFilter } from '@kontor/http';

const money = (column: string) => `json_build_object('amountMinor', ${column}, 'currency', t.currency)`;
const ledger = `t.account_id as "accountId", t.entity_id as "entityId", t.currency`;
const filtersOfAll = {
  accountId: equals('t.account_id', 'uuid'),
  entityId: equals('t.entity_id'),
  currency: equals('t.currency'),
};
/** A condition that holds or, asked the other way round, does not. */
const whether = (condition: string): ListFilter => equals(`(${condition})`, 'boolean');

/** What all lists here have in common: a table with the alias `t`, with an account and the time of its recording. */
const ofAccounts = (table: string) => ({
  projection: 'receivables_lists',
  owned: (owners: string) => `exists (select 1 from receivables.account_owners o
    where o.account_id = t.account_id and o.owner_id = any(${owners}))`,
  recordedAt: 't.recorded_at',
  newest: [`select max(recorded_at) from receivables.${table}`],
});

/** Facets side by side: issued × paid × overdue, so that none hides another. */
export const invoiceList: ListDefinition = {
  ...ofAccounts('invoices'),
  route: '/v1/invoices',
  action: 'receivables.read',
  from: () => `receivables.invoices t left join lateral (
           select sum(i.open_minor)::bigint as open_minor, min(i.due_date) filter (where i.open_minor > 0) as next_due,
                  max(i.level) as level
             from receivables.open_items i where i.invoice_id = t.invoice_id) o on true`,
  select: () => `t.invoice_id as "id", t.number, ${ledger}, t.order_id as "orderId", t.delivery_id as "deliveryId",
           t.invoice_date as "invoiceDate", ${money('t.total_minor')} as "total",
           ${money('coalesce(o.open_minor, 0)')} as "open", o.next_due as "nextDueDate",
           t.number is not null as "issued", coalesce(o.open_minor = 0, false) as "paid",
           coalesce(o.level, 0) as "dunningLevel", t.external_id as "externalId"`,
  sort: { key: 't.invoice_date', type: 'date', descending: true },
  id: 't.invoice_id',
  filters: {
    ...filtersOfAll,
    number: equals('t.number'),
    orderId: equals('t.order_id', 'uuid'),
    deliveryId: equals('t.delivery_id', 'uuid'),
    externalId: equals('t.external_id'),
    open: whether('coalesce(o.open_minor, 0) > 0'),
  },
};

export const paymentList: ListDefinition = {
  ...ofAccounts('payments'),
  route: '/v1/payments',
  action: 'receivables.read',
  from: () => 'receivables.payments t',
  select: () => `t.payment_id as "id", t.ledger_id as "ledgerId", ${ledger}, t.value_date as "valueDate",
           ${money('t.amount_minor')} as "amount", ${money('t.unallocated_minor')} as "unallocated",
           t.reference, t.reversed_on as "reversedOn"`,
  sort: { key: 't.value_date', type: 'date', descending: true },
  id: 't.payment_id',
  filters: filtersOfAll,
};

export const creditNoteList: ListDefinition = {
  ...ofAccounts('credit_notes'),
  route: '/v1/credit-notes',
  action: 'receivables.read',
  from: () => 'receivables.credit_notes t',
  select: () => `t.credit_note_id as "id", t.number, ${ledger}, t.invoice_id as "invoiceId",
           t.business_date as "businessDate", ${money('t.amount_minor')} as "amount", t.reason`,
  sort: { key: 't.business_date', type: 'date', descending: true },
  id: 't.credit_note_id',
  filters: { ...filtersOfAll, number: equals('t.number'), invoiceId: equals('t.invoice_id', 'uuid') },
};

export const disputeList: ListDefinition = {
  ...ofAccounts('disputes'),
  route: '/v1/disputes',
  action: 'receivables.read',
  from: () => 'receivables.disputes t',
  select: () => `t.dispute_id as "id", t.ledger_id as "ledgerId", ${ledger}, t.instalment_id as "instalmentId",
           t.amount_minor as "amountMinor", t.reason, t.raised_on as "raisedOn",
           t.resolved_on as "resolvedOn", t.outcome`,
  sort: { key: 't.raised_on', type: 'date', descending: true },
  id: 't.dispute_id',
  filters: { ...filtersOfAll, open: whether('t.resolved_on is null') },
};

export const promiseList: ListDefinition = {
  ...ofAccounts('promises'),
  route: '/v1/promises',
  action: 'receivables.read',
  from: () => 'receivables.promises t',
  select: () => `t.promise_id as "id", t.ledger_id as "ledgerId", ${ledger}, ${money('t.amount_minor')} as "amount",
           t.made_on as "madeOn", t.promised_on as "promisedOn", t.grace_days as "graceDays", t.status`,
  sort: { key: 't.promised_on', type: 'date', descending: true },
  id: 't.promise_id',
  filters: { ...filtersOfAll, status: equals('t.status') },
};

export const noticeList: ListDefinition = {
  ...ofAccounts('notices'),
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
  ...ofAccounts('dunning_cases'),
  route: '/v1/dunning/cases',
  action: 'dunning.read',
  from: () => 'receivables.dunning_cases t left join receivables.ledger_accounts a on a.account_id = t.account_id',
  select: () => `t.case_id as "id", t.ledger_id as "ledgerId", ${ledger}, a.number as "accountNumber",
           t.opened_on as "openedOn", t.closed_on as "closedOn", t.level, t.notices,
           t.last_notice_on as "lastNoticeOn", t.policy_version as "policyVersion"`,
  sort: { key: 't.opened_on', type: 'date', descending: true },
  id: 't.case_id',
  filters: { ...filtersOfAll, open: whether('t.closed_on is null') },
};

export const ledgerList: ListDefinition = {
  ...ofAccounts('ledgers'),
  route: '/v1/ledgers',
  action: 'receivables.read',
  projection: 'ledger_directory',
  from: () => 'receivables.ledgers t left join receivables.ledger_accounts a on a.account_id = t.account_id',
  select: () => `t.ledger_id as "id", ${ledger}, a.number as "accountNumber"`,
  sort: { key: `(coalesce(a.number, '')) collate "C"`, type: 'text', descending: false },
  id: 't.ledger_id',
  filters: { ...filtersOfAll, accountNumber: equals('a.number') },
};
