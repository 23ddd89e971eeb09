import {
  pageFields,
  zBusinessDate,
  zCurrency,
  zEntityId,
  zPositiveAmountMinor,
  zScaled,
  zText,
  zUuid,
} from '@kontor/http';
import { z } from 'zod';
import { ofLedger, zFlagText, zNumber, zPositiveMoney, zReason } from '../ledger/ledger.requests.ts';
import { MAX_INVOICE_LINES } from '../receivables.config.ts';

const MAX_PARTS = 24;
export const MAX_TERM_DAYS = 3_650;
const MAX_PORTION = 1_000_000;

export const InvoiceBody = z
  .strictObject({
    accountId: zUuid,
    entityId: zEntityId,
    currency: zCurrency,
    invoiceDate: zBusinessDate.optional(),
    lines: z
      .array(
        z.strictObject({
          sku: zText(100).nullable().default(null),
          description: zText(500),
          quantity: zScaled.default({ value: 1, scale: 0 }),
          amountMinor: zPositiveAmountMinor,
        }),
      )
      .min(1, 'must have at least one line')
      .max(MAX_INVOICE_LINES, `must have at most ${MAX_INVOICE_LINES} lines`),
    terms: z
      .strictObject({
        base: z.enum(['invoice-date', 'end-of-month']).default('invoice-date'),
        parts: z
          .array(
            z
              .strictObject({
                days: z.number().int().min(0).max(MAX_TERM_DAYS).optional(),
                dueDate: zBusinessDate.optional().describe('A fixed date, instead of days.'),
                portion: z.number().int().min(1).max(MAX_PORTION),
              })
              .refine(({ days, dueDate }) => (days === undefined) !== (dueDate === undefined), {
                path: ['days'],
                message: 'name either days or a due date',
              }),
          )
          .min(1)
          .max(MAX_PARTS),
      })
      .default({ base: 'invoice-date', parts: [{ days: 30, portion: 1 }] }),
  })
  .meta({ id: 'DraftInvoiceRequest', description: 'Portions are weights: the instalments sum to the invoice.' });

export const CreditNoteBody = z
  .strictObject({
    invoiceId: zUuid.optional(),
    invoiceNumber: zNumber.optional(),
    amount: zPositiveMoney,
    reason: zReason,
    businessDate: zBusinessDate.optional(),
  })
  .refine((body) => (body.invoiceId === undefined) !== (body.invoiceNumber === undefined), {
    path: ['invoiceId'],
    message: 'name the invoice either by id or by number',
  })
  .meta({ id: 'DraftCreditNoteRequest' });

export const InvoicesQuery = z.strictObject({
  ...pageFields,
  ...ofLedger,
  number: zNumber.optional(),
  orderId: zUuid.optional(),
  deliveryId: zUuid.optional(),
  externalId: zNumber.optional(),
  open: zFlagText,
});

export const CreditNotesQuery = z.strictObject({
  ...pageFields,
  ...ofLedger,
  number: zNumber.optional(),
  invoiceId: zUuid.optional(),
});
