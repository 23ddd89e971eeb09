import type { Allocation, LedgerEventData, LedgerFacts } from './ledger.events.ts';
import type { LedgerCharge, LedgerCredit, LedgerItem, LedgerState } from './ledger.state.ts';

type Totals = LedgerState['totals'];

export function identified(state: LedgerState, data: LedgerFacts): LedgerState {
  if (state.identity !== null) return state;
  const { accountId, entityId, currency } = data;
  return { ...state, identity: { accountId, entityId, currency } };
}

export function adding(state: LedgerState, change: Partial<Totals>): LedgerState {
  const totals: Totals = {
    invoicedMinor: state.totals.invoicedMinor + (change.invoicedMinor ?? 0),
    principalMinor: state.totals.principalMinor + (change.principalMinor ?? 0),
    chargesMinor: state.totals.chargesMinor + (change.chargesMinor ?? 0),
    reservedMinor: state.totals.reservedMinor + (change.reservedMinor ?? 0),
    unbilledMinor: state.totals.unbilledMinor + (change.unbilledMinor ?? 0),
    unallocatedMinor: state.totals.unallocatedMinor + (change.unallocatedMinor ?? 0),
  };
  return { ...state, totals };
}

export function withItem(
  state: LedgerState,
  instalmentId: string,
  change: (item: LedgerItem) => LedgerItem,
): LedgerState {
  const item = state.items.get(instalmentId);
  if (item === undefined) return state;
  return { ...state, items: state.items.set(instalmentId, change(item)) };
}

export function withCharge(
  state: LedgerState,
  chargeId: string,
  change: (charge: LedgerCharge) => LedgerCharge,
): LedgerState {
  const charge = state.charges.get(chargeId);
  if (charge === undefined) return state;
  return { ...state, charges: state.charges.set(chargeId, change(charge)) };
}

/** `sign` 1 settles, −1 restores what had been settled. */
export function settled(
  state: LedgerState,
  allocations: readonly Allocation[],
  date: string,
  sourceId: string,
  sign: 1 | -1,
): LedgerState {
  let next = state;
  for (const { component, instalmentId, chargeId, amountMinor } of allocations) {
    const amount = amountMinor * sign;
    if (component === 'principal' && instalmentId !== null) {
      next = withItem(next, instalmentId, (item) => ({
        ...item,
        openMinor: item.openMinor - amount,
        movements: [...item.movements, { date, amountMinor: amount, sourceId }],
      }));
      next = adding(next, { principalMinor: -amount });
    } else if (chargeId !== null) {
      next = withCharge(next, chargeId, (charge) => ({ ...charge, openMinor: charge.openMinor - amount }));
      next = adding(next, { chargesMinor: -amount });
    }
  }
  return next;
}

/** Money, or a note, that is there now: what it is not allocated to is credit on account. */
export function credited(state: LedgerState, credit: LedgerCredit): LedgerState {
  const through = state.creditsThrough;
  return adding(
    {
      ...state,
      credits: state.credits.set(credit.sourceId, credit),
      creditsThrough: through === null || through < credit.date ? credit.date : through,
    },
    { unallocatedMinor: credit.unallocatedMinor },
  );
}

export function reservationChanged(state: LedgerState, orderId: string, toMinor: number): LedgerState {
  const before = state.reservations.get(orderId) ?? 0;
  return adding(
    {
      ...state,
      reservations: toMinor > 0 ? state.reservations.set(orderId, toMinor) : state.reservations.delete(orderId),
    },
    { reservedMinor: toMinor - before },
  );
}

export function answered(state: LedgerState, orderId: string, attempt: number): LedgerState {
  return { ...state, attempts: state.attempts.set(orderId, attempt) };
}

export function promiseIs(status: 'kept' | 'broken') {
  return (state: LedgerState, data: LedgerEventData<'PromiseKept'>): LedgerState => {
    const promise = state.promises.get(data.promiseId);
    if (promise === undefined) return state;
    const next = { ...state, promises: state.promises.set(data.promiseId, { ...promise, status }) };
    return status === 'broken' ? decidedOn(next, data.businessDate) : next;
  };
}

function decidedOn(state: LedgerState, date: string): LedgerState {
  return { ...state, dunning: { ...state.dunning, decidedThrough: date } };
}

export function caseClosed(state: LedgerState, data: LedgerEventData<'DunningCaseClosed'>): LedgerState {
  const { openCase } = state.dunning;
  const closed = { ...state, dunning: { ...state.dunning, openCase: null } };
  if (data.settledBy === undefined) return decidedOn(closed, data.businessDate);
  // A payment decides no date: the day it came on has not ended.
  const settledCase = openCase === null ? null : { ...openCase, closedOn: data.businessDate };
  return { ...closed, dunning: { ...closed.dunning, settledCase } };
}

export function caseOpened(state: LedgerState, data: LedgerEventData<'DunningCaseOpened'>): LedgerState {
  const { caseId, businessDate, policyId, policyVersion } = data;
  return {
    ...state,
    dunning: { ...state.dunning, openCase: { caseId, openedOn: businessDate, policyId, policyVersion } },
  };
}

export function caseReopened(state: LedgerState, data: LedgerEventData<'DunningCaseReopened'>): LedgerState {
  const { caseId, policyId, policyVersion } = data;
  const first = state.dunning.notices.find((notice) => notice.caseId === caseId);
  const openCase = { caseId, openedOn: first?.date ?? data.businessDate, policyId, policyVersion };
  // Open throughout, for dates that an outage left undecided too.
  const reopened = { ...state, dunning: { ...state.dunning, openCase, settledCase: null } };
  return data.restoredBy === undefined ? decidedOn(reopened, data.businessDate) : reopened;
}

export function noticeIssued(state: LedgerState, data: LedgerEventData<'DunningNoticeIssued'>): LedgerState {
  const { accountId: _account, entityId: _entity, currency: _currency, businessDate: date, ...notice } = data;
  let items = state.items;
  for (const { instalmentId, levelAfter } of data.items) {
    const item = items.get(instalmentId);
    if (item !== undefined) items = items.set(instalmentId, { ...item, level: levelAfter, caseId: data.caseId });
  }
  const notices = [...state.dunning.notices, { ...notice, date }];
  return { ...state, items, dunning: { ...state.dunning, decidedThrough: date, notices } };
}

export function statementConfirmed(state: LedgerState, data: LedgerEventData<'StatementConfirmed'>): LedgerState {
  const { accountId: _account, entityId: _entity, currency: _currency, businessDate: date, ...answer } = data;
  return { ...state, confirmations: [...state.confirmations, { ...answer, date }] };
}
