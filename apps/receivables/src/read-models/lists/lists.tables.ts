import { knownColumns } from '@kontor/http';
import type { Table } from '@kontor/projections';

const ledger = {
  ledger_id: { type: 'uuid', comment: 'Ledger.' },
  account_id: { type: 'uuid', comment: 'Account.' },
  entity_id: { type: 'text', comment: 'Legal entity.' },
  currency: { type: 'text', comment: 'Currency, ISO 4217.' },
} as const;
const { recorded_at } = knownColumns;
const recorded = { recorded_at } as const;
/** What changes but once needs no row of its own: until then it was open. Last, as the views of analysts only gain columns. */
const changed = {
  changed_at: { type: 'timestamptz', comment: 'When it was changed last, first of all recorded.' },
} as const;
const minor = (comment: string) => ({ type: 'bigint', comment: `${comment} in minor units.` }) as const;

export const invoices: Table = {
  comment: 'Invoices and their drafts.',
  key: ['invoice_id'],
  columns: {
    invoice_id: { type: 'uuid', comment: 'Invoice.' },
    number: { type: 'text', nullable: true, comment: 'Number; null for a draft.' },
    account_id: ledger.account_id,
    entity_id: ledger.entity_id,
    currency: ledger.currency,
    order_id: { type: 'uuid', nullable: true, comment: 'Order it bills.' },
    delivery_id: { type: 'uuid', nullable: true, comment: 'Delivery it bills.' },
    invoice_date: { type: 'date', comment: 'Invoice date.' },
    total_minor: minor('Total'),
    external_id: { type: 'text', nullable: true, comment: 'Number in the system it was imported from.' },
    ...recorded,
    ...changed,
  },
  indexes: ['number', 'account_id', 'order_id', 'invoice_date, invoice_id', 'changed_at'],
};

export const openItems: Table = {
  comment: 'Instalments of issued invoices with what is open of them now.',
  key: ['instalment_id'],
  columns: {
    instalment_id: { type: 'uuid', comment: 'Instalment.' },
    invoice_id: { type: 'uuid', comment: 'Invoice.' },
    ...ledger,
    due_date: { type: 'date', comment: 'Due date.' },
    amount_minor: minor('Amount'),
    open_minor: minor('Open principal'),
    level: { type: 'integer', comment: 'Dunning level reached.' },
    ...recorded,
    ...changed,
  },
  indexes: ['invoice_id', 'account_id', 'recorded_at'],
};

export const itemChanges: Table = {
  comment:
    'What changed about instalments after they were opened, one row per change: settled principal, dunning level.',
  key: ['instalment_id', 'revision'],
  columns: {
    instalment_id: { type: 'uuid', comment: 'Instalment.' },
    ...knownColumns,
    settled_minor: minor('Principal settled with it, negative where it was taken back,'),
    level: { type: 'integer', nullable: true, comment: 'Dunning level from then on; null: as before.' },
  },
  indexes: ['recorded_at'],
};

export const payments: Table = {
  comment: 'Payments, with what is left of them as credit on account.',
  key: ['payment_id'],
  columns: {
    payment_id: { type: 'uuid', comment: 'Payment.' },
    ...ledger,
    value_date: { type: 'date', comment: 'Value date.' },
    amount_minor: minor('Amount'),
    unallocated_minor: minor('Credit on account'),
    reference: { type: 'text', nullable: true, comment: "The payer's reference." },
    reversed_on: { type: 'date', nullable: true, comment: 'Business date of the reversal.' },
    ...recorded,
  },
  indexes: ['account_id', 'value_date, payment_id'],
};

export const creditChanges: Table = {
  comment: 'Credit on account that a payment or credit note has left, one row per change, the first one included.',
  key: ['source_id', 'revision'],
  columns: {
    source_id: { type: 'uuid', comment: 'Payment or credit note.' },
    ...knownColumns,
    unallocated_minor: minor('Credit on account from then on'),
    reversed_on: { type: 'date', nullable: true, comment: 'Business date of the reversal; null: it holds.' },
  },
  indexes: ['recorded_at'],
};

export const creditNotes: Table = {
  comment: 'Credit notes and their drafts.',
  key: ['credit_note_id'],
  columns: {
    credit_note_id: { type: 'uuid', comment: 'Credit note.' },
    number: { type: 'text', nullable: true, comment: 'Number; null for a draft.' },
    invoice_id: { type: 'uuid', comment: 'Invoice it credits.' },
    account_id: ledger.account_id,
    entity_id: ledger.entity_id,
    currency: ledger.currency,
    business_date: { type: 'date', comment: 'Date of the credit note.' },
    amount_minor: minor('Amount'),
    reason: { type: 'text', comment: 'Why.' },
    ...recorded,
    ...changed,
  },
  indexes: ['number', 'account_id', 'invoice_id', 'changed_at'],
};

export const disputes: Table = {
  comment: 'Disputes about instalments.',
  key: ['dispute_id'],
  columns: {
    dispute_id: { type: 'uuid', comment: 'Dispute.' },
    ...ledger,
    instalment_id: { type: 'uuid', comment: 'Instalment.' },
    amount_minor: { type: 'bigint', nullable: true, comment: 'Disputed part in minor units; null: the whole.' },
    reason: { type: 'text', comment: 'Why.' },
    raised_on: { type: 'date', comment: 'First day.' },
    resolved_on: { type: 'date', nullable: true, comment: 'First day after it.' },
    outcome: { type: 'text', nullable: true, comment: 'How it ended.' },
    ...recorded,
    ...changed,
  },
  indexes: ['account_id', 'raised_on, dispute_id', 'changed_at'],
};

export const promises: Table = {
  comment: 'Promises to pay.',
  key: ['promise_id'],
  columns: {
    promise_id: { type: 'uuid', comment: 'Promise.' },
    ...ledger,
    amount_minor: minor('Amount promised'),
    made_on: { type: 'date', comment: 'Day on which it was made.' },
    promised_on: { type: 'date', comment: 'Day by which the money is promised.' },
    grace_days: { type: 'integer', comment: 'Days of grace after that.' },
    status: { type: 'text', comment: 'open, kept or broken.' },
    ...recorded,
  },
  indexes: ['account_id', 'promised_on, promise_id'],
};

export const promiseChanges: Table = {
  comment: 'How promises stand, one row per change, the first one included.',
  key: ['promise_id', 'revision'],
  columns: {
    promise_id: { type: 'uuid', comment: 'Promise.' },
    ...knownColumns,
    status: { type: 'text', comment: 'open, kept or broken from then on.' },
  },
  indexes: ['recorded_at'],
};

export const notices: Table = {
  comment: 'Dunning notices as decided.',
  key: ['notice_id'],
  columns: {
    notice_id: { type: 'uuid', comment: 'Notice.' },
    case_id: { type: 'uuid', comment: 'Case.' },
    ...ledger,
    notice_date: { type: 'date', comment: 'Date of the notice.' },
    level: { type: 'integer', comment: 'Highest item level listed.' },
    items: { type: 'integer', comment: 'Item lines.' },
    net_minor: minor('Sum of the items'),
    fee_minor: minor('Fee'),
    policy_version: { type: 'integer', comment: 'Version of the policy.' },
    ...recorded,
  },
  indexes: ['account_id', 'case_id', 'notice_date, notice_id', 'recorded_at'],
};

export const dunningCases: Table = {
  comment: 'Dunning cases: from the first notice until nothing of it is open and overdue.',
  key: ['case_id'],
  columns: {
    case_id: { type: 'uuid', comment: 'Case.' },
    ...ledger,
    opened_on: { type: 'date', comment: 'Date of the first notice.' },
    closed_on: { type: 'date', nullable: true, comment: 'Date on which it was closed.' },
    level: { type: 'integer', comment: 'Highest level of its last notice.' },
    last_notice_on: { type: 'date', nullable: true, comment: 'Date of its last notice.' },
    notices: { type: 'integer', comment: 'Notices issued.' },
    policy_version: { type: 'integer', comment: 'Version of the policy it was opened with.' },
    ...recorded,
  },
  indexes: ['account_id', 'opened_on, case_id', 'recorded_at'],
};

export const caseChanges: Table = {
  comment:
    'Dunning cases that were closed or reopened, one row per change; what was decided in them is among the notices.',
  key: ['case_id', 'revision'],
  columns: {
    case_id: { type: 'uuid', comment: 'Case.' },
    ...knownColumns,
    closed_on: { type: 'date', nullable: true, comment: 'Date on which it was closed; null: reopened.' },
  },
  indexes: ['recorded_at'],
};
