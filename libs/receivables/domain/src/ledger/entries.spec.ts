import { describe, expect, it } from '@jest/globals';
import { decide, fold } from '@kontor/kernel';
import type { LedgerCommand, LedgerCommandOf } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import { after, id, item, of, on, pay } from './ledger.scenarios.ts';
import type { LedgerState } from './ledger.state.ts';

describe('what can not be entered', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const opening: LedgerCommandOf<'OpenItems'> = {
    type: 'OpenItems',
    ...on('2026-03-05'),
    invoiceId: id(109),
    invoiceNumber: 'INV-9',
    invoiceDate: '2026-03-05',
    deliveryId: null,
    externalId: null,
    instalments: [{ instalmentId: id(209), ordinal: 1, dueDate: '2026-03-05', amountMinor: 1 }],
  };
  const full = [item(1, { dueDate: '2026-03-01', amountMinor: most })];
  const note: LedgerCommandOf<'ApplyCreditNote'> = {
    type: 'ApplyCreditNote',
    ...on('2026-03-05'),
    creditNoteId: id(500),
    number: 'CN-1',
    invoiceId: id(109),
    amountMinor: 2,
    reason: 'scratched',
    today: '2026-03-05',
  };
  const delivery: LedgerCommandOf<'EnterDelivery'> = {
    type: 'EnterDelivery',
    ...on('2026-03-05'),
    orderId: id(800),
    deliveryId: id(801),
    amountMinor: 1,
    completesOrder: true,
  };
  const credit = after([], pay(1, most - 1, '2026-03-01')).state;

  it.each([
    ['invoice', opening, after(full).state, opening.invoiceId, 1],
    ['delivery', delivery, after(full).state, delivery.deliveryId, 1],
    ['credit-note', note, credit, note.creditNoteId, 2],
  ] as const)(
    'X-04: %s: a process leaves an event, once; others are answered',
    (entry, command, state, documentId, amountMinor) => {
      expect(decide(ledgerDecider, command, state)).toMatchObject({
        kind: 'refused',
        refusal: { code: 'AmountTooLarge' },
      });
      const sent: LedgerCommand = { ...command, recordsRefusal: true };
      const refused = after(state, sent);
      expect(of(refused.events, 'EntryRefused')).toEqual([
        {
          ...on('2026-03-05'),
          entry,
          documentId,
          amountMinor,
          code: 'AmountTooLarge',
          sentence: expect.stringMatching(/\S/u),
        },
      ]);
      // There is room now: a redelivery must not decide otherwise.
      const later: LedgerState = { ...refused.state, totals: after([]).state.totals };
      expect(after(later, sent).events).toEqual([]);
    },
  );

  it('R-05: a reversal does not bring back more than can be summed exactly', () => {
    const paid = after(full, pay(1, most, '2026-03-02', { invoiceNumbers: ['INV-1'] })).state;
    const more = fold(ledgerDecider, [item(2, { dueDate: '2026-03-01', amountMinor: most })], paid);
    const reversal: LedgerCommand = {
      type: 'ReversePayment',
      ...on('2026-03-10'),
      paymentId: id(301),
      reason: 'returned',
      asError: false,
      today: '2026-12-31',
    };
    expect(decide(ledgerDecider, reversal, more)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'AmountTooLarge' },
    });
    expect(of(after(paid, reversal).events, 'PaymentReversed')).toHaveLength(1);
  });
});
