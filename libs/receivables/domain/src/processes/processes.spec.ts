import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@kontor/kernel';
import {
  creditNoteDrafted,
  creditNoteNumbered,
  invoiceCredited,
  invoiceDrafted,
  invoiceIssued,
  numberAssigned,
} from '@kontor/receivables-contracts';
import { creditReservation } from './credit-reservation.process.ts';
import { CREDIT_REQUESTED, DELIVERY_RECORDED, ORDER_CANCELLED, ORDER_CLOSED_SHORT } from './inputs.ts';
import { invoiceNumbering } from './invoice-numbering.process.ts';
import { invoiceIdOf, invoiceOnDelivery } from './invoice-on-delivery.process.ts';
import { itemsOnInvoice } from './items-on-invoice.process.ts';

const ACCOUNT = '0b5c6a1e-6a0b-5f0e-9a55-3c5f2f6d1a01';
const ORDER = '3f0c7c52-8a54-5a3f-8d07-0f4c0a6b2b11';
const DELIVERY = '8f8e0d0a-0d2c-5b0b-9f0a-8d6f3b1f7c21';
const order = { orderId: ORDER, accountId: ACCOUNT, entityId: 'main', businessDate: '2026-03-30' };
const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
const delivery = {
  ...order,
  deliveryId: DELIVERY,
  lines: [
    { lineId: 1, sku: 'PUMP', description: 'Pump', quantity: { value: 2, scale: 0 }, amountMinor: 900, serials: [] },
  ],
  amount: usd(900),
  paymentTermDays: 30,
  paymentTermBase: 'end-of-month',
  completesOrder: true,
};
const event = (data: unknown, origin = 'person') => ({ data, origin }) as unknown as CloudEvent;
const ledger = { accountId: ACCOUNT, entityId: 'main', currency: 'USD', businessDate: '2026-03-30' };
const key = `main|USD|${ACCOUNT}`;

describe('processes of receivables', () => {
  const credit = creditReservation('zero').reactions;

  it('O-07: a request for credit is sent to the ledger of account, currency and entity', () => {
    const reaction = credit[CREDIT_REQUESTED];
    const requested = event({ ...order, attempt: 2, amount: usd(1_000) });
    expect(reaction?.correlate(requested)).toBe(ORDER);
    expect(reaction?.react(null, requested)).toEqual({
      state: null,
      commands: [
        {
          step: 'reserve-credit',
          aggregate: 'ledger',
          key,
          command: {
            type: 'ReserveCredit',
            ...ledger,
            orderId: ORDER,
            attempt: 2,
            amountMinor: 1_000,
            withoutLimit: 'zero',
          },
        },
      ],
    });
  });

  it('O-13: cancelled and closed short orders release their credit', () => {
    for (const type of [ORDER_CANCELLED, ORDER_CLOSED_SHORT])
      expect(credit[type]?.react(null, event({ ...order, undelivered: usd(5) })).commands).toEqual([
        {
          step: 'release-credit',
          aggregate: 'ledger',
          key,
          command: { type: 'ReleaseCredit', ...ledger, orderId: ORDER },
        },
      ]);
  });

  it('R-01: a delivery becomes one invoice draft with the terms of its order, and unbilled exposure', () => {
    const recorded = event(delivery);
    const invoiceId = invoiceIdOf(DELIVERY);
    expect(invoiceOnDelivery.reactions[DELIVERY_RECORDED]?.react(null, recorded).commands).toEqual([
      {
        step: 'draft-invoice',
        aggregate: 'invoice',
        key: invoiceId,
        command: {
          type: 'DraftInvoice',
          invoiceId,
          accountId: ACCOUNT,
          entityId: 'main',
          currency: 'USD',
          orderId: ORDER,
          deliveryId: DELIVERY,
          invoiceDate: '2026-03-30',
          lines: [{ lineId: 1, sku: 'PUMP', description: 'Pump', quantity: { value: 2, scale: 0 }, amountMinor: 900 }],
          terms: { base: 'end-of-month', parts: [{ days: 30, portion: 1 }] },
        },
      },
    ]);
    expect(credit[DELIVERY_RECORDED]?.react(null, recorded).commands[0]?.command).toEqual({
      type: 'EnterDelivery',
      ...ledger,
      orderId: ORDER,
      deliveryId: DELIVERY,
      amountMinor: 900,
      completesOrder: true,
      recordsRefusal: true,
    });
  });

  it('R-01: what is free of charge is not invoiced', () => {
    const free = event({ ...delivery, amount: usd(0) });
    expect(invoiceOnDelivery.reactions[DELIVERY_RECORDED]?.correlate(free)).toBeNull();
  });

  it('R-01: a draft asks the range of its entity, kind and year, and the number issues the draft', () => {
    const { reactions } = invoiceNumbering;
    const drafted = event(invoiceDrafted.example);
    const { invoiceId } = invoiceDrafted.example;
    expect(reactions[invoiceDrafted.type]?.react(null, drafted).commands).toEqual([
      {
        step: 'assign-number',
        aggregate: 'numberRange',
        key: 'main|invoice|2026',
        command: { type: 'AssignNumber', entityId: 'main', kind: 'invoice', year: 2026, documentId: invoiceId },
      },
    ]);
    expect(reactions[creditNoteDrafted.type]?.react(null, event(creditNoteDrafted.example)).commands[0]?.key).toBe(
      'main|credit-note|2026',
    );
    expect(reactions[numberAssigned.type]?.react(null, event(numberAssigned.example)).commands).toEqual([
      {
        step: 'issue',
        aggregate: 'invoice',
        key: invoiceId,
        command: { type: 'IssueInvoice', number: 'INV-2026-00001' },
      },
    ]);
    const noted = event({ ...numberAssigned.example, kind: 'credit-note' });
    expect(reactions[numberAssigned.type]?.react(null, noted).commands[0]).toMatchObject({
      aggregate: 'creditNote',
      command: { type: 'NumberCreditNote' },
    });
  });

  it('R-01: a granted credit note is drafted, also when the request that granted it died', () => {
    const { amount, ...facts } = invoiceCredited.example;
    expect(
      invoiceNumbering.reactions[invoiceCredited.type]?.react(null, event(invoiceCredited.example)).commands,
    ).toEqual([
      {
        step: 'draft-credit-note',
        aggregate: 'creditNote',
        key: facts.creditNoteId,
        command: { type: 'DraftCreditNote', ...facts, amountMinor: amount.amountMinor },
      },
    ]);
  });

  it('R-01: an issued invoice opens its items; an imported one has opened them itself', () => {
    const reaction = itemsOnInvoice.reactions[invoiceIssued.type];
    const { invoiceId, accountId, instalments, deliveryId } = invoiceIssued.example;
    expect(reaction?.correlate(event(invoiceIssued.example))).toBe(invoiceId);
    expect(reaction?.correlate(event(invoiceIssued.example, 'import'))).toBeNull();
    expect(reaction?.react(null, event(invoiceIssued.example)).commands).toEqual([
      {
        step: 'open-items',
        aggregate: 'ledger',
        key: `main|USD|${accountId}`,
        command: {
          type: 'OpenItems',
          accountId,
          entityId: 'main',
          currency: 'USD',
          businessDate: '2026-03-02',
          invoiceId,
          invoiceNumber: 'INV-2026-00001',
          orderId: invoiceIssued.example.orderId,
          invoiceDate: '2026-03-02',
          deliveryId,
          externalId: null,
          instalments,
          recordsRefusal: true,
        },
      },
    ]);
  });

  it('R-01: a numbered credit note is set off on the ledger', () => {
    const reaction = itemsOnInvoice.reactions[creditNoteNumbered.type];
    expect(reaction?.react(null, event(creditNoteNumbered.example)).commands[0]).toMatchObject({
      aggregate: 'ledger',
      command: { type: 'ApplyCreditNote', number: 'CN-2026-00001', amountMinor: 5_000 },
    });
  });
});
