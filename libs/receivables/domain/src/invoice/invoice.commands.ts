import type { BusinessDate } from '@kontor/kernel';
import type { PaymentTerms } from './instalments.ts';
import type { ImportedFrom, InvoiceLine } from './invoice.events.ts';

interface InvoiceCommandFacts {
  readonly invoiceId: string;
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly invoiceDate: BusinessDate;
}

export type InvoiceCommand =
  | ({
      readonly type: 'DraftInvoice';
      readonly orderId: string | null;
      readonly deliveryId: string | null;
      readonly lines: readonly InvoiceLine[];
      readonly terms: PaymentTerms;
    } & InvoiceCommandFacts)
  | { readonly type: 'IssueInvoice'; readonly number: string }
  /** Takes the amount of a credit note off what can still be credited. */
  | {
      readonly type: 'CreditInvoice';
      readonly creditNoteId: string;
      readonly amountMinor: number;
      readonly reason: string;
      readonly businessDate: BusinessDate;
    }
  | ({
      readonly type: 'RecordImportedInvoice';
      readonly number: string;
      readonly dueDate: BusinessDate;
      readonly amountMinor: number;
      readonly source: ImportedFrom;
      /** Fields that were empty or "No" before, and may be filled by a later import that says so. */
      readonly mayAdvance: readonly string[];
    } & InvoiceCommandFacts);

export type InvoiceCommandOf<Type extends InvoiceCommand['type']> = Extract<InvoiceCommand, { type: Type }>;
