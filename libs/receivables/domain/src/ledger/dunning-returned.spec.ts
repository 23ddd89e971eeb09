import { describe, expect, it } from '@jest/globals';
import { addDays, fold } from '@kontor/kernel';
import { caseToReopen } from './dunning-rule.ts';
import type { LedgerCommand, LedgerCommandOf } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent } from './ledger.events.ts';
import { after, dun, id, item, of, on, pay, POLICY } from './ledger.scenarios.ts';
import type { LedgerState } from './ledger.state.ts';

const due = '2026-03-01';
const one = item(1, { dueDate: due, amountMinor: 10_000 });
const runOver = (start: readonly LedgerEvent[] | LedgerState, days: readonly string[], policy = POLICY) =>
  after(start, ...days.map((day) => dun(day, policy)));
const dates = (from: string, count: number) => Array.from({ length: count }, (_, n) => addDays(from, n));
const levelsOf = (events: readonly LedgerEvent[]) =>
  of(events, 'DunningNoticeIssued').map((notice) => [notice.businessDate, notice.level]);
const settle = (today: string, valueDate = today) => pay(1, 10_000, valueDate, { invoiceNumbers: ['INV-1'], today });
const giveBack = (today: string, more: Partial<LedgerCommandOf<'ReversePayment'>> = {}): LedgerCommand => ({
  type: 'ReversePayment',
  ...on(today),
  paymentId: id(301),
  reason: 'returned by the bank',
  asError: false,
  today,
  casePolicies: [POLICY],
  ...more,
});
const align = (today: string): LedgerCommand => ({ type: 'AlignRestriction', ...on(today), policy: POLICY });

/** Three notices up to the level that restricts. */
const restricted = runOver([one], ['2026-03-02', '2026-03-09', '2026-03-16']).state;

describe('a payment that is returned', () => {
  it('R-09: reopens the case that it had closed at once, with its level and its pinned version', () => {
    const paid = after(runOver([one], ['2026-03-02', '2026-03-09']).state, settle('2026-03-10'));
    expect(paid.state.dunning.openCase).toBeNull();
    const returned = after(paid.state, giveBack('2026-03-12'));
    expect(of(returned.events, 'DunningCaseReopened')).toEqual([
      {
        ...on('2026-03-12'),
        caseId: id(120260302),
        policyId: POLICY.policyId,
        policyVersion: 1,
        restoredBy: id(301),
      },
    ]);
    expect(returned.state.dunning.openCase).toEqual({
      caseId: id(120260302),
      openedOn: '2026-03-02',
      policyId: POLICY.policyId,
      policyVersion: 1,
    });
    // It goes on where it was, in the same case, and no date is decided by it.
    expect(returned.state.dunning.decidedThrough).toBe('2026-03-09');
    const next = runOver(returned.state, dates('2026-03-12', 6));
    expect(of(next.events, 'DunningNoticeIssued').map(({ caseId, ...notice }) => [caseId, notice.level])).toEqual([
      [id(120260302), 3],
    ]);
    expect(of(next.events, 'DunningCaseOpened')).toEqual([]);
  });

  it('R-14: brings the restriction back at once, for the level that its items keep', () => {
    const paid = after(restricted, align('2026-03-17'), settle('2026-03-18'));
    expect([paid.state.restriction, of(paid.events, 'AccountReleased').length]).toEqual([null, 1]);
    const returned = after(paid.state, giveBack('2026-03-20'));
    expect(of(returned.events, 'AccountRestricted')).toEqual([
      { ...on('2026-03-20'), restriction: 'block-new-orders', reason: 'dunning level 3' },
    ]);
    // Nothing is left for the next run to do: the item is at its last level.
    const next = after(returned.state, ...dates('2026-03-20', 5).map((day) => dun(day)), align('2026-03-25'));
    expect(next.events).toEqual([]);
    expect(next.state.dunning.openCase?.caseId).toBe(id(120260302));
    // Paid again, all of it ends again.
    const again = after(next.state, pay(2, 10_000, '2026-03-26', { invoiceNumbers: ['INV-1'], today: '2026-03-26' }));
    expect(of(again.events, 'DunningCaseClosed')).toMatchObject([{ caseId: id(120260302) }]);
    expect(again.state.restriction).toBeNull();
  });

  it('R-14: without a version to decide with, the next run restricts', () => {
    const paid = after(restricted, align('2026-03-17'), settle('2026-03-18')).state;
    const returned = after(paid, giveBack('2026-03-20', { casePolicies: [] }));
    expect([of(returned.events, 'DunningCaseReopened').length, returned.state.restriction]).toEqual([1, null]);
    expect(of(after(returned.state, align('2026-03-21')).events, 'AccountRestricted')).toHaveLength(1);
  });

  it('R-09: what counts only later is found by the run on its date, once', () => {
    const paid = after(restricted, settle('2026-03-18')).state;
    const coming = after(paid, giveBack('2026-03-20', { businessDate: '2026-03-25' }));
    expect(of(coming.events, 'DunningCaseReopened')).toEqual([]);
    const found = runOver(coming.state, dates('2026-03-20', 10));
    expect(of(found.events, 'DunningCaseReopened')).toEqual([
      { ...on('2026-03-25'), caseId: id(120260302), policyId: POLICY.policyId, policyVersion: 1 },
    ]);
    expect([found.state.dunning.decidedThrough, levelsOf(found.events)]).toEqual(['2026-03-25', []]);
  });

  it('R-09: an item of an earlier case goes on in the one that is open', () => {
    const paid = after(restricted, settle('2026-03-18')).state;
    const other = fold(ledgerDecider, [item(2, { dueDate: '2026-03-20', amountMinor: 500 })], paid);
    const second = runOver(other, dates('2026-03-23', 1)).state;
    expect(second.dunning.openCase?.caseId).toBe(id(120260323));
    const returned = after(second, giveBack('2026-03-24'));
    expect([of(returned.events, 'DunningCaseReopened'), caseToReopen(returned.state, '2026-03-24')]).toEqual([
      [],
      null,
    ]);
    // The open case lasts as long as either of them is open and overdue.
    const half = after(returned.state, pay(2, 500, '2026-03-25', { invoiceNumbers: ['INV-2'], today: '2026-03-25' }));
    expect(of(half.events, 'DunningCaseClosed')).toEqual([]);
    const whole = after(half.state, pay(3, 10_000, '2026-03-26', { invoiceNumbers: ['INV-1'], today: '2026-03-26' }));
    expect(of(whole.events, 'DunningCaseClosed')).toMatchObject([{ caseId: id(120260323) }]);
  });

  it('R-09: what was never listed by a notice reopens nothing', () => {
    const paid = after([one], settle('2026-02-20')).state;
    expect(of(after(paid, giveBack('2026-03-12')).events, 'DunningCaseReopened')).toEqual([]);
    // Nor does what is open again and not overdue.
    const early = after(runOver([one], ['2026-03-02']).state, settle('2026-03-03'));
    expect(
      of(after(early.state, giveBack('2026-03-03', { today: '2026-03-01' })).events, 'DunningCaseReopened'),
    ).toEqual([]);
  });

  it('R-07: a promise kept by money that was booked in error was not kept', () => {
    const promise: LedgerCommand = {
      type: 'MakePromise',
      ...on('2026-03-03'),
      promiseId: id(700),
      instalmentIds: [id(201)],
      amountMinor: 10_000,
      promisedOn: '2026-03-10',
      graceDays: 2,
    };
    const kept = after([one], promise, settle('2026-03-09'));
    expect(kept.state.promises.get(id(700))?.status).toBe('kept');
    const error = runOver(after(kept.state, giveBack('2026-03-15', { asError: true })).state, dates('2026-03-13', 4));
    expect(of(error.events, 'PromiseBroken')).toMatchObject([{ promiseId: id(700), businessDate: '2026-03-13' }]);
    // A debit that was returned after its last day had kept it: value dates decide.
    const returned = runOver(after(kept.state, giveBack('2026-03-15')).state, dates('2026-03-13', 4));
    expect(of(returned.events, 'PromiseBroken')).toEqual([]);
  });
});
