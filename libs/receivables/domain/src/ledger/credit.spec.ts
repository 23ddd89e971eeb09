import { describe, expect, it } from '@jest/globals';
import { decide, fold } from '@kontor/kernel';
import { given } from '@kontor/testing/pure';
import fc from 'fast-check';
import { exposureOf } from './exposure.ts';
import type { LedgerCommandOf } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent } from './ledger.events.ts';
import { after, deliver, id, item, on, pay } from './ledger.scenarios.ts';

const limit = (limitMinor: number, validUntil: string | null = null): LedgerEvent => ({
  type: 'CreditLimitSet',
  data: { ...on('2026-01-01'), limitMinor, validUntil },
});
const reserve = (
  order: number,
  amountMinor: number,
  more: Partial<LedgerCommandOf<'ReserveCredit'>> = {},
): LedgerCommandOf<'ReserveCredit'> => ({
  type: 'ReserveCredit',
  ...on('2026-02-01'),
  orderId: id(order),
  attempt: 1,
  amountMinor,
  withoutLimit: 'unlimited',
  ...more,
});
const reserved = (
  order: number,
  amountMinor: number,
  exposureMinor: number,
  limitMinor: number | null,
): LedgerEvent => ({
  type: 'CreditReserved',
  data: { ...on('2026-02-01'), orderId: id(order), attempt: 1, amountMinor, exposureMinor, limitMinor },
});
const refused = (
  order: number,
  amountMinor: number,
  code: string,
  exposureMinor: number,
  limitMinor: number | null,
) => ({
  type: 'CreditRefused',
  data: {
    ...on('2026-02-01'),
    orderId: id(order),
    attempt: 1,
    amountMinor,
    limitMinor,
    code,
    sentence: expect.stringMatching(/\S/u),
    exposureMinor,
  },
});

describe('credit reservations', () => {
  it('R-03: reserves up to the limit and no further', () => {
    given(ledgerDecider, [limit(1_000)])
      .when(reserve(1, 1_000))
      .then(reserved(1, 1_000, 1_000, 1_000));
    const over = given(ledgerDecider, [limit(1_000)]).when(reserve(1, 1_001)).decision;
    expect(over).toEqual({ kind: 'accepted', events: [refused(1, 1_001, 'CreditLimitExceeded', 0, 1_000)] });
  });

  it('R-03: counts open receivables, reservations and unbilled deliveries, less unallocated credit', () => {
    const { state } = after(
      [limit(100_000), item(1, { dueDate: '2026-03-01', amountMinor: 10_000 })],
      reserve(1, 5_000),
      deliver(2_000, '2026-02-02'),
      pay(1, 700, '2026-02-03', { reference: null, invoiceNumbers: ['INV-1'] }),
      pay(2, 10_300, '2026-02-04', { invoiceNumbers: ['INV-1'] }),
    );
    expect(exposureOf(state)).toEqual({
      principalMinor: 0,
      chargesMinor: 0,
      reservedMinor: 3_000,
      unbilledMinor: 2_000,
      unallocatedMinor: 1_000,
      totalMinor: 4_000,
    });
  });

  it('O-07: answers each attempt of an order once, and a later attempt replaces the earlier', () => {
    given(ledgerDecider, [limit(1_000), reserved(1, 800, 800, 1_000)])
      .when(reserve(1, 800))
      .then();
    given(ledgerDecider, [limit(1_000), reserved(1, 800, 800, 1_000)])
      .when(reserve(1, 900, { attempt: 2 }))
      .then({
        type: 'CreditReserved',
        data: {
          ...on('2026-02-01'),
          orderId: id(1),
          attempt: 2,
          amountMinor: 900,
          exposureMinor: 900,
          limitMinor: 1_000,
        },
      });
  });

  it('R-02: a limit that has ended, a missing one where none means zero, and a restriction refuse', () => {
    const codeOf = (events: readonly LedgerEvent[], more: Partial<LedgerCommandOf<'ReserveCredit'>> = {}) => {
      const { decision } = given(ledgerDecider, events).when(reserve(1, 10, more));
      const [event] = decision.kind === 'accepted' ? decision.events : [];
      return event?.type === 'CreditRefused' ? event.data.code : event?.type;
    };
    expect(codeOf([limit(1_000, '2026-01-31')])).toBe('CreditLimitExpired');
    expect(codeOf([limit(1_000, '2026-02-01')])).toBe('CreditReserved');
    expect(codeOf([], { withoutLimit: 'zero' })).toBe('NoCreditLimit');
    expect(codeOf([])).toBe('CreditReserved');
    const restriction = (kind: 'block-new-orders' | 'prepayment-only'): LedgerEvent => ({
      type: 'AccountRestricted',
      data: { ...on('2026-01-15'), restriction: kind, reason: 'dunning level 3' },
    });
    expect(codeOf([restriction('block-new-orders')])).toBe('AccountRestricted');
    expect(codeOf([restriction('prepayment-only')])).toBe('PrepaymentRequired');
  });

  it('O-13: a cancelled order gives back what was reserved, once', () => {
    const release = { type: 'ReleaseCredit', ...on('2026-02-05'), orderId: id(1) } as const;
    given(ledgerDecider, [reserved(1, 800, 800, null)])
      .when(release)
      .then({ type: 'CreditReleased', data: { ...on('2026-02-05'), orderId: id(1), amountMinor: 800 } });
    given(ledgerDecider, []).when(release).then();
  });

  it('O-10: what is delivered moves from reserved to unbilled, in whichever order invoice and delivery arrive', () => {
    const enter = deliver(300, '2026-02-05', true);
    const invoiced = item(1, { dueDate: '2026-03-01', amountMinor: 300, deliveryId: id(50) });
    const deliveryFirst = after([reserved(1, 800, 800, null)], enter);
    expect(deliveryFirst.events.map((event) => event.type)).toEqual(['DeliveryEntered', 'CreditReleased']);
    expect(exposureOf(deliveryFirst.state)).toMatchObject({ reservedMinor: 0, unbilledMinor: 300, totalMinor: 300 });
    const billed = fold(ledgerDecider, [invoiced], deliveryFirst.state);
    const invoiceFirst = after([reserved(1, 800, 800, null), invoiced], enter).state;
    for (const state of [billed, invoiceFirst])
      expect(exposureOf(state)).toMatchObject({
        principalMinor: 300,
        reservedMinor: 0,
        unbilledMinor: 0,
        totalMinor: 300,
      });
  });

  it('R-03: fifty orders never exceed the limit together, whatever their amounts and the limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 50, maxLength: 50 }),
        (limitMinor, amounts) => {
          let state = fold(ledgerDecider, [limit(limitMinor)]);
          for (const [order, amountMinor] of amounts.entries()) {
            const room = limitMinor - exposureOf(state).totalMinor;
            const decision = decide(ledgerDecider, reserve(order, amountMinor), state);
            if (decision.kind === 'refused') return false;
            expect(decision.events[0]?.type).toBe(amountMinor <= room ? 'CreditReserved' : 'CreditRefused');
            state = fold(ledgerDecider, decision.events, state);
          }
          return exposureOf(state).totalMinor <= limitMinor;
        },
      ),
    );
  });

  it('X-07: an amount beyond what can be counted exactly is refused, not rounded', () => {
    const [event] = after([reserved(1, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, null)], reserve(2, 1)).events;
    expect(event).toMatchObject({ type: 'CreditRefused', data: { code: 'AmountTooLarge' } });
    const { decision } = given(ledgerDecider, [item(1, { dueDate: '2026-03-01', amountMinor: 1 })]).when({
      type: 'OpenItems',
      ...on('2026-01-01'),
      invoiceId: id(102),
      invoiceNumber: 'INV-2',
      invoiceDate: '2026-01-01',
      deliveryId: null,
      externalId: null,
      instalments: [{ instalmentId: id(202), ordinal: 1, dueDate: '2026-02-01', amountMinor: Number.MAX_SAFE_INTEGER }],
    });
    expect(decision).toMatchObject({ kind: 'refused', refusal: { code: 'AmountTooLarge' } });
  });
});
