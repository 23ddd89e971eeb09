import { schema } from '@kontor/kernel';

/** What every contract of a ledger carries: whose ledger it is, and the business date that figures go by. */
export const ledgerFields = {
  accountId: schema.uuid(),
  entityId: schema.text('legal entity'),
  currency: schema.text('ISO 4217; the currency of the ledger'),
  businessDate: schema.date('the date figures go by, in the time zone of the legal entity'),
};

export const allocationSchema = schema.object({
  component: schema.oneOf(['principal', 'fee', 'interest'], 'which part of the debt is settled'),
  instalmentId: schema.nullable(schema.uuid('set for principal, and for interest on an instalment')),
  chargeId: schema.nullable(schema.uuid('set for fees and interest')),
  amountMinor: schema.integer('minor units, positive'),
});

export const instalmentSchema = schema.object({
  instalmentId: schema.uuid(),
  ordinal: schema.integer('1 for the first instalment of the invoice'),
  dueDate: schema.date(),
  amountMinor: schema.integer('minor units'),
});

export const invoiceLineSchema = schema.object({
  lineId: schema.integer(),
  sku: schema.nullable(schema.text()),
  description: schema.text(),
  quantity: schema.scaledSchema,
  amountMinor: schema.integer('minor units'),
});

export const SERVICE = 'receivables';

/** Ids used by the examples: one account, one order, one invoice, told from order to release. */
export const EXAMPLE = {
  ledger: {
    accountId: '0b5c6a1e-6a0b-5f0e-9a55-3c5f2f6d1a01',
    entityId: 'main',
    currency: 'USD',
    businessDate: '2026-03-02',
  },
  orderId: '3f0c7c52-8a54-5a3f-8d07-0f4c0a6b2b11',
  deliveryId: '8f8e0d0a-0d2c-5b0b-9f0a-8d6f3b1f7c21',
  invoiceId: 'c1b3c9a4-7b55-5e0a-8a4e-5d2b7e9f0a31',
  instalmentId: 'd4a0b7e6-2f9c-5c1d-b1c7-7e3f9a8b6c41',
  paymentId: 'e7c5d2f1-4b3a-5d2e-a9b8-6c4d2e0f1a51',
  creditNoteId: 'a9d4e3c2-1b0f-5e3f-8c7d-9b8a7c6d5e61',
  disputeId: 'b2e1f0d9-8c7b-5a4d-9e6f-1a2b3c4d5e71',
  promiseId: 'f6a5b4c3-d2e1-5f5e-a0b1-c2d3e4f5a681',
  caseId: '1a2b3c4d-5e6f-5a7b-8c9d-0e1f2a3b4c91',
  noticeId: '2b3c4d5e-6f7a-5b8c-9d0e-1f2a3b4c5da1',
  chargeId: '3c4d5e6f-7a8b-5c9d-ae1f-2a3b4c5d6eb1',
  policyId: '4d5e6f7a-8b9c-5dae-bf2a-3b4c5d6e7fc1',
  contactId: '5e6f7a8b-9cad-5ebf-802b-4c5d6e7f8ad1',
} as const;
