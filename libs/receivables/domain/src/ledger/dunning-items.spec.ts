import { describe, expect, it } from '@jest/globals';
import { addDays, fold } from '@kontor/kernel';
import { policyOfCase, restrictionDue } from './dunning-rule.ts';
import { ledgerDecider } from './ledger.decider.ts';
import { after, dun, id, item, of, on, pay, POLICY } from './ledger.scenarios.ts';

const due = '2026-03-01';
const one = item(1, { dueDate: due, amountMinor: 10_000 });
const daily = { ...POLICY, daysBetweenNotices: 1 };
const noticesOf = (start: Parameters<typeof after>[0], ...commands: Parameters<typeof after>[1][]) =>
  of(after(start, ...commands).events, 'DunningNoticeIssued');
const days = (from: string, count: number) => Array.from({ length: count }, (_none, n) => addDays(from, n));

describe('what a notice lists', () => {
  it('R-09: its level is the highest of its items, and its fee that level’s', () => {
    const second = item(2, { dueDate: '2026-03-05', amountMinor: 500 });
    const [, notice] = noticesOf([one, second], dun('2026-03-02'), dun('2026-03-09'));
    expect(notice).toEqual({
      ...on('2026-03-09'),
      noticeId: id(20260309),
      caseId: id(120260302),
      level: 2,
      items: [
        {
          instalmentId: id(201),
          invoiceNumber: 'INV-1',
          dueDate: due,
          netMinor: 10_000,
          levelBefore: 1,
          levelAfter: 2,
        },
        {
          instalmentId: id(202),
          invoiceNumber: 'INV-2',
          dueDate: '2026-03-05',
          netMinor: 500,
          levelBefore: 0,
          levelAfter: 1,
        },
      ],
      netMinor: 10_500,
      feeMinor: 1_000,
      interestMinor: 0,
      policyId: POLICY.policyId,
      policyVersion: 1,
      ledgerRevision: 0,
    });
  });

  it('R-09: oldest due first, then by invoice number, then by instalment', () => {
    const same = { dueDate: due, amountMinor: 100 };
    const [notice] = noticesOf(
      [
        item(3, same),
        item(9, { ...same, invoiceId: id(102), invoiceNumber: 'INV-2' }),
        item(2, same),
        item(7, { ...same, dueDate: '2026-02-01' }),
        item(1, same),
      ],
      dun('2026-03-02'),
    );
    expect(notice?.items.map(({ instalmentId }) => instalmentId)).toEqual([7, 1, 2, 9, 3].map((n) => id(200 + n)));
  });

  it('R-09: an item rises when it is late enough for the next level, not a day before', () => {
    const notices = noticesOf([one], ...days('2026-03-02', 20).map((day) => dun(day, daily)));
    expect(notices.map(({ businessDate, level }) => [businessDate, level])).toEqual([
      ['2026-03-02', 1],
      ['2026-03-09', 2],
      ['2026-03-16', 3],
    ]);
  });

  it('R-09: on its due date an item is not overdue, whatever the policy says', () => {
    const atOnce = { ...daily, levels: [{ level: 1, daysAfterDue: 0, feeMinor: 0, restriction: null }] };
    expect(noticesOf([one], dun(due, atOnce))).toEqual([]);
    expect(noticesOf([one], dun('2026-03-02', atOnce))).toHaveLength(1);
  });

  it('R-09: the minimum balance is enough, and a tolerance is not above itself', () => {
    expect(noticesOf([one], dun('2026-03-02', { ...POLICY, minimumBalanceMinor: 10_000 }))).toHaveLength(1);
    expect(noticesOf([one], dun('2026-03-02', { ...POLICY, minimumBalanceMinor: 10_001 }))).toEqual([]);
    expect(noticesOf([one], dun('2026-03-02', { ...POLICY, toleranceMinor: 9_999 }))).toHaveLength(1);
    expect(noticesOf([one], dun('2026-03-02', { ...POLICY, toleranceMinor: 10_000 }))).toEqual([]);
  });

  it('R-09: a date that was decided, or lies before one that was, is not decided again', () => {
    const { state } = after([one], dun('2026-03-09', daily));
    const later = fold(ledgerDecider, [item(2, { dueDate: '2026-02-01', amountMinor: 100 })], state);
    expect(after(later, dun('2026-03-05', daily), dun('2026-03-09', daily)).events).toEqual([]);
    expect(noticesOf(later, dun('2026-03-10', daily))).toHaveLength(1);
  });

  it('R-10: a pause holds from its first to its last day, for its item or for all', () => {
    const two = item(2, { dueDate: due, amountMinor: 500 });
    const pause = (instalmentId: string | null) =>
      ({
        type: 'PauseDunning',
        ...on('2026-03-05'),
        instalmentId,
        until: '2026-03-10',
        reason: 'asked for time',
      }) as const;
    const listed = (instalmentId: string | null, day: string) =>
      noticesOf([one, two], pause(instalmentId), dun(day)).flatMap(({ items }) =>
        items.map((part) => part.instalmentId),
      );
    const both = [id(201), id(202)];
    const around = ['2026-03-04', '2026-03-05', '2026-03-10', '2026-03-11'];
    expect(around.map((day) => listed(null, day))).toEqual([both, [], [], both]);
    expect(around.map((day) => listed(id(202), day))).toEqual([both, [id(201)], [id(201)], both]);
  });
});

describe('the policy of a case', () => {
  it('R-08: is the version that it was opened with, of that very policy', () => {
    const other = { ...POLICY, policyId: id(9_001) };
    const next = { ...POLICY, version: 2 };
    const pinned = { caseId: id(1), openedOn: due, policyId: POLICY.policyId, policyVersion: 1 };
    expect(policyOfCase(pinned, next, [other, next, POLICY])).toBe(POLICY);
    expect(policyOfCase(pinned, next, [other])).toBe(next);
    expect(policyOfCase(null, next, [POLICY])).toBe(next);
  });
});

describe('the restriction that a ledger calls for', () => {
  const policy = {
    ...daily,
    levels: [
      { level: 1, daysAfterDue: 1, feeMinor: 0, restriction: null },
      { level: 2, daysAfterDue: 8, feeMinor: 0, restriction: 'prepayment-only' as const },
      { level: 3, daysAfterDue: 15, feeMinor: 0, restriction: 'block-new-orders' as const },
    ],
  };
  const dunnedTo = (day: string) =>
    after(
      [one],
      ...days('2026-03-02', 30)
        .filter((d) => d <= day)
        .map((d) => dun(d, policy)),
    );

  it('R-14: is that of the highest level reached, while it is open and overdue', () => {
    const due3 = dunnedTo('2026-03-16').state;
    expect(restrictionDue(dunnedTo('2026-03-02').state, policy, '2026-03-20')).toBeNull();
    expect(restrictionDue(dunnedTo('2026-03-09').state, policy, '2026-03-20')).toEqual({
      restriction: 'prepayment-only',
      level: 2,
    });
    expect(restrictionDue(due3, policy, '2026-03-20')).toEqual({ restriction: 'block-new-orders', level: 3 });
    expect(restrictionDue(due3, policy, due)).toBeNull();
    const paid = after(due3, pay(1, 10_000, '2026-03-18', { invoiceNumbers: ['INV-1'] })).state;
    expect([restrictionDue(paid, policy, '2026-03-17')?.level, restrictionDue(paid, policy, '2026-03-18')]).toEqual([
      3,
      null,
    ]);
  });
});
