import { describe, expect, it } from '@jest/globals';
import { addDays, daysBetween, fold } from '@kontor/kernel';
import { given } from '@kontor/testing/pure';
import fc from 'fast-check';
import { beforeDunningOf } from './dunning-rule.ts';
import type { LedgerCommand } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent } from './ledger.events.ts';
import { after, dun, id, item, of, on, pay, POLICY } from './ledger.scenarios.ts';
import type { LedgerState } from './ledger.state.ts';

const due = '2026-03-01';
const one = item(1, { dueDate: due, amountMinor: 10_000 });
const dates = (from: string, count: number) => Array.from({ length: count }, (_, n) => addDays(from, n));
const runOver = (start: readonly LedgerEvent[] | LedgerState, days: readonly string[], policy = POLICY) =>
  after(start, ...days.map((day) => dun(day, policy)));
const levelsOf = (events: readonly LedgerEvent[]) =>
  of(events, 'DunningNoticeIssued').map((notice) => [notice.businessDate, notice.level]);

describe('the dunning rule', () => {
  it('R-09: records the case, the notice with every eligible item, and its fee as a component of its own', () => {
    given(ledgerDecider, [one])
      .when(dun('2026-03-02'))
      .then(
        {
          type: 'DunningCaseOpened',
          data: { ...on('2026-03-02'), caseId: id(120260302), policyId: POLICY.policyId, policyVersion: 1 },
        },
        {
          type: 'DunningNoticeIssued',
          data: {
            ...on('2026-03-02'),
            noticeId: id(20260302),
            caseId: id(120260302),
            level: 1,
            items: [
              {
                instalmentId: id(201),
                invoiceNumber: 'INV-1',
                dueDate: due,
                netMinor: 10_000,
                levelBefore: 0,
                levelAfter: 1,
              },
            ],
            netMinor: 10_000,
            feeMinor: 0,
            interestMinor: 0,
            policyId: POLICY.policyId,
            policyVersion: 1,
            ledgerRevision: 0,
          },
        },
      );
  });

  it('R-09: does nothing before an item is overdue, and remembers nothing', () => {
    given(ledgerDecider, [one]).when(dun(due)).then();
  });

  it('R-09: raises an item by one level only, however late it is found', () => {
    const { events } = runOver([one], ['2026-06-01', '2026-06-08', '2026-06-15', '2026-06-22']);
    expect(levelsOf(events)).toEqual([
      ['2026-06-01', 1],
      ['2026-06-08', 2],
      ['2026-06-15', 3],
    ]);
  });

  it('R-08: a level comes with its fee, once per notice', () => {
    const { events } = runOver([one, item(2, { dueDate: due, amountMinor: 100 })], dates('2026-03-02', 30));
    expect(of(events, 'ChargePosted').map((fee) => [fee.businessDate, fee.amountMinor])).toEqual([
      ['2026-03-09', 1_000],
      ['2026-03-16', 4_000],
    ]);
  });

  it('R-09: the gap holds across cases', () => {
    const paid = runOver([one], ['2026-03-02']).state;
    const { state } = after(paid, pay(1, 10_000, '2026-03-03', { invoiceNumbers: ['INV-1'] }), dun('2026-03-03'));
    expect(state.dunning.openCase).toBeNull();
    const second = fold(ledgerDecider, [item(2, { dueDate: '2026-03-03', amountMinor: 500 })], state);
    expect(levelsOf(runOver(second, dates('2026-03-04', 10)).events)).toEqual([['2026-03-09', 1]]);
  });

  it('R-09: thresholds are net of payments and disputes', () => {
    const policy = { ...POLICY, minimumBalanceMinor: 5_000 };
    const paid = after([one], pay(1, 5_001, '2026-03-01', { invoiceNumbers: ['INV-1'] })).state;
    expect(runOver(paid, dates('2026-03-02', 20), policy).events).toEqual([]);
    const tolerant = { ...POLICY, toleranceMinor: 4_999 };
    expect(runOver(paid, dates('2026-03-02', 20), tolerant).events).toEqual([]);
  });

  it('R-06: only the undisputed rest counts, and the dispute keeps the case open', () => {
    const raise = (amountMinor: number | null): LedgerCommand => ({
      type: 'RaiseDispute',
      ...on('2026-03-01'),
      disputeId: id(600),
      instalmentId: id(201),
      amountMinor,
      reason: 'scratched',
      ownerId: null,
      deadline: null,
    });
    const part = after([one], raise(4_000), dun('2026-03-02'));
    expect(of(part.events, 'DunningNoticeIssued')[0]?.netMinor).toBe(6_000);
    const whole = after([one], dun('2026-03-02'), raise(null), ...dates('2026-03-03', 30).map((day) => dun(day)));
    expect(levelsOf(whole.events)).toEqual([['2026-03-02', 1]]);
    expect(whole.state.dunning.openCase).not.toBeNull();
    const resumed = after(
      whole.state,
      { type: 'ResolveDispute', ...on('2026-04-10'), disputeId: id(600), outcome: 'unjustified' },
      dun('2026-04-10'),
    );
    expect(levelsOf(resumed.events)).toEqual([['2026-04-10', 2]]);
  });

  it('R-10: a pause stops the clock up to its last day and keeps the level', () => {
    const { events } = after(
      [one],
      dun('2026-03-02'),
      { type: 'PauseDunning', ...on('2026-03-05'), instalmentId: null, until: '2026-03-20', reason: 'reconciling' },
      ...dates('2026-03-05', 20).map((day) => dun(day)),
    );
    expect(levelsOf(events)).toEqual([
      ['2026-03-02', 1],
      ['2026-03-21', 2],
    ]);
  });

  it('R-10: a pause that is ended early ends that day', () => {
    const { events } = after(
      [one],
      { type: 'PauseDunning', ...on('2026-03-01'), instalmentId: id(201), until: '2026-03-20', reason: 'reconciling' },
      { type: 'ResumeDunning', ...on('2026-03-04'), instalmentId: id(201) },
      ...dates('2026-03-02', 5).map((day) => dun(day)),
    );
    expect(levelsOf(events)).toEqual([['2026-03-04', 1]]);
  });

  it('R-07: a promise stops the clock, is kept by value date, and broken when its grace has passed', () => {
    const promise: LedgerCommand = {
      type: 'MakePromise',
      ...on('2026-03-03'),
      promiseId: id(700),
      instalmentIds: [],
      amountMinor: 10_000,
      promisedOn: '2026-03-12',
      graceDays: 2,
    };
    const made = after([one], dun('2026-03-02'), promise);
    const broken = runOver(made.state, dates('2026-03-03', 20));
    expect(levelsOf(broken.events)).toEqual([
      ['2026-03-15', 2],
      ['2026-03-22', 3],
    ]);
    expect(of(broken.events, 'PromiseBroken').map((event) => event.businessDate)).toEqual(['2026-03-15']);
    const kept = after(broken.state, pay(1, 10_000, '2026-03-14', { invoiceNumbers: ['INV-1'] }));
    expect(of(kept.events, 'PromiseKept').map((event) => event.businessDate)).toEqual(['2026-03-14']);
    const late = after(broken.state, pay(1, 10_000, '2026-03-15', { invoiceNumbers: ['INV-1'] }));
    expect(of(late.events, 'PromiseKept')).toEqual([]);
  });

  it('R-09: uses facts up to the date alone: a payment of the next day does not help', () => {
    const { state } = after([one], pay(1, 10_000, '2026-03-03', { invoiceNumbers: ['INV-1'] }));
    expect(levelsOf(runOver(state, dates('2026-03-02', 3)).events)).toEqual([['2026-03-02', 1]]);
  });

  it('R-14: restriction follows the last state, and a live payment releases in its own append', () => {
    const late = runOver([one], ['2026-03-02', '2026-03-09', '2026-03-16']).state;
    const align = (day: string): LedgerCommand => ({ type: 'AlignRestriction', ...on(day), policy: POLICY });
    const restricted = after(late, align('2026-03-17'));
    expect(of(restricted.events, 'AccountRestricted')).toEqual([
      { ...on('2026-03-17'), restriction: 'block-new-orders', reason: 'dunning level 3' },
    ]);
    expect(after(restricted.state, align('2026-03-18')).events).toEqual([]);
    const paid = after(
      restricted.state,
      pay(1, 10_000, '2026-03-18', { invoiceNumbers: ['INV-1'], today: '2026-03-18' }),
    );
    expect(of(paid.events, 'AccountReleased')).toEqual([
      { ...on('2026-03-18'), restriction: 'block-new-orders', reason: 'nothing is open and overdue' },
    ]);
    const settledSince = after(late, pay(1, 10_000, '2026-03-17', { invoiceNumbers: ['INV-1'] })).state;
    expect(after(settledSince, align('2026-03-18')).events).toEqual([]);
  });

  it('R-19: a trial begins as if nothing had been dunned from its first date on', () => {
    const { state } = runOver([one], dates('2026-03-02', 30));
    const before = beforeDunningOf(state, '2026-03-09');
    expect(before.items.get(id(201))?.level).toBe(1);
    expect(levelsOf(runOver(before, dates('2026-03-09', 30)).events)).toEqual([
      ['2026-03-09', 2],
      ['2026-03-16', 3],
    ]);
  });

  it('R-09: no level is skipped, the gap is kept, and chunks and repeats of dates change nothing', () => {
    const invoice = fc.record({
      due: fc.integer({ min: 0, max: 60 }),
      amount: fc.integer({ min: 1, max: 5_000 }),
      paidAfter: fc.option(fc.integer({ min: 0, max: 60 })),
      disputed: fc.boolean(),
    });
    const chunks = fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(invoice, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 10 }),
        chunks,
        (invoices, gap, cuts) => {
          const policy = { ...POLICY, daysBetweenNotices: gap };
          const opened = invoices.map((each, n) =>
            item(n, { dueDate: addDays('2026-01-01', each.due), amountMinor: each.amount }),
          );
          const commands = invoices.flatMap((each, n): LedgerCommand[] => {
            const paid = addDays('2026-01-01', each.due + (each.paidAfter ?? 0));
            const dispute: LedgerCommand[] = each.disputed
              ? [
                  {
                    type: 'RaiseDispute',
                    ...on('2026-01-01'),
                    disputeId: id(600 + n),
                    instalmentId: id(200 + n),
                    amountMinor: null,
                    reason: 'r',
                    ownerId: null,
                    deadline: null,
                  },
                  { type: 'ResolveDispute', ...on(paid), disputeId: id(600 + n), outcome: 'settled' },
                ]
              : [];
            return [
              ...dispute,
              ...(each.paidAfter === null ? [] : [pay(n, each.amount, paid, { invoiceNumbers: [`INV-${n}`] })]),
            ];
          });
          const { state } = after(opened, ...commands);
          const all = dates('2026-01-01', 100);
          const whole = runOver(state, all, policy);
          const notices = of(whole.events, 'DunningNoticeIssued');
          const reached = new Map<string, number>();
          notices.forEach((notice, index) => {
            const last = notices[index - 1];
            if (last !== undefined)
              expect(daysBetween(last.businessDate, notice.businessDate)).toBeGreaterThanOrEqual(gap);
            for (const listed of notice.items) {
              expect(listed.levelBefore).toBe(reached.get(listed.instalmentId) ?? 0);
              expect(listed.levelAfter - listed.levelBefore).toBeLessThanOrEqual(1);
              reached.set(listed.instalmentId, listed.levelAfter);
            }
          });
          let chunked = state;
          const events: LedgerEvent[] = [];
          let from = 0;
          for (const cut of [...cuts].sort((a, b) => a - b).concat(99)) {
            // Each chunk begins again at the first date: what is decided is not decided again.
            const part = runOver(chunked, all.slice(Math.max(0, from - 5), cut + 1), policy);
            chunked = part.state;
            events.push(...part.events);
            from = cut + 1;
          }
          expect(events).toEqual(whole.events);
        },
      ),
      { numRuns: 60 },
    );
  });
});
