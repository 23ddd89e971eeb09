import { describe, expect, it } from '@jest/globals';
import {
  creditRequested,
  type CreditRequestedV1,
  deliveryRecorded,
  type DeliveryRecordedV1,
  orderCancelled,
  type OrderCancelledV1,
  orderClosedShort,
} from '@kontor/orders-contracts';
import {
  CREDIT_REQUESTED,
  type CreditRequest,
  type Delivery,
  DELIVERY_RECORDED,
  ORDER_CANCELLED,
  ORDER_CLOSED_SHORT,
  type OrderEnding,
} from '@kontor/receivables-domain';

/** Compiles only while what orders publish has what a process reads of it: a domain sees nobody else's contracts. */
const heard = {
  request: (data: CreditRequestedV1): CreditRequest => data,
  delivery: (data: DeliveryRecordedV1): Delivery => data,
  ending: (data: OrderCancelledV1): OrderEnding => data,
};

describe('contracts that processes of receivables hear', () => {
  it('X-01: bear the names and have the fields that the processes were written for', () => {
    expect([CREDIT_REQUESTED, DELIVERY_RECORDED, ORDER_CANCELLED, ORDER_CLOSED_SHORT]).toEqual([
      creditRequested.type,
      deliveryRecorded.type,
      orderCancelled.type,
      orderClosedShort.type,
    ]);
    expect(heard.request(creditRequested.example).attempt).toBe(1);
    expect(heard.delivery(deliveryRecorded.example).paymentTermDays).toBe(30);
    expect(heard.ending(orderCancelled.example).undelivered).toEqual(orderCancelled.example.undelivered);
  });
});
