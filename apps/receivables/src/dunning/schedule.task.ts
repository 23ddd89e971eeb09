import { addDays, type BusinessDate, laterDate } from '@kontor/kernel';
import { dunningCalendarAggregate } from '@kontor/receivables-domain';
import type { ServiceRuntime } from '@kontor/service';
import { currenciesOf, firstLedgerRecordedAt } from '../read-models/ledger-directory/ledger-directory.query.ts';
import { MAX_RUN_DATES } from '../receivables.config.ts';
import { calendarIdOf } from '../receivables.streams.ts';
import { DunningRunner } from './dunning-runner.ts';
import { lastEndedDate } from './ended-dates.ts';
import { policiesOf, policyInForce } from './policies.ts';
import type { RunOrder } from './run-order.ts';

/**
 * Decides what has ended and is not decided: every date after the last decided one, so that an outage misses none. A firm
 * that never ran its dunning begins with the day its first ledger was recorded; what was imported before has its own run.
 * Runs that somebody began and nobody finished, because the service was killed, go on first, each with its own policy.
 */
export async function decideEndedDates(runtime: ServiceRuntime, signal: AbortSignal): Promise<void> {
  for (const { id: entityId } of runtime.entities.all())
    for (const currency of await currenciesOf(runtime.pool, entityId)) {
      await finishBegunRuns(runtime, entityId, currency, signal);
      if (signal.aborted) return;
      if ((await policyInForce(runtime, entityId, currency)) === undefined) continue;
      const to = lastEndedDate(runtime.entities, entityId, runtime.clock.now());
      const from = await firstOpenDate(runtime, entityId, currency);
      if (from === null || from > to) continue;
      // After a very long pause the rest follows with the next look.
      const last = addDays(from, MAX_RUN_DATES - 1);
      const content = null;
      const order = { entityId, currency, from, to: last < to ? last : to, dryRun: false, dispatch: true, content };
      await carryOut(runtime, order);
    }
}

async function finishBegunRuns(
  runtime: ServiceRuntime,
  entityId: string,
  currency: string,
  signal: AbortSignal,
): Promise<void> {
  const { state } = await runtime.runner.load(dunningCalendarAggregate, calendarIdOf(entityId, currency));
  if (state.unfinished.length === 0) return;
  const versions = await policiesOf(runtime, entityId, currency);
  for (const { runId, from, to, dispatch, policyVersion } of state.unfinished) {
    if (signal.aborted) return;
    const content = versions[policyVersion - 1] ?? null;
    await carryOut(runtime, { entityId, currency, from, to, dryRun: false, dispatch, content }, runId);
  }
}

async function carryOut(runtime: ServiceRuntime, order: RunOrder, begun?: string): Promise<void> {
  const runner = new DunningRunner(runtime);
  const prepared = await runner.prepare(order);
  const run = { ...prepared, runId: begun ?? prepared.runId };
  await runner.run(run, {
    commandId: run.runId,
    requestHash: '',
    actor: 'process:DunningSchedule',
    origin: 'process',
    correlationId: run.runId,
    occurredAt: runtime.clock.now(),
  });
}

async function firstOpenDate(
  runtime: ServiceRuntime,
  entityId: string,
  currency: string,
): Promise<BusinessDate | null> {
  const { state } = await runtime.runner.load(dunningCalendarAggregate, calendarIdOf(entityId, currency));
  if (state.last !== null) return addDays(state.last, 1);
  const first = await firstLedgerRecordedAt(runtime.pool, entityId, currency);
  return first === null ? null : laterDate(runtime.entities.dateOf(entityId, first), '1900-01-01');
}
