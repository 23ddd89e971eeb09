import type { Table } from '@kontor/projections';
import { factColumns } from '../facts.ts';

const ledger = {
  account_id: { type: 'uuid', comment: 'Account.' },
  entity_id: { type: 'text', comment: 'Legal entity.' },
  currency: { type: 'text', comment: 'Currency of the ledger, ISO 4217.' },
} as const;

/** Money is lines that are only added: what was open on any day, as known at any moment, is a sum. */
export const ledgerLines: Table = {
  comment: 'Every movement of money on a ledger, one row per component and item that an event moves.',
  // Positions rise, so that the key grows at its end.
  key: ['position', 'line'],
  columns: {
    ...factColumns,
    line: { type: 'integer', comment: 'Line within the event, from 0.' },
    ...ledger,
    component: {
      type: 'text',
      comment: 'principal, fee or interest (what is owed), or unallocated (credit on account, positive when it rises).',
    },
    item_id: { type: 'uuid', nullable: true, comment: 'Instalment or charge; null for unallocated.' },
    delta_minor: { type: 'bigint', comment: 'Change in minor units.' },
    movement: {
      type: 'text',
      comment: 'invoice, payment, allocation, reversal, credit-note, charge, reduction or waiver.',
    },
    document_id: { type: 'uuid', comment: 'Invoice, payment, credit note or charge that moved it.' },
  },
  indexes: ['account_id', 'item_id', 'recorded_at'],
};

export const items: Table = {
  comment:
    'What is or was owed: one row per instalment (component principal) and per fee or interest charge, with what is open now, future-dated movements included.',
  key: ['item_id'],
  columns: {
    item_id: { type: 'uuid', comment: 'Instalment or charge.' },
    ...ledger,
    component: { type: 'text', comment: 'principal, fee or interest.' },
    due_date: { type: 'date', comment: 'Due date.' },
    invoice_date: { type: 'date', nullable: true, comment: 'Invoice date of an instalment.' },
    invoice_id: { type: 'uuid', nullable: true, comment: 'Invoice of an instalment.' },
    invoice_number: { type: 'text', nullable: true, comment: 'Number of the invoice.' },
    ordinal: { type: 'integer', nullable: true, comment: 'Instalment within the invoice, from 1.' },
    external_id: { type: 'text', nullable: true, comment: 'Id in the system it was imported from.' },
    notice_id: { type: 'uuid', nullable: true, comment: 'Notice with which a charge was posted.' },
    amount_minor: { type: 'bigint', comment: 'Original amount in minor units.' },
    open_minor: { type: 'bigint', comment: 'Open now, in minor units.' },
    level: { type: 'integer', comment: 'Dunning level reached, 0 at first.' },
  },
  indexes: ['account_id', 'invoice_number'],
};

const begins = {
  begun_on: { type: 'date', comment: 'Business date of the beginning.' },
  begun_recorded_at: { type: 'timestamptz', comment: 'When the beginning was recorded.' },
  begun_event_id: { type: 'uuid', comment: 'Event of the beginning.' },
  begun_position: { type: 'bigint', comment: 'Position of that event in the receivables log.' },
} as const;
const ends = {
  ended_on: { type: 'date', nullable: true, comment: 'Business date of the end; null while it lasts.' },
  ended_recorded_at: { type: 'timestamptz', nullable: true, comment: 'When the end was recorded.' },
  ended_event_id: { type: 'uuid', nullable: true, comment: 'Event of the end.' },
  ended_position: { type: 'bigint', nullable: true, comment: 'Position of that event in the receivables log.' },
} as const;

export const overlayFacts: Table = {
  comment: 'Events of cases, disputes, promises and pauses, one row each: the moments from which their rows count.',
  key: ['position'],
  columns: {
    ...factColumns,
    ...ledger,
    overlay: { type: 'text', comment: 'case, dispute, promise or pause.' },
    overlay_id: { type: 'uuid', nullable: true, comment: 'Case, dispute or promise; the instalment of a pause.' },
    step: {
      type: 'text',
      comment: 'opened, closed, reopened, raised, resolved, made, kept, broken, paused or resumed.',
    },
    until: { type: 'date', nullable: true, comment: 'Last day of a pause.' },
  },
  indexes: ['account_id', 'recorded_at'],
};

export const cases: Table = {
  comment:
    'Dunning cases: one account, one currency, one legal entity, from the first notice until nothing is overdue.',
  key: ['case_id'],
  columns: {
    case_id: { type: 'uuid', comment: 'Case.' },
    ...ledger,
    policy_id: { type: 'uuid', comment: 'Dunning policy.' },
    policy_version: { type: 'integer', comment: 'Version of the policy that is pinned in the case.' },
    ...begins,
    ...ends,
  },
  indexes: ['account_id', 'begun_on'],
};

export const notices: Table = {
  comment: 'Notices as decided, one row each.',
  key: ['notice_id'],
  columns: {
    ...factColumns,
    notice_id: { type: 'uuid', comment: 'Notice.' },
    case_id: { type: 'uuid', comment: 'Case.' },
    ...ledger,
    level: { type: 'integer', comment: 'Highest item level listed.' },
    items: { type: 'integer', comment: 'Item lines listed.' },
    net_minor: { type: 'bigint', comment: 'Sum of the items listed, net, in minor units.' },
    fee_minor: { type: 'bigint', comment: 'Fee of the notice in minor units.' },
    interest_minor: { type: 'bigint', comment: 'Interest posted with the notice in minor units.' },
    policy_id: { type: 'uuid', comment: 'Dunning policy.' },
    policy_version: { type: 'integer', comment: 'Version of the policy.' },
    ledger_revision: { type: 'bigint', comment: 'Revision of the ledger on which it was decided.' },
  },
  indexes: ['account_id', 'case_id', 'business_date, notice_id', 'recorded_at'],
};

export const noticeItems: Table = {
  comment: 'Items listed in notices, with the dunning level before and after.',
  key: ['notice_id', 'item_id'],
  columns: {
    notice_id: { type: 'uuid', comment: 'Notice.' },
    item_id: { type: 'uuid', comment: 'Instalment.' },
    invoice_number: { type: 'text', comment: 'Number of the invoice.' },
    due_date: { type: 'date', comment: 'Due date.' },
    net_minor: { type: 'bigint', comment: 'Net open amount in minor units.' },
    level_before: { type: 'integer', comment: 'Level before the notice.' },
    level_after: { type: 'integer', comment: 'Level after the notice.' },
  },
  indexes: ['item_id'],
};

export const noticeDocuments: Table = {
  comment: 'Rendered notices: what was kept, and when it was released for sending.',
  key: ['notice_id'],
  columns: {
    notice_id: { type: 'uuid', comment: 'Notice.' },
    account_id: { type: 'uuid', comment: 'Account.' },
    contact_id: { type: 'uuid', nullable: true, comment: 'Dunning contact it is addressed to.' },
    content_hash: { type: 'text', comment: 'SHA-256 of the text, hexadecimal.' },
    media_type: { type: 'text', comment: 'Media type of the text.' },
    released_on: { type: 'date', nullable: true, comment: 'Day on which it was released for sending.' },
  },
};

export const disputes: Table = {
  comment: 'Disputes about instalments, whole or in part.',
  key: ['dispute_id'],
  columns: {
    dispute_id: { type: 'uuid', comment: 'Dispute.' },
    ...ledger,
    item_id: { type: 'uuid', comment: 'Instalment.' },
    amount_minor: { type: 'bigint', nullable: true, comment: 'Disputed part in minor units; null is the whole.' },
    outcome: { type: 'text', nullable: true, comment: 'How it ended.' },
    ...begins,
    ...ends,
  },
  indexes: ['account_id', 'item_id'],
};

export const promises: Table = {
  comment: 'Promises to pay.',
  key: ['promise_id'],
  columns: {
    promise_id: { type: 'uuid', comment: 'Promise.' },
    ...ledger,
    amount_minor: { type: 'bigint', comment: 'Amount promised in minor units.' },
    promised_on: { type: 'date', comment: 'Day by which the money is promised.' },
    grace_days: { type: 'integer', comment: 'Days of grace after that.' },
    outcome: { type: 'text', nullable: true, comment: 'kept or broken; null while it is open.' },
    ...begins,
    ...ends,
  },
  indexes: ['account_id'],
};

export const restrictions: Table = {
  comment: 'Restrictions and releases of accounts, one row per event.',
  key: ['position'],
  columns: {
    ...factColumns,
    ...ledger,
    restriction: { type: 'text', comment: 'block-new-orders or prepayment-only.' },
    restricted: { type: 'boolean', comment: 'True: imposed; false: lifted.' },
  },
  indexes: ['account_id', 'recorded_at'],
};
