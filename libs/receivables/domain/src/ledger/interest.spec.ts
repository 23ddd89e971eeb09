import { describe, expect, it } from '@jest/globals';
import { addDays } from '@kontor/kernel';
import fc from 'fast-check';
import { interestMinor, interestSegments } from './interest.ts';
import { after, dun, id, item, of, pay, POLICY } from './ledger.scenarios.ts';

const RATES = [
  { from: '2026-01-01', rate: 10_150 },
  { from: '2026-07-01', rate: 10_400 },
];
const GOLDEN = {
  dueDate: '2026-01-31',
  amountMinor: 100_000,
  movements: [{ date: '2026-03-15', amountMinor: 40_000, sourceId: id(1) }],
};
const withInterest = { ...POLICY, interestRates: RATES, daysBetweenNotices: 1 };

describe('interest', () => {
  it('R-12: 1000.00 due 2026-01-31, 400.00 paid 2026-03-15, as at 2026-07-31: 35.11 in three segments', () => {
    const segments = interestSegments(GOLDEN, RATES, '2026-07-31');
    expect(segments.map(({ days, principalMinor, amountMinor }) => [days, principalMinor, amountMinor])).toEqual([
      [43, 100_000, 1_196],
      [108, 60_000, 1_802],
      [30, 60_000, 513],
    ]);
    expect(interestMinor(GOLDEN, RATES, '2026-07-31')).toBe(3_511);
  });

  it('R-12: nothing before the due date, without a rate, or on what was paid in time', () => {
    expect(interestSegments(GOLDEN, RATES, '2026-01-31')).toEqual([]);
    expect(interestSegments(GOLDEN, [], '2026-07-31')).toEqual([]);
    const paid = { ...GOLDEN, movements: [{ date: '2026-01-31', amountMinor: 100_000, sourceId: id(1) }] };
    expect(interestSegments(paid, RATES, '2026-07-31')).toEqual([]);
  });

  it('R-12: neither the order of payments and rates counts, nor what lies behind the day', () => {
    const later = { date: '2026-08-15', amountMinor: 10_000, sourceId: id(2) };
    const sooner = { date: '2026-02-15', amountMinor: 10_000, sourceId: id(3) };
    const both = [...GOLDEN.movements, sooner, later];
    const rates = [...RATES, { from: '2026-08-01', rate: 1 }];
    const forwards = interestSegments({ ...GOLDEN, movements: [sooner, ...GOLDEN.movements] }, RATES, '2026-07-31');
    expect(forwards.map(({ from, principalMinor, rate }) => [from, principalMinor, rate])).toEqual([
      ['2026-01-31', 100_000, 10_150],
      ['2026-02-15', 90_000, 10_150],
      ['2026-03-15', 50_000, 10_150],
      ['2026-07-01', 50_000, 10_400],
    ]);
    expect(interestSegments({ ...GOLDEN, movements: both }, rates.toReversed(), '2026-07-31')).toEqual(forwards);
    expect(interestSegments({ ...GOLDEN, movements: both }, rates, '2026-01-30')).toEqual([]);
  });

  it('R-12: a movement that changes nothing splits no segment', () => {
    const undone = {
      ...GOLDEN,
      movements: [
        { date: '2026-02-10', amountMinor: 5_000, sourceId: id(1) },
        { date: '2026-02-10', amountMinor: -5_000, sourceId: id(1) },
      ],
    };
    expect(interestSegments(undone, RATES, '2026-03-01')).toHaveLength(1);
  });

  it('R-12: posted is the whole minus what was posted before, with the notices of a policy that has interest', () => {
    const { events } = after(
      [item(1, { dueDate: '2026-01-31', amountMinor: 100_000 })],
      dun('2026-02-05', withInterest),
      pay(1, 40_000, '2026-03-15', { invoiceNumbers: ['INV-1'] }),
      dun('2026-03-20', withInterest),
      dun('2026-07-31', withInterest),
    );
    const posted = of(events, 'ChargePosted').filter((charge) => charge.component === 'interest');
    expect(posted.reduce((sum, charge) => sum + charge.amountMinor, 0)).toBe(3_511);
    expect(posted.map((charge) => charge.dueDate)).toEqual(['2026-02-05', '2026-03-20', '2026-07-31']);
    expect(of(events, 'DunningNoticeIssued').map((notice) => notice.interestMinor)).toEqual(
      posted.map((charge) => charge.amountMinor),
    );
  });

  it('R-12: what an item of the case bore until it was paid is posted with the next notice of the case, once', () => {
    // 1000.00 for 10 days: 2.78, for 43 days: 11.96. 600.00 due 2026-03-10, for 10 and 20 days: 1.67, 3.34.
    const { events } = after(
      [
        item(1, { dueDate: '2026-01-31', amountMinor: 100_000 }),
        item(2, { dueDate: '2026-03-10', amountMinor: 60_000 }),
      ],
      dun('2026-02-10', withInterest),
      dun('2026-03-11', { ...withInterest, interestRates: [] }),
      pay(1, 100_000, '2026-03-15', { invoiceNumbers: ['INV-1'] }),
      dun('2026-03-20', withInterest),
      dun('2026-03-30', withInterest),
    );
    const posted = of(events, 'ChargePosted').filter((charge) => charge.component === 'interest');
    expect(
      posted.map(({ businessDate, instalmentId, amountMinor }) => [businessDate, instalmentId, amountMinor]),
    ).toEqual([
      ['2026-02-10', id(201), 278],
      ['2026-03-20', id(202), 167],
      ['2026-03-20', id(201), 1_196 - 278],
      ['2026-03-30', id(202), 334 - 167],
    ]);
  });

  it('R-12: a payment recorded later with an earlier value date posts the difference as a correction', () => {
    const { state, events } = after(
      [item(1, { dueDate: '2026-01-31', amountMinor: 100_000 })],
      dun('2026-07-31', withInterest),
      pay(1, 40_000, '2026-03-15', { invoiceNumbers: ['INV-1'] }),
    );
    const [posted] = of(events, 'ChargePosted');
    const [reduced] = of(events, 'ChargeReduced');
    expect((posted?.amountMinor ?? 0) - (reduced?.amountMinor ?? 0)).toBe(3_511);
    expect(reduced).toMatchObject({ businessDate: '2026-07-31', unallocatedMinor: 0 });
    expect(state.totals.chargesMinor).toBe(3_511);
  });

  it('R-12: what had been paid of interest that is corrected becomes credit on account', () => {
    const charged = after([item(1, { dueDate: '2026-01-31', amountMinor: 100_000 })], dun('2026-07-31', withInterest));
    const interest = charged.state.totals.chargesMinor;
    const { state, events } = after(
      charged.state,
      pay(1, interest, '2026-08-01'),
      pay(2, 40_000, '2026-03-15', { invoiceNumbers: ['INV-1'] }),
      {
        type: 'ReversePayment',
        ...itemFacts,
        paymentId: id(302),
        reason: 'wrong account',
        asError: true,
        today: '2026-12-31',
      },
    );
    const [reduced] = of(events, 'ChargeReduced');
    expect(reduced).toMatchObject({ reductions: [], unallocatedMinor: interest - 3_511 });
    expect(of(events, 'ChargePosted')).toMatchObject([{ amountMinor: interest - 3_511, component: 'interest' }]);
    expect(state.totals).toMatchObject({ chargesMinor: interest - 3_511, unallocatedMinor: interest - 3_511 });
  });

  it('R-12: segments join without gap or overlap, and their days are those of the whole stretch', () => {
    const movement = fc.record({ after: fc.integer({ min: -40, max: 200 }), amount: fc.integer({ min: 1, max: 900 }) });
    fc.assert(
      fc.property(fc.array(movement, { maxLength: 8 }), fc.integer({ min: 1, max: 200 }), (moves, days) => {
        const base = {
          dueDate: '2026-01-31',
          amountMinor: 10_000,
          movements: moves.map((move) => ({
            date: addDays('2026-01-31', move.after),
            amountMinor: move.amount,
            sourceId: id(1),
          })),
        };
        const asAt = addDays(base.dueDate, days);
        const segments = interestSegments(base, RATES, asAt);
        expect(segments.reduce((sum, segment) => sum + segment.days, 0)).toBe(days);
        expect([segments[0]?.from, segments.at(-1)?.to]).toEqual([base.dueDate, asAt]);
        segments.forEach((segment, index) => {
          const next = segments[index + 1];
          if (next === undefined) return;
          expect(next.from).toBe(segment.to);
          expect(next.principalMinor !== segment.principalMinor || next.rate !== segment.rate).toBe(true);
        });
      }),
    );
  });
});

const itemFacts = { accountId: id(1), entityId: 'main', currency: 'USD', businessDate: '2026-08-02' };
