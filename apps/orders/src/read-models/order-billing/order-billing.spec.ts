import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@kontor/kernel';
import { foldInMemory } from '@kontor/projections';
import { creditNoteIssued, invoiceIssued, paymentReceived, paymentReversed } from '@kontor/receivables-contracts';
import { orderBilling } from './order-billing.projection.ts';
import { billingFacet, paymentFacet } from './order-billing.query.ts';

let position = 0;
const event = ({ type, example }: { readonly type: string; readonly example: unknown }) =>
  ({
    type,
    subject: 'ledger-1',
    position: String((position += 1)),
    revision: position,
    data: example,
  }) as unknown as CloudEvent;

const settled = (...definitions: { readonly type: string; readonly example: unknown }[]) =>
  foldInMemory(orderBilling, definitions.map(event)).tables['settled_instalments']?.map((row) => row['settled_minor']);

describe('billing of orders', () => {
  it('O-06: an invoice of an order bills its lines; one without order is not looked at', () => {
    const { tables } = foldInMemory(orderBilling, [event(invoiceIssued)]);
    const { invoiceId, orderId, lines, instalments } = invoiceIssued.example;
    expect(tables['invoiced_lines']).toEqual(
      lines.map((line) => ({
        invoice_id: invoiceId,
        line_id: line.lineId,
        order_id: orderId,
        amount_minor: line.amountMinor,
      })),
    );
    expect(tables['invoiced_instalments']).toHaveLength(instalments.length);
    const without = { type: invoiceIssued.type, example: { ...invoiceIssued.example, orderId: null } };
    expect(foldInMemory(orderBilling, [event(without)]).tables['invoiced_lines']).toEqual([]);
  });

  it('O-06: payments and credit notes settle, a reversal takes it back', () => {
    expect(settled(paymentReceived)).toEqual([60_000]);
    expect(settled(creditNoteIssued, paymentReceived)).toEqual([65_000]);
    expect(settled(paymentReceived, paymentReversed)).toEqual([0]);
  });

  it('O-06: billing and payment are facets of their own', () => {
    const line = { lineId: 1, billedMinor: 60, dueMinor: 100, settledMinor: 0 };
    expect([billingFacet(undefined, 90), billingFacet(line, 90), billingFacet(line, 60)]).toEqual([
      'not-billed',
      'partly-billed',
      'billed',
    ]);
    expect([
      paymentFacet(undefined),
      paymentFacet(line),
      paymentFacet({ ...line, settledMinor: 1 }),
      paymentFacet({ ...line, settledMinor: 100 }),
    ]).toEqual(['nothing-due', 'open', 'partly-settled', 'settled']);
  });
});
