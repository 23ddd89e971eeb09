import { accept, type BusinessDate, type Decision } from '@kontor/kernel';
import { derivedId } from '../derived-id.ts';
import {
  caseToReopen,
  decideDunningDate,
  type DecidedNotice,
  type DunningPolicy,
  type DunningVerdict,
  policyOfCase,
  restrictionDue,
  somethingOverdue,
} from './dunning-rule.ts';
import { interestCountable, interestMinor, interestSegments } from './interest.ts';
import type { LedgerCommandOf } from './ledger.commands.ts';
import { factsOf, sumsExactly } from './ledger.facts.ts';
import type { LedgerEvent, LedgerFacts } from './ledger.events.ts';
import { type DunningCase, type LedgerState, openOn } from './ledger.state.ts';

/**
 * One date of the dunning run for one ledger. Deciding the date again does nothing: the ledger remembers through which date
 * it recorded something, and where it recorded nothing there was nothing to do.
 */
export function decideDunning(command: LedgerCommandOf<'DecideDunning'>, state: LedgerState): Decision<LedgerEvent> {
  const { policy, casePolicies } = command;
  if (policy.currency !== command.currency) return accept();
  const verdict = decideDunningDate(state, policy, command.businessDate, casePolicies);
  if (verdict === null) return accept();
  const facts = factsOf(command);
  const events: LedgerEvent[] = verdict.brokenPromises.map((promise) => {
    const { promiseId, instalmentIds, amountMinor, promisedOn, graceDays } = promise;
    return {
      type: 'PromiseBroken',
      data: { ...facts, promiseId, instalmentIds, amountMinor, promisedOn, graceDays },
    };
  });
  if (verdict.reopens !== null) events.push(reopened(verdict.reopens, facts));
  if (verdict.closes !== null)
    events.push({ type: 'DunningCaseClosed', data: { ...facts, caseId: verdict.closes.caseId } });
  if (verdict.notice !== null) events.push(...noticeEvents(command, state, verdict, verdict.notice));
  return accept(...events);
}

function noticeEvents(
  command: LedgerCommandOf<'DecideDunning'>,
  state: LedgerState,
  { policy, goesOn }: DunningVerdict,
  notice: DecidedNotice,
): readonly LedgerEvent[] {
  const { noticeId, businessDate } = command;
  const facts = factsOf(command);
  const caseId = goesOn?.caseId ?? command.caseId;
  const pinned = { policyId: policy.policyId, policyVersion: policy.version };
  const borne = interestEvents(command, policy, state, [
    ...notice.items.map(({ instalmentId }) => instalmentId),
    ...(goesOn === null ? [] : settledOfCase(state, goesOn.caseId, businessDate)),
  ]);
  const borneMinor = borne.map((event) => event.data.amountMinor);
  // A notice never fails for its charges: what the ledger could no longer sum exactly is not posted.
  const countable = sumsExactly(state.totals.chargesMinor, notice.feeMinor, ...borneMinor);
  const interest = countable ? borne : [];
  const feeMinor = countable ? notice.feeMinor : 0;
  const events: LedgerEvent[] = [];
  if (goesOn === null) events.push({ type: 'DunningCaseOpened', data: { ...facts, caseId, ...pinned } });
  events.push({
    type: 'DunningNoticeIssued',
    data: {
      ...facts,
      noticeId,
      caseId,
      level: notice.level,
      items: notice.items,
      netMinor: notice.netMinor,
      feeMinor,
      interestMinor: interest.reduce((sum, event) => sum + event.data.amountMinor, 0),
      ...pinned,
      ledgerRevision: command.ledgerRevision,
    },
  });
  if (feeMinor > 0)
    events.push({
      type: 'ChargePosted',
      data: {
        ...facts,
        chargeId: derivedId(noticeId, 'fee'),
        component: 'fee',
        amountMinor: feeMinor,
        dueDate: businessDate,
        noticeId,
        instalmentId: null,
        interest: null,
      },
    });
  return [...events, ...interest];
}

/** Items that the case has written about and that were paid since: what they bore until then is not forgiven. */
function settledOfCase(state: LedgerState, caseId: string, date: BusinessDate): readonly string[] {
  return state.items
    .values()
    .filter((item) => item.caseId === caseId && openOn(item, date) === 0)
    .sort((left, right) => (left.instalmentId < right.instalmentId ? -1 : 1))
    .map((item) => item.instalmentId);
}

/** posted is the whole as at the date, minus what was posted before. */
function interestEvents(
  command: LedgerCommandOf<'DecideDunning'>,
  policy: DunningPolicy,
  state: LedgerState,
  instalmentIds: readonly string[],
): readonly Extract<LedgerEvent, { type: 'ChargePosted' }>[] {
  const { noticeId, businessDate: until } = command;
  const rates = policy.interestRates;
  if (rates.length === 0) return [];
  return instalmentIds.flatMap((instalmentId) => {
    const item = state.items.get(instalmentId);
    if (item === undefined || !interestCountable(item, rates, until)) return [];
    const amountMinor = interestMinor(item, rates, until) - (item.interest?.postedMinor ?? 0);
    if (amountMinor <= 0) return [];
    return [
      {
        type: 'ChargePosted' as const,
        data: {
          ...factsOf(command),
          chargeId: derivedId(noticeId, `interest|${instalmentId}`),
          component: 'interest' as const,
          amountMinor,
          dueDate: until,
          noticeId,
          instalmentId,
          interest: { until, rates, segments: interestSegments(item, rates, until) },
        },
      },
    ];
  });
}

function reopened(
  { caseId, policyId, policyVersion }: DunningCase,
  facts: LedgerFacts,
  restoredBy?: string,
): LedgerEvent {
  const data = { ...facts, caseId, policyId, policyVersion };
  return { type: 'DunningCaseReopened', data: restoredBy === undefined ? data : { ...data, restoredBy } };
}

/**
 * What a returned payment brings back at once, as a payment ends it at once: the case whose items are open and overdue
 * again, with its levels and its pinned version, and the restriction that they call for. As of `today`, in the
 * state after the reversal.
 */
export function dunningRestored(
  state: LedgerState,
  facts: LedgerFacts,
  restoredBy: string,
  casePolicies: readonly DunningPolicy[],
): readonly LedgerEvent[] {
  const reopens = caseToReopen(state, facts.businessDate);
  const goesOn = reopens ?? state.dunning.openCase;
  const policy = casePolicies.find(
    ({ policyId, version }) => policyId === goesOn?.policyId && version === goesOn.policyVersion,
  );
  const restricted = policy === undefined ? null : restrictedBy(state, policy, facts);
  return [
    ...(reopens === null ? [] : [reopened(reopens, facts, restoredBy)]),
    ...(restricted === null ? [] : [restricted]),
  ];
}

/** Restricts when the last state calls for more than is imposed. */
function restrictedBy(state: LedgerState, policy: DunningPolicy, facts: LedgerFacts): LedgerEvent | null {
  const imposed = state.restriction?.restriction;
  const due = restrictionDue(state, policy, facts.businessDate);
  if (due === null || imposed === due.restriction || imposed === 'block-new-orders') return null;
  return {
    type: 'AccountRestricted',
    data: { ...facts, restriction: due.restriction, reason: `dunning level ${due.level}` },
  };
}

/**
 * R-14, at the end of a run and as of today (`businessDate`): a run over past dates must not block a client who has paid
 * since, so the restriction follows the last state only. What is imposed stays until nothing is open and overdue.
 */
export function alignRestriction(
  command: LedgerCommandOf<'AlignRestriction'>,
  state: LedgerState,
): Decision<LedgerEvent> {
  const facts = factsOf(command);
  const imposed = state.restriction;
  if (imposed !== null && !somethingOverdue(state, command.businessDate))
    return accept({
      type: 'AccountReleased',
      data: { ...facts, restriction: imposed.restriction, reason: 'nothing is open and overdue' },
    });
  const policy = policyOfCase(state.dunning.openCase, command.policy, command.casePolicies ?? []);
  const restricted = restrictedBy(state, policy, facts);
  return restricted === null ? accept() : accept(restricted);
}
