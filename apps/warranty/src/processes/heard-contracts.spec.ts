import { describe, expect, it } from '@jest/globals';
import { deliveryRecorded, type DeliveryRecordedV1 } from '@kontor/orders-contracts';
import { invoiceIssued, type InvoiceIssuedV1 } from '@kontor/receivables-contracts';
import {
  repairRecordedV1,
  unitRegisteredV1,
  type RepairRecordedV1,
  type UnitRegisteredV1,
} from '@kontor/warranty-contracts';
import {
  DELIVERY_RECORDED,
  INVOICE_ISSUED,
  REPAIR_RECORDED,
  UNIT_REGISTERED,
  type DeliveryRecorded,
  type InvoiceIssued,
  type RegistrationHeard,
  type RepairHeard,
} from '@kontor/warranty-domain';

/** Compiles only while what is published has what a process reads of it: a domain sees nobody else's contracts. */
const heard = {
  delivery: (data: DeliveryRecordedV1): DeliveryRecorded => data,
  invoice: (data: InvoiceIssuedV1): InvoiceIssued => data,
  repair: (data: RepairRecordedV1): RepairHeard => data,
  registration: (data: UnitRegisteredV1): RegistrationHeard => data,
};

describe('contracts that processes of after-sales hear', () => {
  it('X-01: bear the names and have the fields that the processes were written for', () => {
    expect([DELIVERY_RECORDED, INVOICE_ISSUED, REPAIR_RECORDED, UNIT_REGISTERED]).toEqual([
      deliveryRecorded.type,
      invoiceIssued.type,
      repairRecordedV1.type,
      unitRegisteredV1.type,
    ]);
    expect(heard.delivery(deliveryRecorded.example).lines[0]?.warrantyStart).toBe('delivery');
    expect(heard.invoice(invoiceIssued.example).invoiceDate).toBe(invoiceIssued.example.invoiceDate);
    expect(heard.repair(repairRecordedV1.example).coverage).toBe('warranty');
    expect(heard.registration(unitRegisteredV1.example).replacesUnitId).toBeNull();
  });
});
