import type { CreditNoteFacts } from './credit-note.events.ts';

export type CreditNoteCommand =
  | ({
      readonly type: 'DraftCreditNote';
      /** A fact of the ledger: the invoice's amount less what was credited before. */
      readonly creditableMinor: number;
    } & CreditNoteFacts)
  | { readonly type: 'NumberCreditNote'; readonly number: string };
