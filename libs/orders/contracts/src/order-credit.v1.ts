import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { EXAMPLE_ACCOUNT, EXAMPLE_ORDER } from './lines.ts';
import { service } from './service.ts';

const orderFields = {
  orderId: schema.uuid(),
  entityId: schema.text(),
  accountId: schema.uuid(),
  businessDate: schema.date(),
};
const exampleOrder = { orderId: EXAMPLE_ORDER, entityId: 'main', accountId: EXAMPLE_ACCOUNT };

export const creditRequested = defineContract(
  service,
  'credit-requested',
  1,
  'An order asks receivables to reserve credit for what it has not yet delivered. Answered once per attempt.',
  schema.object({
    ...orderFields,
    attempt: schema.integer('1, 2, 3 … within the order; the answer names it'),
    amount: schema.moneySchema,
  }),
  {
    ...exampleOrder,
    attempt: 1,
    amount: { amountMinor: 1_373_985, currency: 'USD' },
    businessDate: '2026-03-16',
  },
);
export type CreditRequestedV1 = ContractData<typeof creditRequested>;

export const orderConfirmed = defineContract(
  service,
  'order-confirmed',
  1,
  'Credit was reserved: the order binds us, and may be delivered.',
  schema.object({ ...orderFields, attempt: schema.integer() }),
  { ...exampleOrder, attempt: 1, businessDate: '2026-03-16' },
);
export type OrderConfirmedV1 = ContractData<typeof orderConfirmed>;

export const orderHeld = defineContract(
  service,
  'order-held',
  1,
  'Credit was refused: nothing is delivered until another attempt succeeds.',
  schema.object({
    ...orderFields,
    attempt: schema.integer(),
    code: schema.text('why, as receivables named it'),
    sentence: schema.text('why, for a person'),
  }),
  {
    ...exampleOrder,
    attempt: 1,
    code: 'CreditLimitExceeded',
    sentence: 'The order would raise the exposure to 25 000.00 USD, above the limit of 20 000.00 USD.',
    businessDate: '2026-03-16',
  },
);
export type OrderHeldV1 = ContractData<typeof orderHeld>;
