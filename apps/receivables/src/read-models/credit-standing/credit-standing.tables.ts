import type { Table } from '@kontor/projections';

const ledgerId = { type: 'uuid', comment: 'Ledger.' } as const;

export const creditStanding: Table = {
  comment: 'Credit limit of each ledger and what is owed on it now, future-dated movements included.',
  key: ['ledger_id'],
  columns: {
    ledger_id: ledgerId,
    account_id: { type: 'uuid', comment: 'Account.' },
    entity_id: { type: 'text', comment: 'Legal entity.' },
    currency: { type: 'text', comment: 'Currency, ISO 4217.' },
    limit_minor: { type: 'bigint', nullable: true, comment: 'Credit limit in minor units; null: none was set.' },
    limit_valid_until: { type: 'date', nullable: true, comment: 'Last day of the limit; null: without end.' },
    principal_minor: { type: 'bigint', comment: 'Open principal in minor units.' },
    charges_minor: { type: 'bigint', comment: 'Open fees and interest in minor units.' },
    unallocated_minor: { type: 'bigint', comment: 'Credit on account in minor units.' },
    restriction: { type: 'text', nullable: true, comment: 'block-new-orders or prepayment-only; null: none.' },
  },
  indexes: ['account_id'],
};

export const orderCredit: Table = {
  comment: 'What orders have reserved of a credit limit.',
  key: ['order_id'],
  columns: {
    order_id: { type: 'uuid', comment: 'Order.' },
    ledger_id: ledgerId,
    reserved_minor: { type: 'bigint', comment: 'Still reserved, in minor units; 0 once it is delivered or released.' },
  },
  indexes: ['ledger_id'],
};

export const deliveryCredit: Table = {
  comment: 'What was delivered and is not invoiced yet.',
  key: ['delivery_id'],
  columns: {
    delivery_id: { type: 'uuid', comment: 'Delivery.' },
    ledger_id: ledgerId,
    billed: { type: 'boolean', comment: 'Invoiced.' },
    unbilled_minor: { type: 'bigint', comment: 'Not yet invoiced, in minor units; 0 once it is.' },
  },
  indexes: ['ledger_id'],
};
