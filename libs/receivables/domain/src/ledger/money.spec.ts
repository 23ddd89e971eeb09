import { describe, expect, it } from '@jest/globals';
import { decide, fold } from '@kontor/kernel';
import { given } from '@kontor/testing/pure';
import fc from 'fast-check';
import { ALLOCATION_STRATEGY } from './allocation.ts';
import type { LedgerCommand } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { Allocation, LedgerEvent } from './ledger.events.ts';
import { after, charge, id, item, of, on, pay } from './ledger.scenarios.ts';
import { type LedgerState, openOn } from './ledger.state.ts';

const principal = (n: number, amountMinor: number): Allocation => ({
  component: 'principal',
  instalmentId: id(200 + n),
  chargeId: null,
  amountMinor,
});
const two = [
  item(1, { dueDate: '2026-03-01', amountMinor: 10_000 }),
  item(2, { dueDate: '2026-02-01', amountMinor: 5_000 }),
];
const allocationsOf = (events: readonly LedgerEvent[]) => {
  const [received] = of(events, 'PaymentReceived');
  return [received?.allocations, received?.unallocatedMinor];
};

describe('payments', () => {
  it('R-05: what the payer names is the principal of that invoice, and over-payment is credit on account', () => {
    given(ledgerDecider, [...two, charge(1, 'fee', 1_000)])
      .when(pay(1, 12_000, '2026-03-05', { reference: 'for INV-1, thanks' }))
      .then({
        type: 'PaymentReceived',
        data: {
          ...on('2026-03-05'),
          paymentId: id(301),
          amountMinor: 12_000,
          valueDate: '2026-03-05',
          reference: 'for INV-1, thanks',
          allocations: [principal(1, 10_000)],
          unallocatedMinor: 2_000,
          strategy: ALLOCATION_STRATEGY,
        },
      });
  });

  it('R-05: money that names nothing goes cost, interest, principal, then oldest due', () => {
    const { events } = after(
      [...two, charge(1, 'interest', 300), charge(2, 'fee', 1_000)],
      pay(1, 7_000, '2026-03-05'),
    );
    expect(allocationsOf(events)).toEqual([
      [
        { component: 'fee', instalmentId: null, chargeId: id(402), amountMinor: 1_000 },
        { component: 'interest', instalmentId: null, chargeId: id(401), amountMinor: 300 },
        principal(2, 5_000),
        principal(1, 700),
      ],
      0,
    ]);
  });

  it('R-05: a number that the ledger does not know is refused, free text is not', () => {
    given(ledgerDecider, two)
      .when(pay(1, 100, '2026-03-05', { invoiceNumbers: ['INV-9'] }))
      .thenRefused('UnknownInvoice', { numbers: ['INV-9'] });
    expect(allocationsOf(after(two, pay(1, 100, '2026-03-05', { reference: 'INV-9' })).events)).toEqual([
      [principal(2, 100)],
      0,
    ]);
  });

  it('R-05: credit on account is allocated later, as far as it reaches', () => {
    const { state, events } = after(two, pay(1, 11_000, '2026-03-05', { invoiceNumbers: ['INV-1'] }), {
      type: 'AllocateCredit',
      ...on('2026-03-06'),
      paymentId: id(301),
      invoiceNumbers: [],
      amountMinor: null,
      today: '2026-03-06',
    });
    expect(of(events, 'PaymentAllocated')).toEqual([
      {
        ...on('2026-03-06'),
        paymentId: id(301),
        allocations: [principal(2, 1_000)],
        allocatedMinor: 1_000,
        unallocatedMinor: 0,
        strategy: ALLOCATION_STRATEGY,
      },
    ]);
    expect(state.totals).toMatchObject({ principalMinor: 4_000, unallocatedMinor: 0 });
    given(ledgerDecider, two)
      .when({
        type: 'AllocateCredit',
        ...on('2026-03-06'),
        paymentId: id(1),
        invoiceNumbers: [],
        amountMinor: null,
        today: '2026-03-06',
      })
      .thenRefused('UnknownPayment', { paymentId: id(1) });
  });

  it('R-05: a reversal undoes all a payment did, on its own date or, as the correction of an error, on the payment’s', () => {
    const paid = after(two, pay(1, 11_000, '2026-03-05', { invoiceNumbers: ['INV-1'] })).state;
    const reverse = (asError: boolean): LedgerCommand => ({
      type: 'ReversePayment',
      ...on('2026-03-10'),
      paymentId: id(301),
      reason: 'returned',
      asError,
      today: '2026-12-31',
    });
    const returned = after(paid, reverse(false));
    expect(of(returned.events, 'PaymentReversed')).toEqual([
      {
        ...on('2026-03-10'),
        paymentId: id(301),
        amountMinor: 11_000,
        allocations: [principal(1, 10_000)],
        unallocatedMinor: 1_000,
        reason: 'returned',
      },
    ]);
    expect(returned.state.totals).toMatchObject({ principalMinor: 15_000, unallocatedMinor: 0 });
    const openAt = (state: LedgerState, day: string) => openOn(state.items.get(id(201)) as never, day);
    expect([openAt(returned.state, '2026-03-09'), openAt(returned.state, '2026-03-10')]).toEqual([0, 10_000]);
    const corrected = after(paid, reverse(true));
    expect(openAt(corrected.state, '2026-03-05')).toBe(10_000);
    expect(decide(ledgerDecider, reverse(false), returned.state)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'PaymentAlreadyReversed' },
    });
  });

  it('R-05: a payment dated into a reversed stretch leaves nothing negative on any day', () => {
    const { state, events } = after(
      two,
      pay(1, 10_000, '2026-03-05', { invoiceNumbers: ['INV-1'] }),
      {
        type: 'ReversePayment',
        ...on('2026-03-10'),
        paymentId: id(301),
        reason: 'returned',
        asError: false,
        today: '2026-12-31',
      },
      pay(2, 10_000, '2026-03-07', { invoiceNumbers: ['INV-1'] }),
    );
    expect(of(events, 'PaymentReceived').at(-1)).toMatchObject({ allocations: [], unallocatedMinor: 10_000 });
    expect(openOn(state.items.get(id(201)) as never, '2026-03-08')).toBe(0);
  });

  it('R-01: a credit note takes off its invoice, and what that no longer owes becomes credit', () => {
    const { state, events } = after(two, pay(1, 4_000, '2026-02-01', { invoiceNumbers: ['INV-2'] }), {
      type: 'ApplyCreditNote',
      ...on('2026-02-05'),
      creditNoteId: id(500),
      number: 'CN-1',
      invoiceId: id(102),
      amountMinor: 3_000,
      reason: 'scratched',
      today: '2026-02-05',
    });
    expect(of(events, 'CreditNoteApplied')).toMatchObject([
      { allocations: [principal(2, 1_000)], unallocatedMinor: 2_000 },
    ]);
    expect(state.totals).toMatchObject({ principalMinor: 10_000, unallocatedMinor: 2_000 });
  });

  it('R-12: a fee stays collectible until it is paid or waived', () => {
    const waive: LedgerCommand = { type: 'WaiveCharge', ...on('2026-03-01'), chargeId: id(401), reason: 'goodwill' };
    given(ledgerDecider, [charge(1, 'fee', 1_000)])
      .when(waive)
      .then({
        type: 'ChargeWaived',
        data: { ...on('2026-03-01'), chargeId: id(401), component: 'fee', amountMinor: 1_000, reason: 'goodwill' },
      });
    const { state } = after([charge(1, 'fee', 1_000)], waive);
    expect(decide(ledgerDecider, waive, state)).toMatchObject({ kind: 'refused', refusal: { code: 'NothingToWaive' } });
  });

  it('R-05: allocations and credit sum to every payment, and nothing is ever negative on any day', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-03-${String(n).padStart(2, '0')}`);
    const payment = fc.record({
      amount: fc.integer({ min: 1, max: 9_000 }),
      day,
      named: fc.subarray(['INV-1', 'INV-2', 'INV-3']),
    });
    fc.assert(
      fc.property(
        fc.array(payment, { maxLength: 12 }),
        fc.array(fc.nat(11), { maxLength: 4 }),
        (payments, reversals) => {
          let state = fold(ledgerDecider, [
            ...two,
            item(3, { dueDate: '2026-02-15', amountMinor: 7_500 }),
            charge(1, 'fee', 1_000),
            charge(2, 'interest', 250),
          ]);
          const commands: LedgerCommand[] = payments.map(({ amount, day: on_, named }, n) =>
            pay(n, amount, on_, { invoiceNumbers: named }),
          );
          for (const n of reversals)
            commands.push({
              type: 'ReversePayment',
              ...on('2026-03-28'),
              paymentId: id(300 + n),
              reason: 'r',
              asError: n % 2 === 0,
              today: '2026-12-31',
            });
          for (const command of commands) {
            const decision = decide(ledgerDecider, command, state);
            if (decision.kind === 'refused') continue;
            for (const { allocations, unallocatedMinor, amountMinor } of of(decision.events, 'PaymentReceived'))
              expect(allocations.reduce((sum, part) => sum + part.amountMinor, unallocatedMinor)).toBe(amountMinor);
            state = fold(ledgerDecider, decision.events, state);
            const items = state.items.values();
            for (const open of [...items, ...state.charges.values()]) expect(open.openMinor).toBeGreaterThanOrEqual(0);
            for (let n = 1; n <= 28; n += 1)
              for (const one of items) {
                const open = openOn(one, `2026-03-${String(n).padStart(2, '0')}`);
                expect(open >= 0 && open <= one.amountMinor).toBe(true);
              }
            const sums = (values: readonly { readonly openMinor: number }[]) =>
              values.reduce((sum, { openMinor }) => sum + openMinor, 0);
            expect(state.totals.principalMinor).toBe(sums(items));
            expect(state.totals.chargesMinor).toBe(sums(state.charges.values()));
          }
        },
      ),
    );
  });
});
