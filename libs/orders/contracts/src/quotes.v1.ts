import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { EXAMPLE_ACCOUNT, EXAMPLE_ORDER, EXAMPLE_QUOTE, exampleLine, pricedLineSchema } from './lines.ts';
import { service } from './service.ts';

export const quoteIssued = defineContract(
  service,
  'quote-issued',
  1,
  'A version of a quote was drawn up. At most one version of a quote is live: the one issued last.',
  schema.object({
    quoteId: schema.uuid(),
    number: schema.text(),
    version: schema.integer('1, 2, 3 …'),
    entityId: schema.text(),
    accountId: schema.uuid(),
    opportunityId: schema.nullable(schema.uuid()),
    currency: schema.text('ISO 4217'),
    lines: schema.list(pricedLineSchema),
    total: schema.moneySchema,
    validUntil: schema.date('the last day on which it can be accepted'),
    expiresAt: schema.instant('the end of that day in the entity’s time zone'),
    businessDate: schema.date(),
  }),
  {
    quoteId: EXAMPLE_QUOTE,
    number: 'Q-2026-000042',
    version: 1,
    entityId: 'main',
    accountId: EXAMPLE_ACCOUNT,
    opportunityId: null,
    currency: 'USD',
    lines: [exampleLine],
    total: { amountMinor: 1_373_985, currency: 'USD' },
    validUntil: '2026-04-01',
    expiresAt: '2026-04-01T22:00:00.000Z',
    businessDate: '2026-03-02',
  },
);
export type QuoteIssuedV1 = ContractData<typeof quoteIssued>;

const quoteVersionFields = {
  quoteId: schema.uuid(),
  version: schema.integer(),
  entityId: schema.text(),
  accountId: schema.uuid(),
  businessDate: schema.date(),
};
const exampleVersion = { quoteId: EXAMPLE_QUOTE, version: 1, entityId: 'main', accountId: EXAMPLE_ACCOUNT };

export const quoteSuperseded = defineContract(
  service,
  'quote-superseded',
  1,
  'A version of a quote is no longer live, because a newer one was issued.',
  schema.object({ ...quoteVersionFields, supersededBy: schema.integer('the newer version') }),
  { ...exampleVersion, supersededBy: 2, businessDate: '2026-03-05' },
);
export type QuoteSupersededV1 = ContractData<typeof quoteSuperseded>;

export const quoteSent = defineContract(
  service,
  'quote-sent',
  1,
  'A version of a quote went to the client.',
  schema.object({ ...quoteVersionFields, channel: schema.text() }),
  { ...exampleVersion, channel: 'e-mail', businessDate: '2026-03-03' },
);
export type QuoteSentV1 = ContractData<typeof quoteSent>;

export const quoteAccepted = defineContract(
  service,
  'quote-accepted',
  1,
  'The client accepted the live version; the evidence says by what.',
  schema.object({ ...quoteVersionFields, evidence: schema.text() }),
  { ...exampleVersion, evidence: 'Purchase order 4500017', businessDate: '2026-03-12' },
);
export type QuoteAcceptedV1 = ContractData<typeof quoteAccepted>;

export const quoteDeclined = defineContract(
  service,
  'quote-declined',
  1,
  'The client declined the live version.',
  schema.object({ ...quoteVersionFields, reason: schema.text() }),
  { ...exampleVersion, reason: 'Price above budget', businessDate: '2026-03-12' },
);
export type QuoteDeclinedV1 = ContractData<typeof quoteDeclined>;

export const quoteExpired = defineContract(
  service,
  'quote-expired',
  1,
  'The live version was neither accepted nor declined by the end of its last day in the entity’s time zone.',
  schema.object({ ...quoteVersionFields, validUntil: schema.date() }),
  { ...exampleVersion, validUntil: '2026-04-01', businessDate: '2026-04-02' },
);
export type QuoteExpiredV1 = ContractData<typeof quoteExpired>;

export const quoteOrdered = defineContract(
  service,
  'quote-ordered',
  1,
  'Quantities of an accepted quote were turned into an order; a quote can be ordered in parts, never beyond what it quotes.',
  schema.object({
    ...quoteVersionFields,
    orderId: schema.uuid(),
    orderNumber: schema.text(),
    opportunityId: schema.nullable(schema.uuid()),
    currency: schema.text('ISO 4217'),
    lines: schema.list(pricedLineSchema, 'the lines of the order, under the line ids of the quote'),
    total: schema.moneySchema,
    promisedDate: schema.nullable(schema.date()),
    paymentTermDays: schema.integer(),
    paymentTermBase: schema.oneOf(['invoice-date', 'end-of-month']),
    fullyOrdered: schema.flag('nothing of the quote is left to order'),
  }),
  {
    ...exampleVersion,
    orderId: EXAMPLE_ORDER,
    orderNumber: 'O-2026-000123',
    opportunityId: null,
    currency: 'USD',
    lines: [exampleLine],
    total: { amountMinor: 1_373_985, currency: 'USD' },
    promisedDate: '2026-03-31',
    paymentTermDays: 30,
    paymentTermBase: 'invoice-date',
    fullyOrdered: true,
    businessDate: '2026-03-16',
  },
);
export type QuoteOrderedV1 = ContractData<typeof quoteOrdered>;
