import type { ListDefinition } from './list.query.ts';

const money = (column: string) => `jsonb_build_object('amountMinor', ${column}, 'currency', t.currency)`;
const ledger = `t.account_id as "accountId", t.entity_id as "entityId", t.currency`;
const filtersOfAll = { accountId: 't.account_id = ?::uuid', entityId: 't.entity_id = ?', currency: 't.currency = ?' };

/** Facets side by side: issued × paid × overdue, so that none hides another. */
export const invoiceList: ListDefinition = {
  route: '/v1/invoices',
  action: 'receivables.read',
  projection: 'receivables_lists',
  from: `receivables.invoices t left join lateral (
           select sum(i.open_minor)::bigint as open_minor, min(i.due_date) filter (where i.open_minor > 0) as next_due,
                  max(i.level) as level
             from receivables.open_items i where i.invoice_id = t.invoice_id) o on true`,
  select: `t.invoice_id as "id", t.number, ${ledger}, t.order_id as "orderId", t.delivery_id as "deliveryId",
           t.invoice_date as "invoiceDate", ${money('t.total_minor')} as "total",
           ${money('coalesce(o.open_minor, 0)')} as "open", o.next_due as "nextDueDate",
           t.number is not null as "issued", coalesce(o.open_minor = 0, false) as "paid",
           coalesce(o.level, 0) as "dunningLevel", t.external_id as "externalId"`,
  sortKey: 't.invoice_date::text',
  id: 't.invoice_id',
  descending: true,
  filters: {
    ...filtersOfAll,
    number: 't.number = ?',
    orderId: 't.order_id = ?::uuid',
    deliveryId: 't.delivery_id = ?::uuid',
    externalId: 't.external_id = ?',
    open: '(coalesce(o.open_minor, 0) > 0) = ?::boolean',
  },
};

export const paymentList: ListDefinition = {
  route: '/v1/payments',
  action: 'receivables.read',
  projection: 'receivables_lists',
  from: 'receivables.payments t',
  select: `t.payment_id as "id", t.ledger_id as "ledgerId", ${ledger}, t.value_date as "valueDate",
           ${money('t.amount_minor')} as "amount", ${money('t.unallocated_minor')} as "unallocated",
           t.reference, t.reversed_on as "reversedOn"`,
  sortKey: 't.value_date::text',
  id: 't.payment_id',
  descending: true,
  filters: filtersOfAll,
};

export const creditNoteList: ListDefinition = {
  route: '/v1/credit-notes',
  action: 'receivables.read',
  projection: 'receivables_lists',
  from: 'receivables.credit_notes t',
  select: `t.credit_note_id as "id", t.number, ${ledger}, t.invoice_id as "invoiceId",
           t.business_date as "businessDate", ${money('t.amount_minor')} as "amount", t.reason`,
  sortKey: 't.business_date::text',
  id: 't.credit_note_id',
  descending: true,
  filters: { ...filtersOfAll, number: 't.number = ?', invoiceId: 't.invoice_id = ?::uuid' },
};

export const disputeList: ListDefinition = {
  route: '/v1/disputes',
  action: 'receivables.read',
  projection: 'receivables_lists',
  from: 'receivables.disputes t',
  select: `t.dispute_id as "id", t.ledger_id as "ledgerId", ${ledger}, t.instalment_id as "instalmentId",
           t.amount_minor as "amountMinor", t.reason, t.raised_on as "raisedOn",
           t.resolved_on as "resolvedOn", t.outcome`,
  sortKey: 't.raised_on::text',
  id: 't.dispute_id',
  descending: true,
  filters: { ...filtersOfAll, open: '(t.resolved_on is null) = ?::boolean' },
};

export const promiseList: ListDefinition = {
  route: '/v1/promises',
  action: 'receivables.read',
  projection: 'receivables_lists',
  from: 'receivables.promises t',
  select: `t.promise_id as "id", t.ledger_id as "ledgerId", ${ledger}, ${money('t.amount_minor')} as "amount",
           t.made_on as "madeOn", t.promised_on as "promisedOn", t.grace_days as "graceDays", t.status`,
  sortKey: 't.promised_on::text',
  id: 't.promise_id',
  descending: true,
  filters: { ...filtersOfAll, status: 't.status = ?' },
};

export const noticeList: ListDefinition = {
  route: '/v1/dunning/notices',
  action: 'dunning.read',
  projection: 'receivables_lists',
  from: 'receivables.notices t left join receivables.ledger_accounts a on a.account_id = t.account_id',
  select: `t.notice_id as "id", t.case_id as "caseId", t.ledger_id as "ledgerId", ${ledger},
           a.number as "accountNumber", t.notice_date as "date", t.level, t.items,
           ${money('t.net_minor')} as "net", ${money('t.fee_minor')} as "fee", t.policy_version as "policyVersion"`,
  sortKey: `t.notice_date::text || ' ' || coalesce(a.number, '')`,
  id: 't.notice_id',
  descending: false,
  filters: {
    ...filtersOfAll,
    caseId: 't.case_id = ?::uuid',
    from: 't.notice_date >= ?::date',
    to: 't.notice_date <= ?::date',
    level: 't.level = ?::integer',
  },
};

export const dunningCaseList: ListDefinition = {
  route: '/v1/dunning/cases',
  action: 'dunning.read',
  projection: 'receivables_lists',
  from: 'receivables.dunning_cases t left join receivables.ledger_accounts a on a.account_id = t.account_id',
  select: `t.case_id as "id", t.ledger_id as "ledgerId", ${ledger}, a.number as "accountNumber",
           t.opened_on as "openedOn", t.closed_on as "closedOn", t.level, t.notices,
           t.last_notice_on as "lastNoticeOn", t.policy_version as "policyVersion"`,
  sortKey: 't.opened_on::text',
  id: 't.case_id',
  descending: true,
  filters: { ...filtersOfAll, open: '(t.closed_on is null) = ?::boolean' },
};

export const ledgerList: ListDefinition = {
  route: '/v1/ledgers',
  action: 'receivables.read',
  projection: 'ledger_directory',
  from: 'receivables.ledgers t left join receivables.ledger_accounts a on a.account_id = t.account_id',
  select: `t.ledger_id as "id", ${ledger}, a.number as "accountNumber"`,
  sortKey: `coalesce(a.number, '')`,
  id: 't.ledger_id',
  descending: false,
  filters: { ...filtersOfAll, accountNumber: 'a.number = ?' },
};
