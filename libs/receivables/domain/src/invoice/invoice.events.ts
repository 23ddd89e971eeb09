import type { BusinessDate, Scaled } from '@kontor/kernel';
import type { CreditNoteFacts } from '../credit-note/credit-note.events.ts';

export interface InvoiceLine {
  readonly lineId: number;
  readonly sku: string | null;
  readonly description: string;
  readonly quantity: Scaled;
  readonly amountMinor: number;
}

export interface Instalment {
  readonly instalmentId: string;
  readonly ordinal: number;
  readonly dueDate: BusinessDate;
  readonly amountMinor: number;
}

/** Where an imported invoice is from; the content is kept so that a later import can be compared field by field. */
export interface ImportedFrom {
  readonly system: string;
  readonly identity: string;
  readonly content: { readonly [field: string]: string };
}

export interface InvoiceFacts {
  readonly invoiceId: string;
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly orderId: string | null;
  readonly deliveryId: string | null;
  readonly invoiceDate: BusinessDate;
  readonly lines: readonly InvoiceLine[];
  readonly totalMinor: number;
  readonly instalments: readonly Instalment[];
  readonly externalId: string | null;
  readonly businessDate: BusinessDate;
}

export type InvoiceEvent =
  | { readonly type: 'InvoiceDrafted'; readonly data: InvoiceFacts }
  /** The whole document once more: from here on it has its number, and keeps it. */
  | {
      readonly type: 'InvoiceIssued';
      readonly data: InvoiceFacts & { readonly number: string; readonly source: ImportedFrom | null };
    }
  /** A credit note was granted: the invoice's stream decides, so that notes can never exceed it together. */
  | { readonly type: 'InvoiceCredited'; readonly data: CreditNoteFacts }
  /** A later import brought the legal next step of an invoice that was known: what the source now says. */
  | {
      readonly type: 'InvoiceSourceNoted';
      readonly data: { readonly invoiceId: string; readonly source: ImportedFrom };
    };
