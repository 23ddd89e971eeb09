import { schema, type Infer } from '@kontor/kernel';

/** How a unit price came about: the inputs of the price function, so that it can be computed again. */
const pricingSchema = schema.object({
  source: schema.oneOf(['price-list', 'list-price', 'stated']),
  priceListId: schema.nullable(schema.uuid()),
  priceListVersion: schema.nullable(schema.integer()),
  column: schema.nullable(schema.text('the column of the account’s terms that was asked for')),
  date: schema.date('the date that was asked for'),
});
export type PricingV1 = Infer<typeof pricingSchema>;

/** A line as quoted or ordered. `amountMinor` = quantity × unit price × (1 − discount), rounded once, half-even. */
export const pricedLineSchema = schema.object({
  lineId: schema.integer('1, 2, 3 … within the document; never reused'),
  productId: schema.uuid(),
  sku: schema.text(),
  description: schema.text(),
  quantity: schema.scaledSchema,
  unitPrice: schema.scaledSchema,
  discountRate: schema.integer('1/100 000'),
  amountMinor: schema.integer('minor units of the document’s currency'),
  serialTracked: schema.flag(),
  warrantyMonths: schema.nullable(schema.integer()),
  warrantyStart: schema.oneOf(['delivery', 'invoice']),
  pricing: pricingSchema,
});
export type PricedLineV1 = Infer<typeof pricedLineSchema>;

export const paymentTermFields = {
  paymentTermDays: schema.integer('days until a delivery’s invoice is due'),
  paymentTermBase: schema.oneOf(['invoice-date', 'end-of-month']),
};

export const exampleLine: PricedLineV1 = {
  lineId: 1,
  productId: '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1a001',
  sku: 'GTX-PRO',
  description: 'GTX Pro',
  quantity: { value: 3, scale: 0 },
  unitPrice: { value: 482_100, scale: 2 },
  discountRate: 5_000,
  amountMinor: 1_373_985,
  serialTracked: true,
  warrantyMonths: 24,
  warrantyStart: 'delivery',
  pricing: {
    source: 'price-list',
    priceListId: '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1b001',
    priceListVersion: 1,
    column: null,
    date: '2026-03-02',
  },
};
export const EXAMPLE_ACCOUNT = '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1d001';
export const EXAMPLE_QUOTE = '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1e001';
export const EXAMPLE_ORDER = '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1f001';
export const EXAMPLE_DELIVERY = '0b6f2b52-6a35-5c1e-9a39-6c6ef0c1f101';
