import { describe, expect, it } from '@jest/globals';
import { fold } from '@kontor/kernel';
import { given } from '@kontor/testing';
import { decidedDate, dunningCalendarDecider } from './dunning-calendar.decider.ts';

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
      .thenRefused('DatesAlreadyDecided', { dates: ['2026-01-01'], policyVersion: 1 });
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
    const before = [begun, decided('2026-01-01')];
    const from = { ...other, from: '2026-01-31', to: '2026-02-10' };
    given(dunningCalendarDecider, before)
      .when({ type: 'BeginRun', ...from })
      .thenRefused('DatesAlreadyDecided', { dates: ['2026-01-31'], policyVersion: 2 });
    const after = { ...other, from: '2026-02-01', to: '2026-02-10' };
    given(dunningCalendarDecider, before)
      .when({ type: 'BeginRun', ...after })
      .then({ type: 'DunningRunBegun', data: after });
    const same = { ...from, policyVersion: 1 };
    given(dunningCalendarDecider, before)
      .when({ type: 'BeginRun', ...same })
      .then({ type: 'DunningRunBegun', data: same });
  });
});
