import type { CreditNoteFacts } from './credit-note.events.ts';

export type CreditNoteCommand =
  | ({ readonly type: 'DraftCreditNote' } & CreditNoteFacts)
  | { readonly type: 'NumberCreditNote'; readonly number: string };
