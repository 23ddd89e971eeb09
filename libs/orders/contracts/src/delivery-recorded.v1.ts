import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { EXAMPLE_ACCOUNT, EXAMPLE_DELIVERY, EXAMPLE_ORDER, exampleLine, paymentTermFields } from './lines.ts';
import { service } from './service.ts';

export const deliveryRecorded = defineContract(
  service,
  'delivery-recorded',
  1,
  'Goods or services of a confirmed order reached the client, wholly or in part.',
  schema.object({
    deliveryId: schema.uuid(),
    orderId: schema.uuid(),
    number: schema.text('the delivery’s own number'),
    orderNumber: schema.text(),
    entityId: schema.text(),
    accountId: schema.uuid(),
    currency: schema.text('ISO 4217'),
    lines: schema.list(
      schema.object({
        lineId: schema.integer('the line of the order'),
        productId: schema.uuid(),
        sku: schema.text(),
        description: schema.text(),
        quantity: schema.scaledSchema,
        amountMinor: schema.integer('the parts of a line add up to the line’s amount exactly'),
        serials: schema.list(schema.text(), 'as many as pieces for a serial-tracked product, else none'),
        warrantyMonths: schema.nullable(schema.integer()),
        warrantyStart: schema.oneOf(['delivery', 'invoice']),
      }),
    ),
    amount: schema.moneySchema,
    ...paymentTermFields,
    completesOrder: schema.flag('nothing of the order is left to deliver'),
    businessDate: schema.date('the day of the delivery'),
  }),
  {
    deliveryId: EXAMPLE_DELIVERY,
    orderId: EXAMPLE_ORDER,
    number: 'D-2026-000077',
    orderNumber: 'O-2026-000123',
    entityId: 'main',
    accountId: EXAMPLE_ACCOUNT,
    currency: 'USD',
    lines: [
      {
        lineId: 1,
        productId: exampleLine.productId,
        sku: 'GTX-PRO',
        description: 'GTX Pro',
        quantity: { value: 2, scale: 0 },
        amountMinor: 915_990,
        serials: ['GTX-0001871', 'GTX-0001872'],
        warrantyMonths: 24,
        warrantyStart: 'delivery',
      },
    ],
    amount: { amountMinor: 915_990, currency: 'USD' },
    paymentTermDays: 30,
    paymentTermBase: 'invoice-date',
    completesOrder: false,
    businessDate: '2026-03-30',
  },
);
export type DeliveryRecordedV1 = ContractData<typeof deliveryRecorded>;
