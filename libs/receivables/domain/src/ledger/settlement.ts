import type { BusinessDate } from '@kontor/kernel';
import { derivedId } from '../derived-id.ts';
import { caseGoesOn, somethingOverdue } from './dunning-rule.ts';
import { interestMinor, interestSegments } from './interest.ts';
import type { Allocation, LedgerEvent, LedgerFacts } from './ledger.events.ts';
import { evolveLedger } from './ledger.evolve.ts';
import type { LedgerItem, LedgerState } from './ledger.state.ts';
import { settledSince } from './promise-rule.ts';

/** What is folded within one decision: later events of an append rest on the earlier ones. */
export function afterEvents(state: LedgerState, events: readonly LedgerEvent[]): LedgerState {
  return events.reduce((folded, event) => {
    const step = evolveLedger[event.type] as (state: LedgerState, data: unknown) => LedgerState;
    return step(folded, event.data);
  }, state);
}

/**
 * What follows when principal was settled or restored, in the same append: promises kept by value date, interest that was
 * posted on other figures, and, with money that is here today, the end of the case and the release of a restriction
 * (R-07, R-09, R-12, R-14).
 * `today` null: nothing is released, because the past alone was changed or because debt was restored.
 */
export function settlementConsequences(
  before: LedgerState,
  settlement: LedgerEvent,
  facts: LedgerFacts,
  sourceId: string,
  allocations: readonly Allocation[],
  today: BusinessDate | null,
): readonly LedgerEvent[] {
  const state = afterEvents(before, [settlement]);
  const events: LedgerEvent[] = keptPromises(state, facts);
  const touched = new Set(
    allocations.flatMap(({ component, instalmentId }) =>
      component === 'principal' && instalmentId !== null ? [instalmentId] : [],
    ),
  );
  for (const instalmentId of touched) {
    const item = state.items.get(instalmentId);
    if (item === undefined) continue;
    const correction = interestCorrection(state, item, facts, sourceId);
    if (correction !== null) events.push(correction);
  }
  const { openCase } = state.dunning;
  if (today !== null && openCase !== null && !caseGoesOn(state, today))
    events.push({
      type: 'DunningCaseClosed',
      data: { ...facts, businessDate: today, caseId: openCase.caseId, settledBy: sourceId },
    });
  if (today !== null && state.restriction !== null && !somethingOverdue(state, today))
    events.push({
      type: 'AccountReleased',
      data: {
        ...facts,
        businessDate: today,
        restriction: state.restriction.restriction,
        reason: 'nothing is open and overdue',
      },
    });
  return events;
}

function keptPromises(state: LedgerState, facts: LedgerFacts): LedgerEvent[] {
  return state.promises.values().flatMap((promise): LedgerEvent[] => {
    if (promise.status === 'kept') return [];
    if (settledSince(state, promise, promise.lastDay) < promise.amountMinor) return [];
    const { promiseId, instalmentIds, amountMinor, promisedOn, graceDays } = promise;
    return [
      {
        type: 'PromiseKept',
        data: { ...facts, promiseId, instalmentIds, amountMinor, promisedOn, graceDays },
      },
    ];
  });
}

/**
 * A payment recorded later with an earlier value date changes interest that was posted: the difference is posted as of the
 * day up to which it had been posted. What had been paid of it already becomes credit on account.
 */
function interestCorrection(
  state: LedgerState,
  item: LedgerItem,
  facts: LedgerFacts,
  sourceId: string,
): LedgerEvent | null {
  if (item.interest === null || facts.businessDate >= item.interest.until) return null;
  const { until, rates, postedMinor } = item.interest;
  const difference = interestMinor(item, rates, until) - postedMinor;
  const correctionId = derivedId(sourceId, `interest|${item.instalmentId}|${item.movements.length}`);
  const dated = { ...facts, businessDate: until };
  if (difference === 0) return null;
  if (difference > 0)
    return {
      type: 'ChargePosted',
      data: {
        ...dated,
        chargeId: correctionId,
        component: 'interest',
        amountMinor: difference,
        dueDate: until,
        noticeId: null,
        instalmentId: item.instalmentId,
        interest: { until, rates, segments: interestSegments(item, rates, until) },
      },
    };
  let restMinor = -difference;
  const reductions: { chargeId: string; amountMinor: number }[] = [];
  const charges = state.charges
    .values()
    .filter(
      (charge) => charge.component === 'interest' && charge.instalmentId === item.instalmentId && charge.openMinor > 0,
    )
    .sort((left, right) => (left.dueDate < right.dueDate ? 1 : left.dueDate > right.dueDate ? -1 : 0));
  for (const charge of charges) {
    if (restMinor === 0) break;
    const amountMinor = Math.min(restMinor, charge.openMinor);
    reductions.push({ chargeId: charge.chargeId, amountMinor });
    restMinor -= amountMinor;
  }
  return {
    type: 'ChargeReduced',
    data: {
      ...dated,
      component: 'interest',
      instalmentId: item.instalmentId,
      amountMinor: -difference,
      reductions,
      unallocatedMinor: restMinor,
      creditId: correctionId,
      reason: `the principal changed as of ${facts.businessDate}`,
    },
  };
}
