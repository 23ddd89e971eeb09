import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { exposureOf } from './exposure.ts';
import type { LedgerCommand, LedgerCommandOf } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent } from './ledger.events.ts';
import { after, id, item, of, on, pay } from './ledger.scenarios.ts';

const order = id(1);
const restricted: LedgerEvent = {
  type: 'AccountRestricted',
  data: { ...on('2026-01-15'), restriction: 'prepayment-only', reason: 'dunning level 3' },
};
const debt = item(1, { dueDate: '2026-01-31', amountMinor: 5_000 });
const start = [debt, restricted];
const reserve = (attempt: number, amountMinor = 900, orderId = order): LedgerCommand => ({
  type: 'ReserveCredit',
  ...on('2026-02-01'),
  orderId,
  attempt,
  amountMinor,
  withoutLimit: 'zero',
});
const prepay = (n: number, amountMinor: number, more: Partial<LedgerCommandOf<'ReceivePayment'>> = {}) =>
  pay(n, amountMinor, '2026-02-02', { orderId: order, today: '2026-02-02', ...more });
const answers = (events: readonly LedgerEvent[]) =>
  events.flatMap((event) => (/^Credit(Reserved|Refused)$/.test(event.type) ? [event.type] : []));
const invoiced = (amountMinor: number): LedgerCommand => ({
  type: 'OpenItems',
  ...on('2026-02-10'),
  invoiceId: id(102),
  invoiceNumber: 'INV-2',
  invoiceDate: '2026-02-10',
  deliveryId: null,
  orderId: order,
  externalId: null,
  instalments: [{ instalmentId: id(202), ordinal: 1, dueDate: '2026-02-10', amountMinor }],
});

describe('paid in advance', () => {
  it('R-14: a client who must prepay gets no credit until the whole order is paid', () => {
    const held = after(start, reserve(1));
    expect(of(held.events, 'CreditRefused')).toMatchObject([{ code: 'PrepaymentRequired', attempt: 1 }]);
    const part = after(held.state, prepay(1, 899), reserve(2));
    expect(answers(part.events)).toEqual(['CreditRefused']);
    const whole = after(part.state, prepay(2, 1), reserve(3));
    expect(of(whole.events, 'CreditReserved')).toMatchObject([{ orderId: order, attempt: 3, amountMinor: 900 }]);
  });

  it('R-14: other money goes to what is owed, and prepays nothing', () => {
    const held = after(start, reserve(1), pay(1, 900, '2026-02-02'), reserve(2));
    expect(of(held.events, 'PaymentReceived')).toMatchObject([{ unallocatedMinor: 0 }]);
    expect(answers(held.events)).toEqual(['CreditRefused', 'CreditRefused']);
  });

  it('R-14: what was paid for one order carries no other', () => {
    const { events } = after(start, reserve(1), reserve(1, 500, id(2)), prepay(1, 900), reserve(2, 500, id(2)));
    expect(of(events, 'CreditRefused').map(({ orderId, attempt }) => [orderId, attempt])).toEqual([
      [order, 1],
      [id(2), 1],
      [id(2), 2],
    ]);
  });

  it('R-05: it is kept as credit on account, told from which order, and the debt stays', () => {
    const { state, events } = after(start, reserve(1), prepay(1, 900));
    expect(of(events, 'PaymentReceived')).toEqual([
      {
        ...on('2026-02-02'),
        paymentId: id(301),
        amountMinor: 900,
        valueDate: '2026-02-02',
        reference: null,
        orderId: order,
        allocations: [],
        unallocatedMinor: 900,
        strategy: 'prepayment.v1',
      },
    ]);
    expect(exposureOf(state)).toMatchObject({ principalMinor: 5_000, unallocatedMinor: 900 });
  });

  it('R-05: the invoice of the order is settled by it at once, up to what it asks', () => {
    const paid = after(start, reserve(1), prepay(1, 600), prepay(2, 400), reserve(2));
    const first = after(paid.state, invoiced(900));
    expect(
      of(first.events, 'PaymentAllocated').map(({ paymentId, allocations, ...rest }) => [
        paymentId,
        allocations.map(({ instalmentId, amountMinor }) => [instalmentId, amountMinor]),
        rest.unallocatedMinor,
        rest.businessDate,
      ]),
    ).toEqual([
      [id(301), [[id(202), 600]], 0, '2026-02-10'],
      [id(302), [[id(202), 300]], 100, '2026-02-10'],
    ]);
    expect(first.state.totals).toMatchObject({ principalMinor: 5_000, unallocatedMinor: 100 });
    // Nothing is allocated twice.
    expect(after(first.state, invoiced(900)).events).toEqual([]);
  });

  it('R-05: an invoice without prepayment is opened as ever', () => {
    expect(after(start, invoiced(900)).events.map(({ type }) => type)).toEqual(['ItemOpened']);
  });

  it('R-05: an order that never asked for credit here is a typing error', () => {
    given(ledgerDecider, start).when(prepay(1, 900)).thenRefused('UnknownOrder', { orderId: order });
  });

  it('R-05: taken back, it carries the order no longer', () => {
    const { events } = after(
      start,
      reserve(1),
      prepay(1, 900),
      {
        type: 'ReversePayment',
        ...on('2026-02-03'),
        paymentId: id(301),
        reason: 'returned',
        asError: false,
        today: '2026-02-03',
      },
      reserve(2),
    );
    expect(answers(events)).toEqual(['CreditRefused', 'CreditRefused']);
  });
});
