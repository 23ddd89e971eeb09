import { accept, type Decider, refuse } from '@kontor/kernel';
import type { CreditNoteCommand } from './credit-note.commands.ts';
import type { CreditNoteEvent, CreditNoteFacts } from './credit-note.events.ts';

export type CreditNoteState =
  | { readonly status: 'none' }
  | { readonly status: 'drafted'; readonly creditNote: CreditNoteFacts }
  | { readonly status: 'issued'; readonly creditNote: CreditNoteFacts; readonly number: string };

/** none → drafted → issued, with the next number of its range. The ledger says what it was set off against. */
export const creditNoteDecider: Decider<CreditNoteState, CreditNoteCommand, CreditNoteEvent> = {
  initial: { status: 'none' },
  evolve: {
    CreditNoteDrafted: (_state, creditNote) => ({ status: 'drafted', creditNote }),
    CreditNoteNumbered: (_state, { number, ...creditNote }) => ({ status: 'issued', creditNote, number }),
  },
  decide: {
    // Whether so much may be credited was decided on the invoice.
    DraftCreditNote: ({ type: _type, ...facts }, state) =>
      state.status === 'none' ? accept({ type: 'CreditNoteDrafted', data: facts }) : accept(),
    NumberCreditNote: ({ number }, state) => {
      if (state.status === 'issued') return accept();
      if (state.status === 'none')
        return refuse('UnknownCreditNote', 'There is no draft that the number is for.', { number });
      return accept({ type: 'CreditNoteNumbered', data: { ...state.creditNote, number } });
    },
  },
};
