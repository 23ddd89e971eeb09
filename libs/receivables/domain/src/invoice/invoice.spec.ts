import { describe, expect, it } from '@jest/globals';
import { decide, fold } from '@kontor/kernel';
import { given } from '@kontor/testing/pure';
import fc from 'fast-check';
import { numberRangeDecider } from '../number-range/number-range.decider.ts';
import { creditNoteDecider } from '../credit-note/credit-note.decider.ts';
import { planInstalments, singleInstalment } from './instalments.ts';
import type { InvoiceCommandOf } from './invoice.commands.ts';
import { instalmentIdOf, invoiceDecider } from './invoice.decider.ts';

const ID = 'c1b3c9a4-7b55-5e0a-8a4e-5d2b7e9f0a31';
const facts = {
  invoiceId: ID,
  accountId: '0b5c6a1e-6a0b-5f0e-9a55-3c5f2f6d1a01',
  entityId: 'main',
  currency: 'USD',
  invoiceDate: '2026-01-31',
};
const draft: InvoiceCommandOf<'DraftInvoice'> = {
  type: 'DraftInvoice',
  ...facts,
  orderId: null,
  deliveryId: null,
  lines: [{ lineId: 1, sku: null, description: 'Pump', quantity: { value: 1, scale: 0 }, amountMinor: 1_001 }],
  terms: {
    base: 'invoice-date',
    parts: [
      { days: 10, portion: 50 },
      { days: 40, portion: 50 },
    ],
  },
};
const drafted = {
  ...facts,
  orderId: null,
  deliveryId: null,
  lines: draft.lines,
  totalMinor: 1_001,
  instalments: [
    { instalmentId: instalmentIdOf(ID, 1), ordinal: 1, dueDate: '2026-02-10', amountMinor: 501 },
    { instalmentId: instalmentIdOf(ID, 2), ordinal: 2, dueDate: '2026-03-12', amountMinor: 500 },
  ],
  externalId: null,
  businessDate: '2026-01-31',
};
const imported: InvoiceCommandOf<'RecordImportedInvoice'> = {
  type: 'RecordImportedInvoice',
  ...facts,
  number: '0000611365',
  dueDate: '2026-03-02',
  amountMinor: 5_594,
  source: { system: 'receivables', identity: '0000611365', content: { amountMinor: '5594', settledDate: '' } },
  mayAdvance: [],
};

describe('instalments', () => {
  it('R-01: are numbered by due date, equal dates in the order of the terms; a portion of nothing is none', () => {
    const parts = [
      { portion: 1, days: 30 },
      { portion: 0, days: 5 },
      { portion: 2, days: 10 },
      { portion: 3, dueDate: '2026-03-12' },
      { portion: 4, days: 60 },
    ];
    expect(planInstalments(1_000, '2026-02-10', { base: 'invoice-date', parts })).toEqual([
      { ordinal: 1, dueDate: '2026-02-20', amountMinor: 200 },
      { ordinal: 2, dueDate: '2026-03-12', amountMinor: 100 },
      { ordinal: 3, dueDate: '2026-03-12', amountMinor: 300 },
      { ordinal: 4, dueDate: '2026-04-11', amountMinor: 400 },
    ]);
  });

  it('R-01: fixed dates stand beside days, and the instalments are in the order of their due dates', () => {
    const terms = {
      base: 'invoice-date' as const,
      parts: [
        { dueDate: '2026-06-30', portion: 60 },
        { days: 14, portion: 30 },
        { dueDate: '2026-02-10', portion: 10 },
      ],
    };
    expect(planInstalments(1_000, '2026-02-10', terms)).toEqual([
      { ordinal: 1, dueDate: '2026-02-10', amountMinor: 100 },
      { ordinal: 2, dueDate: '2026-02-24', amountMinor: 300 },
      { ordinal: 3, dueDate: '2026-06-30', amountMinor: 600 },
    ]);
  });

  it('R-01: refuses a fixed date before the invoice date', () => {
    const terms = { base: 'invoice-date' as const, parts: [{ dueDate: '2026-01-30', portion: 1 }] };
    const decision = decide(invoiceDecider, { ...draft, terms }, fold(invoiceDecider, []));
    expect(decision.kind === 'refused' && decision.refusal.code).toBe('DueBeforeInvoice');
  });

  it('R-01: n days, or end of month and n days, never before the invoice date', () => {
    const dueOf = (days: number, base: 'invoice-date' | 'end-of-month') =>
      planInstalments(100, '2026-02-10', singleInstalment(days, base)).map((part) => part.dueDate);
    expect([dueOf(30, 'invoice-date'), dueOf(10, 'end-of-month'), dueOf(0, 'invoice-date')]).toEqual([
      ['2026-03-12'],
      ['2026-03-10'],
      ['2026-02-10'],
    ]);
  });

  it('R-01: portions sum to the invoice exactly, and every instalment is about something', () => {
    const part = fc.record({ days: fc.integer({ min: 0, max: 120 }), portion: fc.integer({ min: 1, max: 100 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.array(part, { minLength: 1, maxLength: 12 }), (total, parts) => {
        const planned = planInstalments(total, '2026-01-31', { base: 'invoice-date', parts });
        expect(planned.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(total);
        expect(planned.map(({ ordinal }) => ordinal)).toEqual(planned.map((_, index) => index + 1));
        expect(planned.every(({ amountMinor }) => amountMinor > 0)).toBe(true);
      }),
    );
  });
});

describe('invoices', () => {
  it('R-01: a draft has its instalments and no number; the number issues it, once', () => {
    given(invoiceDecider, []).when(draft).then({ type: 'InvoiceDrafted', data: drafted });
    const issued = { type: 'InvoiceIssued', data: { ...drafted, number: 'INV-2026-00001', source: null } } as const;
    const issue = { type: 'IssueInvoice', number: 'INV-2026-00001' } as const;
    given(invoiceDecider, [{ type: 'InvoiceDrafted', data: drafted }])
      .when(issue)
      .then(issued);
    given(invoiceDecider, [{ type: 'InvoiceDrafted', data: drafted }, issued])
      .when(issue)
      .then();
    given(invoiceDecider, []).when(issue).thenRefused('UnknownInvoice', { number: 'INV-2026-00001' });
  });

  it('R-01: an invoice about nothing is refused', () => {
    given(invoiceDecider, [])
      .when({ ...draft, lines: [] })
      .thenRefused('NothingToInvoice', { totalMinor: 0 });
  });

  it('X-09: an imported invoice brings its number; the same again is known, another content is told apart', () => {
    const { decision } = given(invoiceDecider, []).when(imported);
    const events = decision.kind === 'accepted' ? decision.events : [];
    expect(fold(invoiceDecider, events)).toMatchObject({ status: 'issued', number: '0000611365' });
    given(invoiceDecider, events).when(imported).then();
    const source = { ...imported.source, content: { amountMinor: '1', settledDate: '' } };
    given(invoiceDecider, events)
      .when({ ...imported, source })
      .thenRefused('DiffersFromKnown', { number: '0000611365', fields: ['amountMinor'] });
    const settled = { ...imported.source, content: { amountMinor: '5594', settledDate: '2026-03-01' } };
    given(invoiceDecider, events)
      .when({ ...imported, source: settled, mayAdvance: ['settledDate'] })
      .then({ type: 'InvoiceSourceNoted', data: { invoiceId: ID, source: settled } });
    given(invoiceDecider, events)
      .when({ ...imported, source: settled })
      .thenRefused('DiffersFromKnown', { number: '0000611365', fields: ['settledDate'] });
  });
});

describe('numbers', () => {
  it('R-01: a range counts without a gap, per entity, kind and year', () => {
    const range = { type: 'AssignNumber', entityId: 'main', kind: 'invoice', year: 2026 } as const;
    const assigned = (sequence: number, documentId: string) =>
      ({
        type: 'NumberAssigned',
        data: {
          entityId: 'main',
          kind: 'invoice',
          year: 2026,
          sequence,
          number: `INV-2026-0000${sequence}`,
          documentId,
        },
      }) as const;
    given(numberRangeDecider, [])
      .when({ ...range, documentId: 'a' })
      .then(assigned(1, 'a'));
    given(numberRangeDecider, [assigned(1, 'a')])
      .when({ ...range, documentId: 'b' })
      .then(assigned(2, 'b'));
    given(numberRangeDecider, [assigned(1, 'a')])
      .when({ ...range, documentId: 'a' })
      .then();
  });

  it('R-01: credit notes are decided on their invoice, and together never exceed it', () => {
    const { invoiceDate: _date, ...whose } = facts;
    const credit = (creditNoteId: string, amountMinor: number) =>
      ({
        type: 'CreditInvoice',
        creditNoteId,
        amountMinor,
        reason: 'scratched',
        businessDate: '2026-02-01',
      }) as const;
    const decision = decide(invoiceDecider, imported, invoiceDecider.initial);
    const issued = decision.kind === 'accepted' ? decision.events : [];
    const { type: _type, ...note } = credit('n', 5_000);
    const credited = { type: 'InvoiceCredited', data: { ...note, ...whose } } as const;
    given(invoiceDecider, issued).when(credit('n', 5_000)).then(credited);
    given(invoiceDecider, [...issued, credited])
      .when(credit('n', 5_000))
      .then();
    given(invoiceDecider, [...issued, credited])
      .when(credit('m', 595))
      .thenRefused('CreditNoteExceedsInvoice', { amountMinor: 595, creditableMinor: 594 });
    given(invoiceDecider, []).when(credit('m', 1)).thenRefused('InvoiceNotIssued', { status: 'none' });
    const draft = { type: 'DraftCreditNote', ...credited.data } as const;
    const draftedNote = { type: 'CreditNoteDrafted', data: credited.data } as const;
    given(creditNoteDecider, []).when(draft).then(draftedNote);
    given(creditNoteDecider, [draftedNote]).when(draft).then();
  });
});
