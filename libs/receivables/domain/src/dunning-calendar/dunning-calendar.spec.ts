import { describe, expect, it } from '@jest/globals';
import { addDays, fold } from '@kontor/kernel';
import { given } from '@kontor/testing/pure';
import { beginOf, decidedDate, dunningCalendarDecider, runFault } from './dunning-calendar.decider.ts';

describe('the calendar of decided dates', () => {
  const record = {
    type: 'RecordDecidedDates',
    entityId: 'main',
    currency: 'USD',
    policyId: 'p',
    policyVersion: 1,
  } as const;
  const decided = (date: string, policyVersion = 1) =>
    ({
      type: 'DunningDateDecided',
      data: { entityId: 'main', currency: 'USD', date, policyId: 'p', policyVersion, notices: [], businessDate: date },
    }) as const;

  it('R-09: a date is decided once', () => {
    given(dunningCalendarDecider, [decided('2026-01-01')])
      .when({
        ...record,
        dates: [
          { date: '2026-01-01', notices: [] },
          { date: '2026-01-02', notices: [] },
        ],
      })
      .then(decided('2026-01-02'));
  });

  it('R-09: another policy over a decided date is refused', () => {
    given(dunningCalendarDecider, [decided('2026-01-01', 2)])
      .when({ ...record, dates: [{ date: '2026-01-01', notices: [] }] })
      .thenRefused('DatesAlreadyDecided', { dates: ['2026-01-01'], more: 0, policyVersion: 1 });
  });

  it('R-09: knows its last date, in whatever order dates were decided', () => {
    const state = fold(dunningCalendarDecider, [decided('2026-02-01'), decided('2026-01-01')]);
    expect([state.last, decidedDate(state, '2026-01-01')?.date, decidedDate(state, '2026-01-02')]).toEqual([
      '2026-02-01',
      '2026-01-01',
      undefined,
    ]);
  });

  const RUN = {
    runId: 'run',
    entityId: 'main',
    currency: 'USD',
    from: '2026-01-01',
    to: '2026-01-31',
    policyId: 'p',
    policyVersion: 1,
    dispatch: false,
  };
  const begun = { type: 'DunningRunBegun', data: RUN } as const;
  const finished = { type: 'DunningRunFinished', data: { runId: 'run', alreadyDecided: 0 } } as const;

  it('R-09: a run is recorded before its first date, and once', () => {
    given(dunningCalendarDecider, [])
      .when({ type: 'BeginRun', ...RUN })
      .then(begun);
    given(dunningCalendarDecider, [begun])
      .when({ type: 'BeginRun', ...RUN })
      .then();
    given(dunningCalendarDecider, [begun])
      .when({ type: 'FinishRun', ...finished.data })
      .then(finished);
    given(dunningCalendarDecider, [begun, finished])
      .when({ type: 'FinishRun', runId: 'run', alreadyDecided: 31 })
      .then();
    given(dunningCalendarDecider, [])
      .when({ type: 'FinishRun', ...finished.data })
      .then();
  });

  it('R-09: begun dates that are not recorded yet belong to the policy of their run', () => {
    const other = { ...RUN, runId: 'other', policyVersion: 2 };
    const january = (days: number) => Array.from({ length: days }, (_, n) => decided(addDays('2026-01-01', n)));
    const from = { ...other, from: '2026-01-31', to: '2026-02-10' };
    const after = { ...other, from: '2026-02-01', to: '2026-02-10' };
    // The 31st is begun and open: it comes before February, whoever asks.
    for (const range of [from, after])
      given(dunningCalendarDecider, [begun, ...january(30)])
        .when({ type: 'BeginRun', ...range })
        .thenRefused('DatesAlreadyDecided', { dates: ['2026-01-31'], more: 0, policyVersion: 2 });
    given(dunningCalendarDecider, [begun, ...january(31)])
      .when({ type: 'BeginRun', ...after })
      .then({ type: 'DunningRunBegun', data: after });
    const same = { ...from, policyVersion: 1 };
    given(dunningCalendarDecider, [begun, ...january(1)])
      .when({ type: 'BeginRun', ...same })
      .then({ type: 'DunningRunBegun', data: same });
  });

  it('R-09: dates are decided in ascending order: an earlier one is refused once a later one is decided', () => {
    const before = [decided('2026-01-10'), decided('2026-01-11')];
    const early = { ...RUN, runId: 'early', from: '2026-01-08', to: '2026-01-10' };
    given(dunningCalendarDecider, before)
      .when({ type: 'BeginRun', ...early })
      .thenRefused('DatesOutOfOrder', { dates: ['2026-01-08', '2026-01-09'], more: 0, lastDecided: '2026-01-11' });
    given(dunningCalendarDecider, before)
      .when({ ...record, dates: [{ date: '2026-01-09', notices: [] }] })
      .thenRefused('DatesOutOfOrder', { dates: ['2026-01-09'], more: 0, lastDecided: '2026-01-11' });
    // Decided dates and those after them are in order.
    const on = { ...RUN, runId: 'on', from: '2026-01-10', to: '2026-01-20' };
    given(dunningCalendarDecider, before)
      .when({ type: 'BeginRun', ...on })
      .then({ type: 'DunningRunBegun', data: on });
  });

  it('R-09: none is left out: a run begins with the first date that nobody has decided', () => {
    const state = fold(dunningCalendarDecider, [decided('2026-01-10')]);
    expect(['2026-01-09', '2026-01-11', '2026-01-12', '2026-03-01'].map((from) => beginOf(state, from))).toEqual([
      '2026-01-09',
      '2026-01-11',
      '2026-01-11',
      '2026-01-11',
    ]);
    expect(beginOf(dunningCalendarDecider.initial, '2026-03-01')).toBe('2026-03-01');
    const leaps = [
      { dates: ['2026-01-12'], refused: '2026-01-12' },
      { dates: ['2026-01-11', '2026-01-13'], refused: '2026-01-13' },
      { dates: ['2026-01-12', '2026-01-11'], refused: '2026-01-12' },
    ];
    for (const { dates, refused } of leaps)
      given(dunningCalendarDecider, [decided('2026-01-10')])
        .when({ ...record, dates: dates.map((date) => ({ date, notices: [] })) })
        .thenRefused('DatesOutOfOrder', { dates: [refused], more: 0, lastDecided: '2026-01-10' });
  });

  it('R-09: what a killed run has begun comes first, with its own policy', () => {
    const state = fold(dunningCalendarDecider, [begun]);
    expect(beginOf(state, '2026-02-10')).toBe('2026-01-01');
    const range = { from: '2026-02-10', to: '2026-02-11' };
    expect(runFault(state, { ...range, policyVersion: 1 })).toBeNull();
    // What is begun are 31 days of January: ten are named, the others counted.
    const january = Array.from({ length: 10 }, (_, n) => addDays('2026-01-01', n));
    expect(runFault(state, { ...range, policyVersion: 2 })?.refusal).toMatchObject({
      code: 'DatesAlreadyDecided',
      facts: { dates: january, more: 21, policyVersion: 2 },
    });
  });
});
