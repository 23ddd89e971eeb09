import { describe, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import type { LedgerCommandOf } from './ledger.commands.ts';
import { ledgerDecider } from './ledger.decider.ts';
import type { LedgerEvent } from './ledger.events.ts';
import { id, item, on } from './ledger.scenarios.ts';

const one = item(1, { dueDate: '2026-03-01', amountMinor: 10_000 });
const two = item(2, { dueDate: '2026-03-01', amountMinor: 500 });
const raise: LedgerCommandOf<'RaiseDispute'> = {
  type: 'RaiseDispute',
  ...on('2026-03-05'),
  disputeId: id(600),
  instalmentId: id(201),
  amountMinor: 10_000,
  reason: 'scratched',
  ownerId: null,
  deadline: null,
};
const { type: _raise, ...raisedData } = raise;
const raised: LedgerEvent = { type: 'DisputeRaised', data: raisedData };
const resolve: LedgerCommandOf<'ResolveDispute'> = {
  type: 'ResolveDispute',
  ...on('2026-03-05'),
  disputeId: id(600),
  outcome: 'unjustified',
};
const promise: LedgerCommandOf<'MakePromise'> = {
  type: 'MakePromise',
  ...on('2026-03-05'),
  promiseId: id(610),
  instalmentIds: [],
  amountMinor: 10_500,
  promisedOn: '2026-03-05',
  graceDays: 60,
};

describe('disputes', () => {
  it('R-06: are about more than nothing and no more than the item', () => {
    given(ledgerDecider, [one]).when(raise).then(raised);
    for (const amountMinor of [0, 10_001])
      given(ledgerDecider, [one])
        .when({ ...raise, amountMinor })
        .thenRefused('DisputeExceedsItem', { amountMinor, itemMinor: 10_000 });
    given(ledgerDecider, [one])
      .when({ ...raise, amountMinor: null })
      .then({ type: 'DisputeRaised', data: { ...raisedData, amountMinor: null } });
  });

  it('R-06: are about an item that is there, from its invoice date on, and raised once', () => {
    given(ledgerDecider, [one])
      .when({ ...raise, instalmentId: id(299) })
      .thenRefused('UnknownItem', { instalmentId: id(299) });
    given(ledgerDecider, [one])
      .when({ ...raise, businessDate: '2025-12-31' })
      .thenRefused('DisputedBeforeInvoice', { businessDate: '2025-12-31', invoiceDate: '2026-01-01' });
    given(ledgerDecider, [one])
      .when({ ...raise, businessDate: '2026-01-01' })
      .then({ type: 'DisputeRaised', data: { ...raisedData, businessDate: '2026-01-01' } });
    given(ledgerDecider, [one, raised]).when(raise).then();
  });

  it('R-06: end once, on the day that they were raised or later', () => {
    const resolved: LedgerEvent = {
      type: 'DisputeResolved',
      data: {
        ...on('2026-03-05'),
        disputeId: id(600),
        instalmentId: id(201),
        amountMinor: 10_000,
        reason: 'scratched',
        outcome: 'unjustified',
      },
    };
    given(ledgerDecider, [two, one, raised]).when(resolve).then(resolved);
    given(ledgerDecider, [one, raised])
      .when({ ...resolve, businessDate: '2026-03-04' })
      .thenRefused('ResolvedBeforeRaised', { businessDate: '2026-03-04', raisedOn: '2026-03-05' });
    given(ledgerDecider, [one, raised, resolved])
      .when(resolve)
      .thenRefused('DisputeAlreadyResolved', { disputeId: id(600), resolvedOn: '2026-03-05' });
    given(ledgerDecider, [one])
      .when(resolve)
      .thenRefused('UnknownDispute', { disputeId: id(600) });
  });
});

describe('promises', () => {
  const { type: _promise, ...facts } = promise;
  const made: LedgerEvent = { type: 'PromiseMade', data: { ...facts, instalmentIds: [id(201)], amountMinor: 10_000 } };

  it('R-07: are about all that is open, or about what they name, and made once', () => {
    given(ledgerDecider, [one])
      .when({ ...promise, amountMinor: 10_000 })
      .then(made);
    given(ledgerDecider, [one, two])
      .when({ ...promise, instalmentIds: [id(202)], amountMinor: 500 })
      .then({ type: 'PromiseMade', data: { ...facts, instalmentIds: [id(202)], amountMinor: 500 } });
    given(ledgerDecider, [one, two, made]).when(promise).then();
    given(ledgerDecider, [one])
      .when({ ...promise, instalmentIds: [id(201), id(299)] })
      .thenRefused('UnknownItem', { instalmentId: id(299) });
  });

  it('R-07: are about more than nothing and no more than is open', () => {
    for (const amountMinor of [0, 10_501])
      given(ledgerDecider, [one, two])
        .when({ ...promise, amountMinor })
        .thenRefused('PromiseExceedsDebt', { amountMinor, openMinor: 10_500 });
  });

  it('R-07: are for today or later, with 60 days of grace at most', () => {
    given(ledgerDecider, [one, two])
      .when({ ...promise, promisedOn: '2026-03-04' })
      .thenRefused('PromisedForThePast', { promisedOn: '2026-03-04', businessDate: '2026-03-05' });
    given(ledgerDecider, [one, two])
      .when({ ...promise, graceDays: 61 })
      .thenRefused('GraceTooLong', { graceDays: 61 });
  });
});

describe('pauses', () => {
  const pause = {
    type: 'PauseDunning',
    ...on('2026-03-05'),
    instalmentId: null,
    until: '2026-03-05',
    reason: 'moving',
  } as const;
  const { type: _pause, ...facts } = pause;
  const paused: LedgerEvent = { type: 'DunningPaused', data: facts };
  const resume = { type: 'ResumeDunning', ...on('2026-03-05'), instalmentId: null } as const;

  it('R-10: last from their first day to their last', () => {
    given(ledgerDecider, [one]).when(pause).then(paused);
    given(ledgerDecider, [one])
      .when({ ...pause, until: '2026-03-04' })
      .thenRefused('PauseEndsBeforeItBegins', { until: '2026-03-04', businessDate: '2026-03-05' });
    given(ledgerDecider, [one])
      .when({ ...pause, instalmentId: id(299) })
      .thenRefused('UnknownItem', { instalmentId: id(299) });
  });

  it('R-10: are ended before their time by what ends them, and by nothing else', () => {
    given(ledgerDecider, [one, paused])
      .when(resume)
      .then({ type: 'DunningResumed', data: { ...on('2026-03-05'), instalmentId: null } });
    given(ledgerDecider, [one, paused])
      .when({ ...resume, instalmentId: id(201) })
      .then();
    given(ledgerDecider, [one, paused])
      .when({ ...resume, businessDate: '2026-03-06' })
      .then();
    given(ledgerDecider, [one]).when(resume).then();
  });
});

describe('credit limits', () => {
  const set = { type: 'SetCreditLimit', ...on('2026-03-05'), limitMinor: 100, validUntil: '2026-03-05' } as const;
  const { type: _set, ...facts } = set;
  const known: LedgerEvent = { type: 'CreditLimitSet', data: facts };

  it('R-02: hold from a day to another or for good, and are not set twice', () => {
    given(ledgerDecider, []).when(set).then(known);
    given(ledgerDecider, [known]).when(set).then();
    given(ledgerDecider, [known])
      .when({ ...set, limitMinor: 101 })
      .then({ type: 'CreditLimitSet', data: { ...facts, limitMinor: 101 } });
    given(ledgerDecider, [known])
      .when({ ...set, validUntil: null })
      .then({ type: 'CreditLimitSet', data: { ...facts, validUntil: null } });
    given(ledgerDecider, [])
      .when({ ...set, validUntil: '2026-03-04' })
      .thenRefused('LimitEndsBeforeItBegins', { validUntil: '2026-03-04', businessDate: '2026-03-05' });
  });
});
