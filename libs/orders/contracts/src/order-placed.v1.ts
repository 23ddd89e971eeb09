import { defineContract, schema, type ContractData } from '@kontor/kernel';
import {
  EXAMPLE_ACCOUNT,
  EXAMPLE_ORDER,
  EXAMPLE_QUOTE,
  exampleLine,
  paymentTermFields,
  pricedLineSchema,
} from './lines.ts';
import { service } from './service.ts';

export const orderPlaced = defineContract(
  service,
  'order-placed',
  1,
  'A client’s order was taken. It is binding for us only once it is confirmed, which follows the credit reservation.',
  schema.object({
    orderId: schema.uuid(),
    number: schema.text(),
    entityId: schema.text(),
    accountId: schema.uuid(),
    quoteId: schema.nullable(schema.uuid()),
    quoteVersion: schema.nullable(schema.integer()),
    opportunityId: schema.nullable(schema.uuid()),
    currency: schema.text('ISO 4217'),
    lines: schema.list(pricedLineSchema),
    total: schema.moneySchema,
    promisedDate: schema.nullable(schema.date()),
    ...paymentTermFields,
    externalId: schema.nullable(schema.text('the identity of the source it was imported from')),
    businessDate: schema.date(),
  }),
  {
    orderId: EXAMPLE_ORDER,
    number: 'O-2026-000123',
    entityId: 'main',
    accountId: EXAMPLE_ACCOUNT,
    quoteId: EXAMPLE_QUOTE,
    quoteVersion: 1,
    opportunityId: null,
    currency: 'USD',
    lines: [exampleLine],
    total: { amountMinor: 1_373_985, currency: 'USD' },
    promisedDate: '2026-03-31',
    paymentTermDays: 30,
    paymentTermBase: 'invoice-date',
    externalId: null,
    businessDate: '2026-03-16',
  },
);
export type OrderPlacedV1 = ContractData<typeof orderPlaced>;
