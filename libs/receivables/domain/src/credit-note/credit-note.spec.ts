import { describe, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { creditNoteDecider } from './credit-note.decider.ts';
import type { CreditNoteEvent, CreditNoteFacts } from './credit-note.events.ts';

const facts: CreditNoteFacts = {
  creditNoteId: 'c1b3c9a4-7b55-5e0a-8a4e-5d2b7e9f0a31',
  invoiceId: 'c1b3c9a4-7b55-5e0a-8a4e-5d2b7e9f0a32',
  accountId: 'c1b3c9a4-7b55-5e0a-8a4e-5d2b7e9f0a33',
  entityId: 'main',
  currency: 'USD',
  amountMinor: 500,
  reason: 'scratched',
  businessDate: '2026-02-01',
};
const drafted: CreditNoteEvent = { type: 'CreditNoteDrafted', data: facts };
const number = { type: 'NumberCreditNote', number: 'CN-2026-000001' } as const;
const numbered: CreditNoteEvent = { type: 'CreditNoteNumbered', data: { ...facts, number: 'CN-2026-000001' } };

describe('a credit note', () => {
  it('R-01: is issued with its number, once, whatever number comes later', () => {
    given(creditNoteDecider, [drafted]).when(number).then(numbered);
    given(creditNoteDecider, [drafted, numbered]).when(number).then();
    given(creditNoteDecider, [drafted, numbered])
      .when({ ...number, number: 'CN-2026-000002' })
      .then();
    given(creditNoteDecider, [drafted, numbered])
      .when({ type: 'DraftCreditNote', ...facts })
      .then();
  });

  it('R-01: gets no number without a draft', () => {
    given(creditNoteDecider, []).when(number).thenRefused('UnknownCreditNote', { number: 'CN-2026-000001' });
  });
});
