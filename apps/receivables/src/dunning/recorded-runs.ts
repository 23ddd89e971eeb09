import { asProblem, Problem } from '@kontor/http';
import { daysBetween } from '@kontor/kernel';
import {
  decidedDate,
  dunningCalendarAggregate,
  type DunningCalendarState,
  type RunRecord,
} from '@kontor/receivables-domain';
import type { ServiceRuntime } from '@kontor/service';
import { currenciesOf } from '../read-models/ledger-directory/ledger-directory.query.ts';
import { calendarIdOf } from '../receivables.streams.ts';
import { policiesOf } from './policies.ts';
import { datesBetween, decidedNotices, totalsOf } from './run-totals.ts';
import type { RunStatus } from './runs.registry.ts';

/**
 * A run that this process knows nothing of, from what is recorded: it was carried out before the service was started again, or
 * by another process. Undefined: no run, or a trial, which leaves nothing behind.
 */
export async function recordedRun(runtime: ServiceRuntime, runId: string): Promise<RunStatus | undefined> {
  for (const { id: entityId, baseCurrency } of runtime.entities.all()) {
    const currencies = new Set([baseCurrency, ...(await currenciesOf(runtime.pool, entityId))]);
    for (const currency of currencies) {
      const { state } = await runtime.runner.load(dunningCalendarAggregate, calendarIdOf(entityId, currency));
      const run = state.runs.get(runId);
      if (run !== undefined) return statusOf(runtime, run, state);
    }
  }
  return undefined;
}

async function statusOf(runtime: ServiceRuntime, run: RunRecord, calendar: DunningCalendarState): Promise<RunStatus> {
  const { runId, from, to, entityId, currency, policyVersion, finished } = run;
  const dates = daysBetween(from, to) + 1;
  const decided = [...datesBetween(from, to)].filter((date) => decidedDate(calendar, date) !== undefined).length;
  const facts = { runId, from, to, dates, decided };
  if (finished === null) {
    const interrupted = new Problem(
      409,
      'DunningRunInterrupted',
      'The run was interrupted. The schedule, or the same request again, goes on where it stopped.',
    );
    const problem = interrupted.document(`/v1/dunning/runs/${runId}`);
    return { ...facts, status: 'failed', result: null, problem };
  }
  const versions = await policiesOf(runtime, entityId, currency);
  const levels = versions[policyVersion - 1]?.levels.length ?? 0;
  const { alreadyDecided } = finished;
  try {
    const totals = totalsOf(decidedNotices(calendar, from, to), levels, currency);
    const result = { runId, from, to, ...totals, decidedDates: dates, alreadyDecided };
    return { ...facts, status: 'finished', result, problem: null };
  } catch (error) {
    const problem = asProblem(error).document(`/v1/dunning/runs/${runId}`);
    return { ...facts, status: 'failed', result: null, problem };
  }
}
