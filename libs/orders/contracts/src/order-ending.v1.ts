import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { EXAMPLE_ACCOUNT, EXAMPLE_ORDER } from './lines.ts';
import { service } from './service.ts';

const endingFields = {
  orderId: schema.uuid(),
  entityId: schema.text(),
  accountId: schema.uuid(),
  undelivered: schema.moneySchema,
  reason: schema.text(),
  businessDate: schema.date(),
};
const example = {
  orderId: EXAMPLE_ORDER,
  entityId: 'main',
  accountId: EXAMPLE_ACCOUNT,
  undelivered: { amountMinor: 457_995, currency: 'USD' },
};

export const orderCancelled = defineContract(
  service,
  'order-cancelled',
  1,
  'What was not yet delivered of an order will not be; its credit reservation ends.',
  schema.object(endingFields),
  { ...example, reason: 'The client closed the branch', businessDate: '2026-03-20' },
);
export type OrderCancelledV1 = ContractData<typeof orderCancelled>;

export const orderClosedShort = defineContract(
  service,
  'order-closed-short',
  1,
  'A partly delivered order counts as done; the rest will not be delivered and its credit reservation ends.',
  schema.object(endingFields),
  { ...example, reason: 'The last piece is no longer made', businessDate: '2026-04-20' },
);
export type OrderClosedShortV1 = ContractData<typeof orderClosedShort>;

export const orderReopened = defineContract(
  service,
  'order-reopened',
  1,
  'A cancelled or short-closed order is wanted after all. It asks for credit again and is not confirmed before the answer.',
  schema.object(endingFields),
  { ...example, reason: 'Cancelled by mistake', businessDate: '2026-03-21' },
);
export type OrderReopenedV1 = ContractData<typeof orderReopened>;
