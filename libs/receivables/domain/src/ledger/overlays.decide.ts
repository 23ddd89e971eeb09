import { accept, type Decision, refuse } from '@kontor/kernel';
import type { LedgerCommandOf } from './ledger.commands.ts';
import { factsOf } from './ledger.facts.ts';
import type { LedgerEvent } from './ledger.events.ts';
import type { LedgerState } from './ledger.state.ts';

/** Grace beyond this is no promise any more (days). */
const MAX_GRACE_DAYS = 60;

/** all or part of an item; the undisputed rest goes on being dunned. */
export function raiseDispute(command: LedgerCommandOf<'RaiseDispute'>, state: LedgerState): Decision<LedgerEvent> {
  const { disputeId, instalmentId, amountMinor, reason, ownerId, deadline } = command;
  const item = state.items.get(instalmentId);
  if (item === undefined) return unknownItem(instalmentId);
  if (item.disputes.some((dispute) => dispute.disputeId === disputeId)) return accept();
  if (amountMinor !== null && (amountMinor > item.amountMinor || amountMinor === 0))
    return refuse('DisputeExceedsItem', 'The disputed part must lie between nothing and the whole item.', {
      amountMinor,
      itemMinor: item.amountMinor,
    });
  if (command.businessDate < item.invoiceDate)
    return refuse('DisputedBeforeInvoice', 'An item cannot be disputed before its invoice date.', {
      businessDate: command.businessDate,
      invoiceDate: item.invoiceDate,
    });
  return accept({
    type: 'DisputeRaised',
    data: { ...factsOf(command), disputeId, instalmentId, amountMinor, reason, ownerId, deadline },
  });
}

export function resolveDispute(command: LedgerCommandOf<'ResolveDispute'>, state: LedgerState): Decision<LedgerEvent> {
  const { disputeId, outcome } = command;
  for (const item of state.items.values()) {
    const dispute = item.disputes.find((candidate) => candidate.disputeId === disputeId);
    if (dispute === undefined) continue;
    if (dispute.to !== null)
      return refuse('DisputeAlreadyResolved', 'The dispute was resolved before.', {
        disputeId,
        resolvedOn: dispute.to,
      });
    if (command.businessDate < dispute.from)
      return refuse('ResolvedBeforeRaised', 'A dispute cannot end before it was raised.', {
        businessDate: command.businessDate,
        raisedOn: dispute.from,
      });
    const { instalmentId } = item;
    const { amountMinor, reason } = dispute;
    return accept({
      type: 'DisputeResolved',
      data: { ...factsOf(command), disputeId, instalmentId, amountMinor, reason, outcome },
    });
  }
  return refuse('UnknownDispute', 'The ledger has no such dispute.', { disputeId });
}

/** kept or broken by value date, up to the promised day and its grace. */
export function makePromise(command: LedgerCommandOf<'MakePromise'>, state: LedgerState): Decision<LedgerEvent> {
  const { promiseId, amountMinor, promisedOn, graceDays } = command;
  if (state.promises.get(promiseId) !== undefined) return accept();
  const unknown = command.instalmentIds.find((id) => state.items.get(id) === undefined);
  if (unknown !== undefined) return unknownItem(unknown);
  const items =
    command.instalmentIds.length > 0
      ? command.instalmentIds.flatMap((id) => state.items.get(id) ?? [])
      : state.items.values().filter((item) => item.openMinor > 0);
  const openMinor = items.reduce((sum, item) => sum + item.openMinor, 0);
  if (amountMinor > openMinor || amountMinor === 0)
    return refuse('PromiseExceedsDebt', 'The amount promised must lie between nothing and what is open.', {
      amountMinor,
      openMinor,
    });
  if (promisedOn < command.businessDate)
    return refuse('PromisedForThePast', 'The promised day lies before the day of the promise.', {
      promisedOn,
      businessDate: command.businessDate,
    });
  if (graceDays > MAX_GRACE_DAYS)
    return refuse('GraceTooLong', `A promise has at most ${MAX_GRACE_DAYS} days of grace.`, { graceDays });
  const instalmentIds = items.map((item) => item.instalmentId);
  return accept({
    type: 'PromiseMade',
    data: { ...factsOf(command), promiseId, instalmentIds, amountMinor, promisedOn, graceDays },
  });
}

export function pauseDunning(command: LedgerCommandOf<'PauseDunning'>, state: LedgerState): Decision<LedgerEvent> {
  const { instalmentId, until, reason } = command;
  if (instalmentId !== null && state.items.get(instalmentId) === undefined) return unknownItem(instalmentId);
  if (until < command.businessDate)
    return refuse('PauseEndsBeforeItBegins', 'The last day of the pause lies before its first.', {
      until,
      businessDate: command.businessDate,
    });
  return accept({ type: 'DunningPaused', data: { ...factsOf(command), instalmentId, until, reason } });
}

export function resumeDunning(command: LedgerCommandOf<'ResumeDunning'>, state: LedgerState): Decision<LedgerEvent> {
  const { instalmentId, businessDate } = command;
  const paused = state.pauses.some((pause) => pause.instalmentId === instalmentId && pause.until >= businessDate);
  if (!paused) return accept();
  return accept({ type: 'DunningResumed', data: { ...factsOf(command), instalmentId } });
}

function unknownItem(instalmentId: string) {
  return refuse('UnknownItem', 'The ledger has no such instalment.', { instalmentId });
}
