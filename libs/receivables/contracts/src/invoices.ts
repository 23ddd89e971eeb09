import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { EXAMPLE, instalmentSchema, invoiceLineSchema, ledgerFields, SERVICE } from './shared.ts';

const invoiceFields = {
  ...ledgerFields,
  invoiceId: schema.uuid(),
  orderId: schema.nullable(schema.uuid()),
  deliveryId: schema.nullable(schema.uuid()),
  invoiceDate: schema.date(),
  lines: schema.list(invoiceLineSchema),
  total: schema.moneySchema,
  instalments: schema.list(instalmentSchema, 'their amounts sum to the total'),
  externalId: schema.nullable(schema.text("the source's number of an imported invoice")),
};

const invoiceExample = {
  ...EXAMPLE.ledger,
  invoiceId: EXAMPLE.invoiceId,
  orderId: EXAMPLE.orderId,
  deliveryId: EXAMPLE.deliveryId,
  invoiceDate: '2026-03-02',
  lines: [
    {
      lineId: 1,
      sku: 'GTX-PRO',
      description: 'GTX Pro',
      quantity: { value: 2, scale: 0 },
      amountMinor: 60_000,
    },
  ],
  total: { amountMinor: 60_000, currency: 'USD' },
  instalments: [{ instalmentId: EXAMPLE.instalmentId, ordinal: 1, dueDate: '2026-04-01', amountMinor: 60_000 }],
  externalId: null,
};

export const invoiceDrafted = defineContract(
  SERVICE,
  'invoice-drafted',
  1,
  'An invoice was drafted. It has no number yet and is no receivable; the numbering process gives it the next one.',
  schema.object(invoiceFields),
  invoiceExample,
);
export type InvoiceDraftedV1 = ContractData<typeof invoiceDrafted>;

export const invoiceIssued = defineContract(
  SERVICE,
  'invoice-issued',
  1,
  'An invoice was issued with its number. Its instalments are opened on the ledger by `item-opened`.',
  schema.object({ ...invoiceFields, number: schema.text() }),
  { ...invoiceExample, number: 'INV-2026-00001' },
);
export type InvoiceIssuedV1 = ContractData<typeof invoiceIssued>;

export const invoiceCredited = defineContract(
  SERVICE,
  'invoice-credited',
  1,
  'A credit note was granted: credit notes never exceed their invoice together. The note itself follows as a draft.',
  schema.object({
    ...ledgerFields,
    creditNoteId: schema.uuid(),
    invoiceId: schema.uuid(),
    amount: schema.moneySchema,
    reason: schema.text(),
  }),
  {
    ...EXAMPLE.ledger,
    creditNoteId: EXAMPLE.creditNoteId,
    invoiceId: EXAMPLE.invoiceId,
    amount: { amountMinor: 5_000, currency: 'USD' },
    reason: 'one unit arrived scratched',
  },
);
export type InvoiceCreditedV1 = ContractData<typeof invoiceCredited>;

export const creditNoteDrafted = defineContract(
  SERVICE,
  'credit-note-drafted',
  1,
  'A credit note was drafted against an invoice; it changes no balance before it has its number.',
  schema.object({
    ...ledgerFields,
    creditNoteId: schema.uuid(),
    invoiceId: schema.uuid(),
    amount: schema.moneySchema,
    reason: schema.text(),
  }),
  {
    ...EXAMPLE.ledger,
    creditNoteId: EXAMPLE.creditNoteId,
    invoiceId: EXAMPLE.invoiceId,
    amount: { amountMinor: 5_000, currency: 'USD' },
    reason: 'one unit arrived scratched',
  },
);
export type CreditNoteDraftedV1 = ContractData<typeof creditNoteDrafted>;

export const creditNoteNumbered = defineContract(
  SERVICE,
  'credit-note-numbered',
  1,
  'A credit note got its number. `credit-note-issued` follows from the ledger, with what it was set off against.',
  schema.object({
    ...ledgerFields,
    creditNoteId: schema.uuid(),
    number: schema.text(),
    invoiceId: schema.uuid(),
    amount: schema.moneySchema,
    reason: schema.text(),
  }),
  {
    ...EXAMPLE.ledger,
    creditNoteId: EXAMPLE.creditNoteId,
    number: 'CN-2026-00001',
    invoiceId: EXAMPLE.invoiceId,
    amount: { amountMinor: 5_000, currency: 'USD' },
    reason: 'one unit arrived scratched',
  },
);
export type CreditNoteNumberedV1 = ContractData<typeof creditNoteNumbered>;

export const numberAssigned = defineContract(
  SERVICE,
  'number-assigned',
  1,
  'A number range gave its next number to a document. Ranges are per entity, kind and year, and unbroken.',
  schema.object({
    entityId: schema.text(),
    kind: schema.oneOf(['invoice', 'credit-note']),
    year: schema.integer(),
    sequence: schema.integer('1, 2, 3, … without a gap'),
    number: schema.text(),
    documentId: schema.uuid(),
  }),
  {
    entityId: 'main',
    kind: 'invoice',
    year: 2026,
    sequence: 1,
    number: 'INV-2026-00001',
    documentId: EXAMPLE.invoiceId,
  },
);
export type NumberAssignedV1 = ContractData<typeof numberAssigned>;
