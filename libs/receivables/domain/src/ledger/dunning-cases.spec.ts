import { describe, expect, it } from '@jest/globals';
import { fold } from '@kontor/kernel';
import { policyOfCase } from './dunning-rule.ts';
import type { LedgerCommand } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent } from './ledger.events.ts';
import { after, dun, id, item, of, on, pay, POLICY } from './ledger.scenarios.ts';
import type { LedgerState } from './ledger.state.ts';

const due = '2026-03-01';
const one = item(1, { dueDate: due, amountMinor: 10_000 });
const runOver = (start: readonly LedgerEvent[] | LedgerState, days: readonly string[], policy = POLICY) =>
  after(start, ...days.map((day) => dun(day, policy)));
const levelsOf = (events: readonly LedgerEvent[]) =>
  of(events, 'DunningNoticeIssued').map((notice) => [notice.businessDate, notice.level]);

describe('dunning cases', () => {
  it('R-08: the version is pinned in the case: another one holds for the cases that it opens', () => {
    const next = {
      ...POLICY,
      version: 2,
      daysBetweenNotices: 3,
      levels: [{ ...POLICY.levels[0], feeMinor: 500 }] as never,
    };
    const run = (start: LedgerState, day: string) =>
      after(start, { ...dun(day, next), casePolicies: [POLICY, next] } as LedgerCommand);
    const opened = after([one], dun('2026-03-02')).state;
    expect(opened.dunning.openCase).toMatchObject({ policyId: POLICY.policyId, policyVersion: 1 });
    const second = run(run(opened, '2026-03-05').state, '2026-03-09');
    expect(of(second.events, 'DunningNoticeIssued')).toMatchObject([{ level: 2, feeMinor: 1_000, policyVersion: 1 }]);
    const paid = after(second.state, pay(1, 10_000, '2026-03-10', { invoiceNumbers: ['INV-1'] })).state;
    const other = fold(ledgerDecider, [item(2, { dueDate: '2026-03-10', amountMinor: 500 })], paid);
    const third = run(other, '2026-03-12');
    expect(of(third.events, 'DunningCaseOpened')).toMatchObject([{ policyVersion: 2 }]);
    expect(of(third.events, 'DunningNoticeIssued')).toMatchObject([{ level: 1, feeMinor: 500, policyVersion: 2 }]);
  });

  it('R-19: a trial decides all with the policy that it tries, open cases too', () => {
    const next = { ...POLICY, version: 2, daysBetweenNotices: 3 };
    const opened = after([one], dun('2026-03-02')).state;
    expect(levelsOf(runOver(opened, ['2026-03-09'], next).events)).toEqual([['2026-03-09', 2]]);
    const { openCase } = opened.dunning;
    expect(policyOfCase(openCase, next, [])).toBe(next);
    expect(policyOfCase(openCase, next, [POLICY])).toBe(POLICY);
  });

  it('R-14: restriction follows the version of the open case', () => {
    const mild = { ...POLICY, version: 2, levels: POLICY.levels.map((level) => ({ ...level, restriction: null })) };
    const late = runOver([one], ['2026-03-02', '2026-03-09', '2026-03-16']).state;
    const align = {
      type: 'AlignRestriction',
      ...on('2026-03-17'),
      policy: mild,
      casePolicies: [POLICY, mild],
    } as const;
    expect(of(after(late, align).events, 'AccountRestricted')).toMatchObject([{ restriction: 'block-new-orders' }]);
  });

  it('R-09: a case ends on the date on which none of its items is open and overdue, also when another case begins', () => {
    const first = after([one], dun('2026-03-02')).state;
    // Nobody paid at once: what an import brings later is dated, and the run finds it on its date.
    const paid = after(first, pay(1, 10_000, '2026-03-20', { invoiceNumbers: ['INV-1'], today: '2026-03-02' })).state;
    const other = fold(ledgerDecider, [item(2, { dueDate: '2026-03-19', amountMinor: 500 })], paid);
    const { events } = runOver(other, ['2026-03-20']);
    expect(of(events, 'DunningCaseClosed')).toMatchObject([{ caseId: id(120260302), businessDate: '2026-03-20' }]);
    expect(of(events, 'DunningCaseOpened')).toMatchObject([{ caseId: id(120260320) }]);
    expect(of(events, 'DunningNoticeIssued')).toMatchObject([{ caseId: id(120260320), level: 1 }]);
  });

  it('R-14: money with a later value date releases nothing yet', () => {
    const late = runOver([one], ['2026-03-02', '2026-03-09', '2026-03-16']).state;
    const align: LedgerCommand = { type: 'AlignRestriction', ...on('2026-03-17'), policy: POLICY };
    const coming = pay(1, 10_000, '2026-03-25', { invoiceNumbers: ['INV-1'], today: '2026-03-18' });
    const { state } = after(late, align, coming);
    expect(state.restriction?.restriction).toBe('block-new-orders');
    const then: LedgerCommand = { type: 'AlignRestriction', ...on('2026-03-26'), policy: POLICY };
    expect(after(state, then).state.restriction).toBeNull();
  });

  it('R-09: a live payment ends the case at once, and decides no date', () => {
    const opened = after([one], dun('2026-03-02')).state;
    const settling = pay(1, 10_000, '2026-03-04', { invoiceNumbers: ['INV-1'], today: '2026-03-05' });
    const paid = after(opened, settling);
    expect(of(paid.events, 'DunningCaseClosed')).toEqual([
      { ...on('2026-03-05'), caseId: id(120260302), settledBy: id(301) },
    ]);
    expect([paid.state.dunning.openCase, paid.state.dunning.decidedThrough]).toEqual([null, '2026-03-02']);
    // A part of it ends nothing, nor does money that is not there yet.
    for (const change of [{ amountMinor: 9_999 }, { businessDate: '2026-03-06' }])
      expect(of(after(opened, { ...settling, ...change }).events, 'DunningCaseClosed')).toEqual([]);
  });

  it('R-09: dates that an outage left undecided belong to the case that a payment has closed since', () => {
    const two = [one, item(2, { dueDate: '2026-03-10', amountMinor: 500 })];
    const opened = after(two, dun('2026-03-02')).state;
    const paid = after(opened, pay(1, 10_000, '2026-03-20', { invoiceNumbers: ['INV-1'], today: '2026-03-20' })).state;
    const caught = runOver(paid, ['2026-03-09', '2026-03-16', '2026-03-20', '2026-03-23']);
    expect(of(caught.events, 'DunningNoticeIssued').map(({ businessDate, caseId }) => [businessDate, caseId])).toEqual([
      ['2026-03-09', id(120260302)],
      ['2026-03-16', id(120260302)],
      ['2026-03-23', id(120260302)],
    ]);
    // Meanwhile it has listed the other item, which is open and overdue still: it goes on.
    expect(of(caught.events, 'DunningCaseReopened')).toMatchObject([
      { businessDate: '2026-03-20', caseId: id(120260302) },
    ]);
    expect(of(caught.events, 'DunningCaseClosed')).toEqual([]);
  });

  it('R-12: charges that could no longer be summed exactly are not posted, and the notice is issued', () => {
    const rates = [{ from: '2000-01-01', rate: 100_000 }];
    const most = item(1, { dueDate: due, amountMinor: Number.MAX_SAFE_INTEGER });
    const policy = {
      ...POLICY,
      levels: POLICY.levels.map((level) => ({ ...level, feeMinor: Number.MAX_SAFE_INTEGER })),
      interestRates: rates,
    };
    const { events, state } = runOver([most], ['2026-03-02', '2036-03-09'], policy);
    expect(of(events, 'DunningNoticeIssued').map(({ feeMinor, interestMinor }) => [feeMinor, interestMinor])).toEqual([
      [0, 0],
      [Number.MAX_SAFE_INTEGER, 0],
    ]);
    expect(Number.isSafeInteger(state.totals.chargesMinor)).toBe(true);
  });
});
