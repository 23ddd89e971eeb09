import { describe, expect, it } from '@jest/globals';
import { fold } from '@kontor/kernel';
import { given } from '@kontor/testing/pure';
import type { InvoiceCommandOf } from './invoice.commands.ts';
import { instalmentIdOf, invoiceDecider } from './invoice.decider.ts';
import type { InvoiceEvent } from './invoice.events.ts';

const facts = {
  invoiceId: 'c1b3c9a4-7b55-5e0a-8a4e-5d2b7e9f0a31',
  accountId: '0b5c6a1e-6a0b-5f0e-9a55-3c5f2f6d1a01',
  entityId: 'main',
  currency: 'USD',
  invoiceDate: '2026-01-31',
};
const source = {
  system: 'receivables',
  identity: '611365',
  content: { amount: '55.94', settled: '', disputed: 'No' },
};
const record: InvoiceCommandOf<'RecordImportedInvoice'> = {
  type: 'RecordImportedInvoice',
  ...facts,
  number: '611365',
  dueDate: '2026-01-31',
  amountMinor: 1,
  source,
  mayAdvance: ['settled', 'disputed'],
};
const issued: InvoiceEvent = {
  type: 'InvoiceIssued',
  data: {
    ...facts,
    orderId: null,
    deliveryId: null,
    lines: [{ lineId: 1, sku: null, description: 'imported', quantity: { value: 1, scale: 0 }, amountMinor: 1 }],
    totalMinor: 1,
    instalments: [
      { instalmentId: instalmentIdOf(facts.invoiceId, 1), ordinal: 1, dueDate: '2026-01-31', amountMinor: 1 },
    ],
    externalId: '611365',
    businessDate: '2026-01-31',
    number: '611365',
    source,
  },
};
const told = (content: { readonly [field: string]: string }) => ({
  ...record,
  source: { ...source, content: { ...source.content, ...content } },
});

describe('an imported invoice', () => {
  it('X-09: is issued with its own number, one line and one instalment, due on its date or later', () => {
    given(invoiceDecider, []).when(record).then(issued);
    given(invoiceDecider, [])
      .when({ ...record, dueDate: '2026-01-30' })
      .thenRefused('DueBeforeInvoice', { dueDate: '2026-01-30', invoiceDate: '2026-01-31' });
    for (const amountMinor of [0, -1])
      given(invoiceDecider, [])
        .when({ ...record, amountMinor })
        .thenRefused('NothingToInvoice', { amountMinor });
  });

  it('X-09: may fill what was empty or "No", and only that; what it then is called stays known', () => {
    const noted = (command: typeof record): InvoiceEvent => ({
      type: 'InvoiceSourceNoted',
      data: { invoiceId: facts.invoiceId, source: command.source },
    });
    for (const content of [
      { settled: '2026-03-01' },
      { disputed: 'Yes' },
      { settled: '2026-03-01', disputed: 'Yes' },
    ]) {
      given(invoiceDecider, [issued])
        .when(told(content))
        .then(noted(told(content)));
      given(invoiceDecider, [issued, noted(told(content))])
        .when(told(content))
        .then();
    }
    const settled = told({ settled: '2026-03-01' });
    given(invoiceDecider, [issued, noted(settled)])
      .when(told({ settled: '2026-03-02' }))
      .thenRefused('DiffersFromKnown', { number: '611365', fields: ['settled'] });
    given(invoiceDecider, [issued])
      .when(told({ amount: '55.95', settled: '2026-03-01' }))
      .thenRefused('DiffersFromKnown', { number: '611365', fields: ['amount', 'settled'] });
    expect(fold(invoiceDecider, [issued, noted(settled)])).toEqual({
      ...fold(invoiceDecider, [issued]),
      source: settled.source,
    });
  });

  it('R-01: is credited by more than nothing and no more than is left of it', () => {
    const credit = {
      type: 'CreditInvoice',
      creditNoteId: 'n',
      reason: 'scratched',
      businessDate: '2026-02-01',
    } as const;
    const { type: _type, ...note } = credit;
    const { invoiceDate: _date, ...whose } = facts;
    given(invoiceDecider, [issued])
      .when({ ...credit, amountMinor: 1 })
      .then({ type: 'InvoiceCredited', data: { ...note, ...whose, amountMinor: 1 } });
    for (const amountMinor of [0, -1, 2])
      given(invoiceDecider, [issued])
        .when({ ...credit, amountMinor })
        .thenRefused('CreditNoteExceedsInvoice', { amountMinor, creditableMinor: 1 });
  });
});
