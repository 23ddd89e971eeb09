import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { EXAMPLE, ledgerFields, SERVICE } from './shared.ts';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

export const creditLimitSet = defineContract(
  SERVICE,
  'credit-limit-set',
  1,
  'The credit limit of an account in one currency and legal entity was set; it replaces the one before.',
  schema.object({
    ...ledgerFields,
    limit: schema.moneySchema,
    validUntil: schema.nullable(schema.date('last day of validity; null: until replaced')),
  }),
  { ...EXAMPLE.ledger, limit: usd(2_500_000), validUntil: '2026-12-31' },
);
export type CreditLimitSetV1 = ContractData<typeof creditLimitSet>;

export const creditReserved = defineContract(
  SERVICE,
  'credit-reserved',
  1,
  'Credit was reserved for an order: its amount counts in the exposure from now on.',
  schema.object({
    ...ledgerFields,
    orderId: schema.uuid(),
    attempt: schema.integer('1 for the first request of the order'),
    amount: schema.moneySchema,
    exposure: schema.moneySchema,
    limit: schema.nullable(schema.moneySchema),
  }),
  {
    ...EXAMPLE.ledger,
    orderId: EXAMPLE.orderId,
    attempt: 1,
    amount: usd(120_000),
    exposure: usd(870_000),
    limit: usd(2_500_000),
  },
);
export type CreditReservedV1 = ContractData<typeof creditReserved>;

export const creditRefused = defineContract(
  SERVICE,
  'credit-refused',
  1,
  'Credit for an order was refused, with the reason and the figures it was decided on. Exposure is without the order.',
  schema.object({
    ...ledgerFields,
    orderId: schema.uuid(),
    attempt: schema.integer(),
    code: schema.text('CreditLimitExceeded, NoCreditLimit, CreditLimitExpired or AccountRestricted'),
    sentence: schema.text(),
    amount: schema.moneySchema,
    exposure: schema.moneySchema,
    limit: schema.nullable(schema.moneySchema),
  }),
  {
    ...EXAMPLE.ledger,
    orderId: EXAMPLE.orderId,
    attempt: 1,
    code: 'CreditLimitExceeded',
    sentence: 'The order would raise the exposure above the credit limit.',
    amount: usd(120_000),
    exposure: usd(2_400_000),
    limit: usd(2_500_000),
  },
);
export type CreditRefusedV1 = ContractData<typeof creditRefused>;

export const creditReleased = defineContract(
  SERVICE,
  'credit-released',
  1,
  'What was still reserved for an order was released: cancelled, closed short or delivered in full for less.',
  schema.object({ ...ledgerFields, orderId: schema.uuid(), amount: schema.moneySchema }),
  { ...EXAMPLE.ledger, orderId: EXAMPLE.orderId, amount: usd(120_000) },
);
export type CreditReleasedV1 = ContractData<typeof creditReleased>;

export const deliveryUnbilled = defineContract(
  SERVICE,
  'delivery-unbilled',
  1,
  'A delivery was entered: its amount moved from the reservation to unbilled deliveries, until its invoice opens items.',
  schema.object({
    ...ledgerFields,
    orderId: schema.uuid(),
    deliveryId: schema.uuid(),
    amount: schema.moneySchema,
    reservationUsed: schema.moneySchema,
  }),
  {
    ...EXAMPLE.ledger,
    orderId: EXAMPLE.orderId,
    deliveryId: EXAMPLE.deliveryId,
    amount: usd(60_000),
    reservationUsed: usd(60_000),
  },
);
export type DeliveryUnbilledV1 = ContractData<typeof deliveryUnbilled>;
