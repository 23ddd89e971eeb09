import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';
import { PAYMENT_TERM_BASES } from './values.ts';

export const accountTermsSet = defineContract(
  service,
  'account-terms-set',
  1,
  'The one set of terms of an account with a legal entity, valid from a date until the next set. Read by orders and receivables.',
  schema.object({
    accountId: schema.uuid(),
    entityId: schema.text(),
    paymentTermDays: schema.integer('days after the base'),
    paymentTermBase: schema.oneOf(PAYMENT_TERM_BASES),
    priceColumn: schema.nullable(schema.text('column of the price list; null is the general one')),
    segment: schema.nullable(schema.text()),
    tier: schema.nullable(schema.text()),
    validFrom: schema.date(),
    businessDate: schema.date('equal to validFrom'),
  }),
  {
    accountId: '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11',
    entityId: 'main',
    paymentTermDays: 30,
    paymentTermBase: 'invoice-date',
    priceColumn: 'wholesale',
    segment: 'corporate',
    tier: 'key',
    validFrom: '2026-07-01',
    businessDate: '2026-07-01',
  },
);
export type AccountTermsSet = ContractData<typeof accountTermsSet>;
