import type { BusinessDate } from '@kontor/kernel';

export interface CreditNoteFacts {
  readonly creditNoteId: string;
  readonly invoiceId: string;
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly amountMinor: number;
  readonly reason: string;
  readonly businessDate: BusinessDate;
}

export type CreditNoteEvent =
  | { readonly type: 'CreditNoteDrafted'; readonly data: CreditNoteFacts }
  | { readonly type: 'CreditNoteNumbered'; readonly data: CreditNoteFacts & { readonly number: string } };
