import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { opportunityDecider } from './opportunity.decider.ts';
import type { OpportunityEvent } from './opportunity.events.ts';
import {
  opportunityId,
  accountId,
  ownerId,
  orderId,
  amount,
  on,
  pipeline,
  open,
  opened,
  entered,
  revised,
  expected,
  fresh,
} from './opportunity.scenarios.ts';

describe('opening a deal', () => {
  it('P-02: opens it in the first open stage with amount and expected close', () => {
    given(opportunityDecider, [])
      .when(open)
      .then(
        opened(),
        entered('Talks', '2026-01-10'),
        revised(55_000, '2026-01-10'),
        expected('2026-09-30', '2026-01-10'),
      );
  });

  it('A-06: a deal without account waits in the queue of enquiries until it gets one', () => {
    given(opportunityDecider, [])
      .when({ ...open, accountId: null, accountIsRegistered: false, amount: null, expectedClose: null })
      .then(opened({ accountId: null, queue: 'enquiries' }), entered('Talks', '2026-01-10'));
    const waiting = [opened({ accountId: null, queue: 'enquiries' }), entered('Talks', '2026-01-10')];
    const assigned: OpportunityEvent = {
      type: 'OpportunityAccountAssigned',
      data: { opportunityId, accountId, businessDate: '2026-01-12' },
    };
    const assign = { type: 'AssignOpportunityAccount', accountId, accountIsRegistered: true } as const;
    given(opportunityDecider, waiting)
      .when({ ...assign, ...on('2026-01-12') })
      .then(assigned);
    expect(given(opportunityDecider, [...waiting, assigned]).state).toMatchObject({ accountId, queue: null });
    given(opportunityDecider, fresh)
      .when({ ...assign, ...on('2026-01-12') })
      .then();
    given(opportunityDecider, fresh)
      .when({ ...assign, accountId: orderId, ...on('2026-01-12') })
      .thenRefused('AccountAlreadyAssigned', { accountId });
    given(opportunityDecider, waiting)
      .when({ ...assign, accountIsRegistered: false, ...on('2026-01-12') })
      .thenRefused('AccountNotKnown', { accountId });
  });

  it('P-02: refuses an unknown account, an unknown owner, the future, and a second opening', () => {
    const nothing = given(opportunityDecider, []);
    nothing.when({ ...open, accountIsRegistered: false }).thenRefused('AccountNotKnown', { accountId });
    nothing.when({ ...open, ownerIsStaff: false }).thenRefused('OwnerUnknown', { ownerId });
    nothing
      .when({ ...open, businessDate: '2026-06-02' })
      .thenRefused('DatedInFuture', { businessDate: '2026-06-02', today: '2026-06-01' });
    given(opportunityDecider, fresh).when(open).thenRefused('OpportunityAlreadyOpened', { opportunityId });
  });

  it('P-01: refuses to open it in a stage that the pipeline has not, or that closes it', () => {
    given(opportunityDecider, [])
      .when({ ...open, stage: 'Dinner' })
      .thenRefused('StageUnknown', {
        stage: 'Dinner',
        pipeline: 'direct',
        version: 1,
        stages: ['Talks', 'Offer', 'Waiting', 'Won', 'Lost'],
      });
    given(opportunityDecider, [])
      .when({ ...open, stage: 'Won' })
      .thenRefused('StageClosesDeal', { stage: 'Won', kind: 'won' });
  });
});

describe('moving a deal', () => {
  const enter = (name: string, businessDate = '2026-02-01') =>
    ({ type: 'EnterStage', stage: name, pipeline, ...on(businessDate) }) as const;

  it('P-03: enters stages of its pipeline, also on hold and back', () => {
    given(opportunityDecider, fresh).when(enter('Waiting')).then(entered('Waiting', '2026-02-01'));
    given(opportunityDecider, fresh).when(enter('Talks')).then();
  });

  it('P-01: refuses stages of another pipeline or version, and stages that close it', () => {
    given(opportunityDecider, fresh)
      .when({ ...enter('Offer'), pipeline: { ...pipeline, version: 2 } })
      .thenRefused('PipelinePinned', { pipelineId: 'p', version: 1 });
    given(opportunityDecider, fresh)
      .when(enter('Lost'))
      .thenRefused('StageClosesDeal', { stage: 'Lost', kind: 'lost' });
  });

  it('P-06: refuses a stage change dated before the last one, or before the deal', () => {
    given(opportunityDecider, [...fresh, entered('Offer', '2026-02-01')])
      .when(enter('Talks', '2026-01-31'))
      .thenRefused('DatedBeforeLast', { businessDate: '2026-01-31', last: '2026-02-01', what: 'stage change' });
    given(opportunityDecider, fresh)
      .when(enter('Offer', '2026-01-09'))
      .thenRefused('DatedBeforeLast', { businessDate: '2026-01-09', last: '2026-01-10', what: 'opening' });
  });

  it('P-02: revises the amount and moves the expected close, each at its date', () => {
    const revise = { type: 'ReviseAmount', amount: { amountMinor: 60_000, currency: 'USD' } } as const;
    given(opportunityDecider, fresh)
      .when({ ...revise, ...on('2026-02-02') })
      .then(revised(60_000, '2026-02-02'));
    given(opportunityDecider, fresh)
      .when({ ...revise, amount, ...on('2026-02-02') })
      .then();
    given(opportunityDecider, [...fresh, revised(60_000, '2026-02-02')])
      .when({ ...revise, ...on('2026-02-01') })
      .thenRefused('DatedBeforeLast', {
        businessDate: '2026-02-01',
        last: '2026-02-02',
        what: 'revision of the amount',
      });
    given(opportunityDecider, [...fresh, expected('2026-09-30', '2026-01-10')])
      .when({ type: 'MoveExpectedClose', expectedClose: null, ...on('2026-02-02') })
      .then(expected(null, '2026-02-02'));
    given(opportunityDecider, fresh)
      .when({ type: 'MoveExpectedClose', expectedClose: null, ...on('2026-02-02') })
      .then();
  });

  it('A-04: gets another owner, who is in the staff directory', () => {
    const assign = { type: 'AssignOpportunityOwner', ownerId: orderId, ownerIsStaff: true } as const;
    given(opportunityDecider, fresh)
      .when({ ...assign, ...on('2026-02-02') })
      .then({
        type: 'OpportunityOwnerAssigned',
        data: { opportunityId, ownerId: orderId, businessDate: '2026-02-02' },
      });
    given(opportunityDecider, fresh)
      .when({ ...assign, ownerId, ...on('2026-02-02') })
      .then();
    given(opportunityDecider, fresh)
      .when({ ...assign, ownerIsStaff: false, ...on('2026-02-02') })
      .thenRefused('OwnerUnknown', { ownerId: orderId });
  });

  it('P-02: keeps an override of the probability apart from the default, with reason and expiry', () => {
    const override = {
      type: 'OverrideProbability',
      probability: 99_000,
      reason: 'Budget released',
      expiresOn: '2026-06-30',
      ...on('2026-02-02'),
    } as const;
    const overridden = (probability: number | null, expiresOn: string | null): OpportunityEvent => ({
      type: 'OpportunityProbabilityOverridden',
      data: { opportunityId, probability, reason: 'Budget released', expiresOn, businessDate: '2026-02-02' },
    });
    const deal = given(opportunityDecider, fresh);
    deal.when(override).then(overridden(99_000, '2026-06-30'));
    deal.when({ ...override, reason: ' ' }).thenRefused('ReasonNeeded', { probability: 99_000 });
    deal
      .when({ ...override, expiresOn: null })
      .thenRefused('OverrideNeedsExpiry', { expiresOn: null, businessDate: '2026-02-02' });
    deal
      .when({ ...override, expiresOn: '2026-02-01' })
      .thenRefused('OverrideNeedsExpiry', { expiresOn: '2026-02-01', businessDate: '2026-02-02' });
    deal.when({ ...override, probability: 100_001 }).thenRefused('ProbabilityImpossible', { probability: 100_001 });
    deal.when({ ...override, probability: null }).then();
    const doubted = given(opportunityDecider, [...fresh, overridden(99_000, '2026-06-30')]);
    doubted.when({ ...override, probability: null }).then(overridden(null, null));
    expect(doubted.state).toMatchObject({ override: { probability: 99_000, expiresOn: '2026-06-30' } });
  });
});
