import { describe, expect, it } from '@jest/globals';
import { addDays, fold } from '@kontor/kernel';
import { AGEING_BUCKETS, ageingBucket, ageingOf } from './ageing.ts';
import { ledgerDecider } from './ledger.decider.ts';
import { after, item, pay } from './ledger.scenarios.ts';

describe('ageing', () => {
  it('R-15: not due until the day after, then buckets of 30 days each', () => {
    const due = '2026-03-01';
    const days = [-40, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121, 900];
    expect(days.map((late) => ageingBucket(due, addDays(due, late)))).toEqual([
      'not-due',
      'not-due',
      '1-30',
      '1-30',
      '31-60',
      '31-60',
      '61-90',
      '61-90',
      '91-120',
      '91-120',
      'over-120',
      'over-120',
    ]);
  });

  it('R-15: buckets sum to what is outstanding; what is settled, or not yet invoiced, is in none', () => {
    const opened = [
      item(1, { dueDate: '2026-02-01', amountMinor: 10_000 }),
      item(2, { dueDate: '2026-03-05', amountMinor: 2_000 }),
      item(3, { dueDate: '2026-03-05', amountMinor: 500 }),
      item(4, { dueDate: '2026-03-04', amountMinor: 300 }),
      item(5, { dueDate: '2026-04-30', amountMinor: 7_000, invoiceDate: '2026-04-01' }),
    ];
    const { state } = after(
      fold(ledgerDecider, opened),
      pay(1, 4_000, '2026-03-05', { invoiceNumbers: ['INV-1'] }),
      pay(2, 300, '2026-03-05', { invoiceNumbers: ['INV-4'] }),
      pay(3, 2_000, '2026-03-06', { invoiceNumbers: ['INV-2'] }),
    );
    const none = { items: 0, amountMinor: 0 };
    expect(ageingOf(state.items.values(), '2026-03-05')).toEqual({
      items: 3,
      outstandingMinor: 8_500,
      buckets: {
        ...Object.fromEntries(AGEING_BUCKETS.map((bucket) => [bucket, none])),
        'not-due': { items: 2, amountMinor: 2_500 },
        '31-60': { items: 1, amountMinor: 6_000 },
      },
    });
  });
});
