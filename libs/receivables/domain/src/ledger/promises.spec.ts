import { describe, expect, it } from '@jest/globals';
import type { LedgerCommand } from './ledger.commands.ts';
import type { LedgerEvent } from './ledger.events.ts';
import { after, dun, id, item, of, on, pay } from './ledger.scenarios.ts';

/** 100.00, due on 1 March 2026. */
const one = item(1, { dueDate: '2026-03-01', amountMinor: 10_000 });
const promise = (amountMinor: number, madeOn = '2026-03-03'): LedgerCommand => ({
  type: 'MakePromise',
  ...on(madeOn),
  promiseId: id(700),
  instalmentIds: [],
  amountMinor,
  promisedOn: '2026-03-12',
  graceDays: 2,
});
const named = { invoiceNumbers: ['INV-1'] };
const reversal = (n: number, day: string): LedgerCommand => ({
  type: 'ReversePayment',
  ...on(day),
  paymentId: id(300 + n),
  reason: 'returned',
  asError: false,
  today: day,
});
const kept = (events: readonly LedgerEvent[]) => of(events, 'PromiseKept').map(({ businessDate }) => businessDate);

describe('what keeps a promise', () => {
  it('R-07: money that was there before the promise is not what was promised, of the same day neither', () => {
    const start = after([one], pay(1, 4_000, '2026-03-03', named), promise(6_000));
    const part = after(start.state, pay(2, 2_000, '2026-03-10', named));
    expect(kept(part.events)).toEqual([]);
    expect(of(after(part.state, dun('2026-03-15')).events, 'PromiseBroken')).toHaveLength(1);
    expect(kept(after(part.state, pay(3, 4_000, '2026-03-14', named)).events)).toEqual(['2026-03-14']);
  });

  it('R-07: an earlier payment that comes back breaks no promise', () => {
    const { state } = after(
      [one],
      pay(1, 4_000, '2026-03-02', named),
      promise(6_000),
      pay(2, 6_000, '2026-03-10', named),
      reversal(1, '2026-03-11'),
    );
    expect(of(after(state, dun('2026-03-15')).events, 'PromiseBroken')).toEqual([]);
    expect(
      of(after(after(state, reversal(2, '2026-03-11')).state, dun('2026-03-15')).events, 'PromiseBroken'),
    ).toHaveLength(1);
  });

  it('R-07: money on its way when it was promised, with the value date of the day before, keeps it', () => {
    const { events } = after([one], promise(10_000), pay(1, 10_000, '2026-03-02', named));
    expect(kept(events)).toEqual(['2026-03-02']);
  });

  it('R-07: who pays what was promised has kept it, also when a part of it covers a fee first', () => {
    const charged = after([one], dun('2026-03-02'), dun('2026-03-09')).state;
    expect(charged.totals).toMatchObject({ principalMinor: 10_000, chargesMinor: 1_000 });
    const promised = after(charged, promise(10_000, '2026-03-09')).state;
    const { state, events } = after(promised, pay(1, 10_000, '2026-03-12'));
    expect(kept(events)).toEqual(['2026-03-12']);
    expect(state.totals).toMatchObject({ principalMinor: 1_000, chargesMinor: 0 });
    expect(kept(after(promised, pay(1, 9_999, '2026-03-12')).events)).toEqual([]);
  });
});
