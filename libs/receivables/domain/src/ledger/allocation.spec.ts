import { describe, expect, it } from '@jest/globals';
import { decide, fold } from '@kontor/kernel';
import { ALLOCATION_STRATEGY, planAllocation } from './allocation.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent } from './ledger.events.ts';
import { after, charge, id, item, of, on, pay } from './ledger.scenarios.ts';

const plan = (opened: readonly LedgerEvent[], amountMinor: number, date: string, named: readonly string[] = []) => {
  const { allocations, unallocatedMinor } = planAllocation(fold(ledgerDecider, opened), amountMinor, date, named);
  return [...allocations.map((part) => [part.chargeId ?? part.instalmentId, part.amountMinor]), unallocatedMinor];
};

describe('allocation', () => {
  it('R-05: is stored under a name of its own', () => {
    expect(ALLOCATION_STRATEGY).toBe('named-then-cost-interest-principal.v1');
  });

  it('R-05: money that names nothing goes to fees, then interest, then principal, each oldest due first', () => {
    const opened = [
      item(1, { dueDate: '2026-02-20', amountMinor: 100 }),
      item(2, { dueDate: '2026-02-10', amountMinor: 100 }),
      charge(1, 'interest', 10, '2026-03-05'),
      charge(2, 'fee', 10, '2026-03-06'),
      charge(3, 'fee', 10, '2026-03-04'),
      charge(4, 'interest', 10, '2026-03-03'),
      charge(6, 'fee', 10, '2026-03-06'),
      charge(5, 'fee', 10, '2026-03-06'),
    ];
    expect(plan(opened, 300, '2026-03-10')).toEqual([
      [id(403), 10],
      [id(402), 10],
      [id(405), 10],
      [id(406), 10],
      [id(404), 10],
      [id(401), 10],
      [id(202), 100],
      [id(201), 100],
      40,
    ]);
    expect(plan(opened, 25, '2026-03-10')).toEqual([[id(403), 10], [id(402), 10], [id(405), 5], 0]);
    expect(plan(opened, 20, '2026-03-10')).toEqual([[id(403), 10], [id(402), 10], 0]);
  });

  it('R-05: of equal due dates the lower invoice number comes first, and within an invoice the earlier instalment', () => {
    const same = { dueDate: '2026-02-10', amountMinor: 100 };
    const opened = [
      item(3, same),
      item(1, { ...same, ordinal: 2 }),
      item(8, { ...same, invoiceId: id(101), invoiceNumber: 'INV-1', ordinal: 1 }),
      item(2, same),
    ];
    expect(plan(opened, 350, '2026-03-10')).toEqual([[id(208), 100], [id(201), 100], [id(202), 100], [id(203), 50], 0]);
  });

  it('R-05: what is named is the principal of those invoices and nothing else; an unknown one takes nothing', () => {
    const opened = [
      item(1, { dueDate: '2026-02-10', amountMinor: 100 }),
      item(2, { dueDate: '2026-02-20', amountMinor: 100 }),
      charge(1, 'fee', 10, '2026-03-05'),
    ];
    expect(plan(opened, 150, '2026-03-10', [id(102)])).toEqual([[id(202), 100], 50]);
    expect(plan(opened, 150, '2026-03-10', [id(102), id(101)])).toEqual([[id(201), 100], [id(202), 50], 0]);
    expect(plan(opened, 150, '2026-03-10', [id(999)])).toEqual([150]);
  });

  it('R-05: nothing goes to what was not yet invoiced on the value date', () => {
    const opened = [item(1, { dueDate: '2026-03-20', amountMinor: 100, invoiceDate: '2026-03-10' })];
    expect(plan(opened, 100, '2026-03-09')).toEqual([100]);
    expect(plan(opened, 100, '2026-03-10')).toEqual([[id(201), 100], 0]);
  });

  it('R-05: there is room for no more than the least that is open from the value date on', () => {
    const named = { invoiceNumbers: ['INV-1'] };
    const { state } = after(
      [item(1, { dueDate: '2026-02-10', amountMinor: 100 })],
      pay(2, 30, '2026-03-20', named),
      pay(1, 70, '2026-03-05', named),
      {
        type: 'ReversePayment',
        ...on('2026-03-10'),
        paymentId: id(301),
        reason: 'no funds',
        asError: false,
        today: '2026-12-31',
      },
    );
    const room = (date: string) => 500 - planAllocation(state, 500, date, [id(101)]).unallocatedMinor;
    expect(['2026-03-04', '2026-03-05', '2026-03-09', '2026-03-10', '2026-03-19', '2026-03-20'].map(room)).toEqual([
      30, 30, 30, 70, 70, 70,
    ]);
  });

  it('R-05: credit on account is allocated as far as it reaches, never more, and not when there is none', () => {
    const left = after([item(1, { dueDate: '2026-02-10', amountMinor: 100 })], pay(1, 150, '2026-03-05')).state;
    const next = fold(ledgerDecider, [item(2, { dueDate: '2026-03-10', amountMinor: 80 })], left);
    const allocate = (amountMinor: number | null, state = next) =>
      decide(
        ledgerDecider,
        {
          type: 'AllocateCredit',
          ...on('2026-03-05'),
          paymentId: id(301),
          invoiceNumbers: [],
          amountMinor,
          today: '2026-12-31',
        },
        state,
      );
    const refused = (askedMinor: number, unallocatedMinor: number) => ({
      kind: 'refused',
      refusal: {
        code: 'NotEnoughCredit',
        sentence: 'The payment does not have this much credit on account left.',
        facts: { paymentId: id(301), askedMinor, unallocatedMinor },
      },
    });
    expect([allocate(51), allocate(0)]).toEqual([refused(51, 50), refused(0, 50)]);
    for (const amountMinor of [50, null]) {
      const decision = allocate(amountMinor);
      const events = decision.kind === 'accepted' ? decision.events : [];
      const given = of(events, 'PaymentAllocated').flatMap(({ allocations }) => allocations);
      expect(given).toEqual([{ component: 'principal', instalmentId: id(202), chargeId: null, amountMinor: 50 }]);
      expect(allocate(null, fold(ledgerDecider, events, next))).toEqual(refused(0, 0));
    }
  });
});
