import { defineAggregate, defineCodec } from '@kontor/kernel';
import { creditNoteDecider } from './credit-note.decider.ts';
import type { CreditNoteEvent } from './credit-note.events.ts';

const creditNoteCodec = defineCodec<CreditNoteEvent>('receivables', {
  CreditNoteDrafted: { version: 1 },
  CreditNoteNumbered: { version: 1 },
});

export const creditNoteAggregate = defineAggregate({
  category: 'creditNote',
  decider: creditNoteDecider,
  codec: creditNoteCodec,
});
