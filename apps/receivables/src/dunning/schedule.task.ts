import { addDays, type BusinessDate, laterDate } from '@kontor/kernel';
import { dunningCalendarAggregate } from '@kontor/receivables-domain';
import { KONTOR_NAMESPACE, type ServiceRuntime, uuidV5 } from '@kontor/service';
import { currenciesOf, firstLedgerRecordedAt } from '../read-models/ledger-directory/ledger-directory.query.ts';
import { MAX_RUN_DATES } from '../receivables.config.ts';
import { calendarIdOf } from '../receivables.streams.ts';
import { DunningRunner } from './dunning-runner.ts';
import { policyInForce } from './policies.ts';

/**
 * Decides what has ended and is not decided: every date after the last decided one, so that an outage misses none. A firm
 * that never ran its dunning begins with the day its first ledger was recorded; what was imported before has its own run.
 */
export async function decideEndedDates(runtime: ServiceRuntime, signal: AbortSignal): Promise<void> {
  const runner = new DunningRunner(runtime);
  for (const [entityId, currency] of await scheduled(runtime)) {
    if (signal.aborted) return;
    const to = addDays(runtime.entities.today(entityId), -1);
    const from = await firstOpenDate(runtime, entityId, currency);
    if (from === null || from > to) continue;
    // After a very long pause the rest follows with the next look.
    const last = addDays(from, MAX_RUN_DATES - 1);
    const runId = uuidV5(KONTOR_NAMESPACE, `scheduled-run|${entityId}|${currency}|${from}|${to}`);
    await runner.run(
      {
        runId,
        entityId,
        from,
        to: last < to ? last : to,
        dryRun: false,
        dispatch: true,
        content: null,
        currency,
      },
      {
        commandId: runId,
        requestHash: '',
        actor: 'process:DunningSchedule',
        origin: 'process',
        correlationId: runId,
        occurredAt: runtime.clock.now(),
      },
      { decided: 0 },
    );
  }
}

/** Every entity and currency with ledgers and with a policy that was stored on purpose. */
async function scheduled(runtime: ServiceRuntime): Promise<readonly (readonly [string, string])[]> {
  const found: [string, string][] = [];
  for (const { id } of runtime.entities.all())
    for (const currency of await currenciesOf(runtime.pool, id))
      if ((await policyInForce(runtime, id, currency)) !== undefined) found.push([id, currency]);
  return found;
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
