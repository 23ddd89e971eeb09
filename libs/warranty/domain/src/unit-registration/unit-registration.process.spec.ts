import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@kontor/kernel';
import { termAsSold } from '../cover/term.ts';
import {
  DELIVERY_RECORDED,
  INVOICE_ISSUED,
  unitRegistration,
  type DeliveryRecorded,
  type InvoiceIssued,
} from './unit-registration.process.ts';

const process = unitRegistration((key) => `id(${key})`);
const delivery: DeliveryRecorded = {
  deliveryId: 'delivery-1',
  orderId: 'order-1',
  entityId: 'main',
  accountId: 'account-1',
  businessDate: '2026-03-02',
  lines: [
    {
      lineId: 1,
      productId: 'pump',
      sku: 'PUMP-40',
      quantity: { value: 2, scale: 0 },
      serials: ['A', 'B'],
      warrantyMonths: 24,
      warrantyStart: 'invoice',
    },
    {
      lineId: 2,
      productId: 'oil',
      sku: 'OIL-5',
      quantity: { value: 125, scale: 1 },
      serials: [],
      warrantyMonths: null,
      warrantyStart: 'delivery',
    },
  ],
};
const heard = (data: DeliveryRecorded | InvoiceIssued) => ({ data }) as unknown as CloudEvent;
const react = (type: string, state: typeof process.initial, data: DeliveryRecorded | InvoiceIssued) => {
  const reaction = process.reactions[type];
  if (reaction === undefined) throw new Error(`no reaction to ${type}`);
  return { key: reaction.correlate(heard(data)), ...reaction.react(state, heard(data)) };
};
const UNITS = ['id(unit|pump|A)', 'id(unit|pump|B)', 'id(line|delivery-1|2)'];
const registration = (unitId: string, serial: string | null, line: 0 | 1) => {
  const { lineId, productId, sku, quantity, warrantyMonths, warrantyStart } = delivery.lines[
    line
  ] as DeliveryRecorded['lines'][number];
  return {
    aggregate: 'unit',
    key: unitId,
    command: {
      type: 'RegisterUnit',
      unitId,
      entityId: 'main',
      serial,
      productId,
      sku,
      accountId: 'account-1',
      deliveredWith: { orderId: 'order-1', deliveryId: 'delivery-1', lineId },
      quantity: serial === null ? quantity : { value: 1, scale: 0 },
      deliveredOn: '2026-03-02',
      term: termAsSold(warrantyMonths, warrantyStart),
      replaces: null,
      today: '2026-03-02',
    },
  };
};
const notes = UNITS.map((key, index) => ({
  step: `invoice-${index}`,
  aggregate: 'unit',
  key,
  command: { type: 'NoteInvoice', deliveryId: 'delivery-1', invoiceDate: '2026-03-05' },
}));
const registrations = [
  { step: 'register-0', ...registration('id(unit|pump|A)', 'A', 0) },
  { step: 'register-1', ...registration('id(unit|pump|B)', 'B', 0) },
  { step: 'register-2', ...registration('id(line|delivery-1|2)', null, 1) },
];

describe('UnitRegistration', () => {
  it('W-01: registers a unit per serial number, and the quantity of a line that has none', () => {
    expect(react(DELIVERY_RECORDED, process.initial, delivery)).toEqual({
      key: 'delivery-1',
      state: { unitIds: UNITS, invoiceDate: null },
      commands: registrations,
    });
  });

  it('W-01: hears the same delivery twice with the same commands', () => {
    const first = react(DELIVERY_RECORDED, process.initial, delivery);
    expect(react(DELIVERY_RECORDED, first.state, delivery)).toEqual(first);
  });

  it('W-02: tells the units their invoice date, whichever comes first', () => {
    const invoice = { deliveryId: 'delivery-1', invoiceDate: '2026-03-05' };
    const delivered = react(DELIVERY_RECORDED, process.initial, delivery).state;
    const state = { unitIds: UNITS, invoiceDate: '2026-03-05' };
    expect(react(INVOICE_ISSUED, delivered, invoice)).toEqual({ key: 'delivery-1', state, commands: notes });
    const invoiced = react(INVOICE_ISSUED, process.initial, invoice);
    expect(invoiced.commands).toEqual([]);
    expect(react(DELIVERY_RECORDED, invoiced.state, delivery)).toEqual({
      key: 'delivery-1',
      state,
      commands: [...registrations, ...notes],
    });
  });

  it('W-02: a second invoice of a delivery moves nothing, and one without a delivery concerns nobody', () => {
    const state = { unitIds: UNITS, invoiceDate: '2026-03-05' };
    expect(react(INVOICE_ISSUED, state, { deliveryId: 'delivery-1', invoiceDate: '2026-04-01' }).commands).toEqual([]);
    expect(react(INVOICE_ISSUED, process.initial, { deliveryId: null, invoiceDate: '2026-04-01' }).key).toBeNull();
  });
});
