import {
  accept,
  addDays,
  type BusinessDate,
  type Decider,
  earlierDate,
  monthOf,
  type Refused,
  refuse,
} from '@kontor/kernel';
import { PersistentMap } from '../persistent-map.ts';
import type { DunningCalendarCommand } from './dunning-calendar.commands.ts';
import type { DateDecidedData, DunningCalendarEvent, RunBegunData } from './dunning-calendar.events.ts';

type Month = { readonly [date: BusinessDate]: DateDecidedData };

export interface RunRecord extends RunBegunData {
  /** Null: it was begun, and nobody has finished it yet. */
  readonly finished: { readonly alreadyDecided: number } | null;
}

/** Dates lie by month, so that folding ten years copies small objects only. */
export interface DunningCalendarState {
  readonly months: { readonly [month: string]: Month };
  readonly last: BusinessDate | null;
  readonly runs: PersistentMap<RunRecord>;
  /** Begun and not finished, in the order they were begun. */
  readonly unfinished: readonly RunRecord[];
}

/**
 * Which dates are decided, with which policy version and result, and by which runs: one stream per legal entity and currency.
 * Dates are decided in ascending order and none is left out: what nobody decided in time comes before what is asked for.
 * A run is recorded before its first date, so that one that was killed can not go on with another policy.
 */
export const dunningCalendarDecider: Decider<DunningCalendarState, DunningCalendarCommand, DunningCalendarEvent> = {
  initial: { months: {}, last: null, runs: PersistentMap.empty(), unfinished: [] },
  evolve: {
    DunningRunBegun: (state, data) => {
      const run: RunRecord = { ...data, finished: null };
      return { ...state, runs: state.runs.set(run.runId, run), unfinished: [...state.unfinished, run] };
    },
    DunningDateDecided: (state, data) => {
      const month = monthOf(data.date);
      return {
        ...state,
        months: { ...state.months, [month]: { ...state.months[month], [data.date]: data } },
        last: state.last === null || data.date > state.last ? data.date : state.last,
      };
    },
    DunningRunFinished: (state, { runId, alreadyDecided }) => {
      const run = state.runs.get(runId);
      if (run === undefined) return state;
      return {
        ...state,
        runs: state.runs.set(runId, { ...run, finished: { alreadyDecided } }),
        unfinished: state.unfinished.filter((other) => other.runId !== runId),
      };
    },
  },
  decide: {
    BeginRun: ({ type: _type, ...run }, state) => {
      if (state.runs.has(run.runId)) return accept();
      return runFault(state, run) ?? accept({ type: 'DunningRunBegun', data: run });
    },
    RecordDecidedDates: (command, state) => {
      const { entityId, currency, policyId, policyVersion } = command;
      const other = command.dates.flatMap(({ date }) => {
        const decided = decidedDate(state, date);
        return decided !== undefined && decided.policyVersion !== policyVersion ? [date] : [];
      });
      if (other.length > 0) return alreadyDecided(other, policyVersion);
      const open = command.dates.filter(({ date }) => decidedDate(state, date) === undefined);
      let next = firstOpenDate(state);
      for (const { date } of open) {
        if (next !== null && date !== next) return outOfOrder([date], state.last);
        next = addDays(date, 1);
      }
      return accept(
        ...open.map(({ date, notices }): DunningCalendarEvent => ({
          type: 'DunningDateDecided',
          data: { entityId, currency, date, policyId, policyVersion, notices, businessDate: date },
        })),
      );
    },
    FinishRun: ({ runId, alreadyDecided: before }, state) => {
      const run = state.runs.get(runId);
      if (run === undefined || run.finished !== null) return accept();
      return accept({ type: 'DunningRunFinished', data: { runId, alreadyDecided: before } });
    },
  },
};

export function decidedDate(state: DunningCalendarState, date: BusinessDate): DateDecidedData | undefined {
  return state.months[monthOf(date)]?.[date];
}

/**
 * The date that is decided next: the one after the last, or where none is decided yet, the first that a run has begun with.
 * Null: whoever comes first chooses.
 */
function firstOpenDate({ last, unfinished }: DunningCalendarState): BusinessDate | null {
  if (last !== null) return addDays(last, 1);
  return unfinished.reduce<BusinessDate | null>(
    (first, { from }) => (first === null || from < first ? from : first),
    null,
  );
}

/** Where deciding a range begins: dates before it that nobody has decided come first, whoever missed them. */
export function beginOf(state: DunningCalendarState, from: BusinessDate): BusinessDate {
  const next = firstOpenDate(state);
  return next === null ? from : earlierDate(next, from);
}

/** Why a range cannot be decided with a policy version; null: it can, from `beginOf` on. */
export function runFault(
  state: DunningCalendarState,
  run: Pick<RunBegunData, 'from' | 'to' | 'policyVersion'>,
): Refused | null {
  return otherPolicy(state, { ...run, from: beginOf(state, run.from) }) ?? earlierThanDecided(state, run);
}

function earlierThanDecided(state: DunningCalendarState, { from, to }: Range): Refused | null {
  const { last } = state;
  if (last === null) return null;
  const missed: BusinessDate[] = [];
  for (let date = from; date <= to && date < last; date = addDays(date, 1))
    if (decidedDate(state, date) === undefined) missed.push(date);
  return missed.length === 0 ? null : outOfOrder(missed, last);
}

type Range = Pick<RunBegunData, 'from' | 'to'>;

/** Dates of a range that were decided with another version, or that a run with another one has begun. */
function otherPolicy(
  state: DunningCalendarState,
  { from, to, policyVersion }: Pick<RunBegunData, 'from' | 'to' | 'policyVersion'>,
): Refused | null {
  const begun = state.unfinished.filter((run) => run.policyVersion !== policyVersion);
  const other: BusinessDate[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const version = decidedDate(state, date)?.policyVersion;
    const foreign =
      version === undefined ? begun.some((run) => run.from <= date && date <= run.to) : version !== policyVersion;
    if (foreign) other.push(date);
  }
  return other.length === 0 ? null : alreadyDecided(other, policyVersion);
}

const SHOWN_DATES = 10;

function outOfOrder(dates: readonly BusinessDate[], lastDecided: BusinessDate | null): Refused {
  return refuse(
    'DatesOutOfOrder',
    'Dates are decided in ascending order, and later ones are decided. A trial (dryRun) may use any.',
    { ...shown(dates), lastDecided },
  );
}

function alreadyDecided(dates: readonly BusinessDate[], policyVersion: number): Refused {
  return refuse(
    'DatesAlreadyDecided',
    'Dates of the range were decided, or begun, with another policy. A trial (dryRun) may use any.',
    { ...shown(dates), policyVersion },
  );
}

/** A range may have thousands of dates: the first are named, the others counted. */
function shown(dates: readonly BusinessDate[]): { readonly dates: readonly BusinessDate[]; readonly more: number } {
  const first = dates.slice(0, SHOWN_DATES);
  return { dates: first, more: dates.length - first.length };
}
