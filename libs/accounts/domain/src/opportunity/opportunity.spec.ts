import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, fold } from '@kontor/kernel';
import { given } from '@kontor/testing';
import type { PipelineVersion } from '../pipeline/pipeline.decider.ts';
import type { OpenOpportunity, OpportunityCommand } from './opportunity.commands.ts';
import { opportunityDecider } from './opportunity.decider.ts';
import type { OpportunityEvent } from './opportunity.events.ts';
import { presentStage } from './opportunity.state.ts';

const opportunityId = '2f6c1a7b-9c3e-4a87-8f14-7b1a6f1c3d55';
const accountId = '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11';
const ownerId = 'a1d9c2f4-7a51-4f0b-8c55-3f1f0a9c7e21';
const orderId = '99d9c2f4-7a51-4f0b-8c55-3f1f0a9c7e21';
const amount = { amountMinor: 55_000, currency: 'USD' };
const on = (businessDate: string) => ({ businessDate, today: '2026-06-01' });

const stage = (name: string, kind: 'open' | 'on-hold' | 'won' | 'lost', probability: number, ordinal: number) => ({
  name,
  kind,
  probability,
  ordinal,
});
const pipeline: PipelineVersion = {
  pipelineId: 'p',
  version: 1,
  name: 'direct',
  stages: [
    stage('Talks', 'open', 20_000, 1),
    stage('Offer', 'open', 50_000, 2),
    stage('Waiting', 'on-hold', 5_000, 3),
    stage('Won', 'won', 100_000, 4),
    stage('Lost', 'lost', 0, 5),
  ],
};

const open: OpenOpportunity = {
  type: 'OpenOpportunity',
  opportunityId,
  title: 'A packing line',
  accountId,
  accountIsRegistered: true,
  ownerId,
  ownerIsStaff: true,
  pipeline,
  stage: null,
  amount,
  expectedClose: '2026-09-30',
  productId: null,
  externalId: null,
  source: null,
  ...on('2026-01-10'),
};
type DataOf<Type extends OpportunityEvent['type']> = Extract<OpportunityEvent, { type: Type }>['data'];

const opened = (change: Partial<DataOf<'OpportunityOpened'>> = {}): OpportunityEvent => ({
  type: 'OpportunityOpened',
  data: {
    opportunityId,
    title: 'A packing line',
    accountId,
    ownerId,
    queue: null,
    pipelineId: 'p',
    pipelineVersion: 1,
    productId: null,
    externalId: null,
    source: null,
    businessDate: '2026-01-10',
    ...change,
  },
});
const entered = (
  name: string,
  businessDate: string,
  more: Partial<DataOf<'OpportunityStageEntered'>> = {},
): OpportunityEvent => {
  const found = pipeline.stages.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return {
    type: 'OpportunityStageEntered',
    data: {
      opportunityId,
      stage: name,
      stageKind: found.kind,
      probability: found.probability,
      reason: null,
      competitor: null,
      evidence: null,
      orderId: null,
      contractNumber: null,
      businessDate,
      ...more,
    },
  };
};
const revised = (amountMinor: number, businessDate: string): OpportunityEvent => ({
  type: 'OpportunityAmountRevised',
  data: { opportunityId, amount: { amountMinor, currency: 'USD' }, businessDate },
});
const expected = (expectedClose: string | null, businessDate: string): OpportunityEvent => ({
  type: 'OpportunityCloseExpected',
  data: { opportunityId, expectedClose, businessDate },
});

const fresh = [opened(), entered('Talks', '2026-01-10'), revised(55_000, '2026-01-10')];
const lost = [...fresh, entered('Lost', '2026-02-01', { reason: 'price' })];
const won = [...fresh, entered('Won', '2026-02-01', { evidence: 'order', orderId })];

const win: OpportunityCommand = {
  type: 'WinOpportunity',
  pipeline,
  origin: 'person',
  orderId,
  contractNumber: null,
  amount: null,
  ...on('2026-03-01'),
};
const lose: OpportunityCommand = {
  type: 'LoseOpportunity',
  pipeline,
  origin: 'person',
  reason: 'price',
  competitor: 'Südpack',
  ...on('2026-03-01'),
};

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

describe('closing a deal', () => {
  it('P-10: is won with an order or a contract', () => {
    given(opportunityDecider, fresh)
      .when(win)
      .then(entered('Won', '2026-03-01', { evidence: 'order', orderId }));
    given(opportunityDecider, fresh)
      .when({ ...win, orderId: null, contractNumber: 'C-7' })
      .then(entered('Won', '2026-03-01', { evidence: 'contract', contractNumber: 'C-7' }));
    given(opportunityDecider, fresh)
      .when({ ...win, orderId: null })
      .thenRefused('WinNeedsOrderOrContract', { opportunityId });
    given(opportunityDecider, fresh)
      .when({ ...win, orderId: null, origin: 'process' })
      .thenRefused('WinNeedsOrderOrContract', { opportunityId });
  });

  it('X-09: an import closes a won deal with the evidence "imported", for what it was won for', () => {
    given(opportunityDecider, fresh)
      .when({ ...win, orderId: null, origin: 'import', amount: { amountMinor: 58_800, currency: 'USD' } })
      .then(revised(58_800, '2026-03-01'), entered('Won', '2026-03-01', { evidence: 'imported' }));
    given(opportunityDecider, fresh)
      .when({ ...win, orderId: null, origin: 'import', amount })
      .then(entered('Won', '2026-03-01', { evidence: 'imported' }));
  });

  it('P-03: is lost with a reason, and may name a competitor', () => {
    given(opportunityDecider, fresh)
      .when(lose)
      .then(entered('Lost', '2026-03-01', { reason: 'price', competitor: 'Südpack' }));
    given(opportunityDecider, fresh)
      .when({ ...lose, reason: ' ' })
      .thenRefused('LossNeedsReason', { reason: '' });
  });

  it('X-09: only an import may leave the reason of a loss unstated', () => {
    given(opportunityDecider, fresh)
      .when({ ...lose, reason: 'Not stated' })
      .thenRefused('LossNeedsReason', { reason: 'Not stated' });
    given(opportunityDecider, fresh)
      .when({ ...lose, origin: 'import', reason: 'not stated', competitor: null })
      .then(entered('Lost', '2026-03-01', { reason: 'not stated' }));
  });

  it('P-03: a closed deal does not change until it is reopened', () => {
    const closing: readonly OpportunityCommand[] = [
      win,
      lose,
      { type: 'EnterStage', stage: 'Offer', pipeline, ...on('2026-03-01') },
      { type: 'ReviseAmount', amount, ...on('2026-03-01') },
      { type: 'MoveExpectedClose', expectedClose: null, ...on('2026-03-01') },
      { type: 'OverrideProbability', probability: null, reason: 'r', expiresOn: null, ...on('2026-03-01') },
    ];
    for (const command of closing) {
      given(opportunityDecider, lost).when(command).thenRefused('OpportunityClosed', { stage: 'Lost', kind: 'lost' });
      given(opportunityDecider, won).when(command).thenRefused('OpportunityClosed', { stage: 'Won', kind: 'won' });
    }
  });

  it('P-03: a refusal today is not final: reopened, it stands where it stood, and its history is kept', () => {
    const reopen = { type: 'ReopenOpportunity', pipeline, stage: null, reason: 'They came back' } as const;
    const back = entered('Talks', '2026-04-01', { reason: 'They came back' });
    const deal = given(opportunityDecider, lost);
    deal.when({ ...reopen, ...on('2026-04-01') }).then(back);
    deal
      .when({ ...reopen, stage: 'Offer', ...on('2026-04-01') })
      .then(entered('Offer', '2026-04-01', { reason: 'They came back' }));
    deal.when({ ...reopen, reason: '', ...on('2026-04-01') }).thenRefused('ReasonNeeded', { stage: 'Talks' });
    given(opportunityDecider, fresh)
      .when({ ...reopen, ...on('2026-04-01') })
      .thenRefused('OpportunityStillOpen', { stage: 'Talks' });
    expect(fold(opportunityDecider, [...lost, back])?.stages.map(({ stage: name }) => name)).toEqual([
      'Talks',
      'Lost',
      'Talks',
    ]);
  });

  it('X-09: notes what its source says now', () => {
    const imported = opened({ source: { system: 'crm', identity: 'X', content: { deal_stage: 'Engaging' } } });
    const note = { type: 'NoteOpportunitySource', content: { deal_stage: 'Won' }, ...on('2026-03-01') } as const;
    given(opportunityDecider, [imported, ...fresh.slice(1)])
      .when(note)
      .then({
        type: 'OpportunitySourceNoted',
        data: { opportunityId, content: { deal_stage: 'Won' }, businessDate: '2026-03-01' },
      });
    given(opportunityDecider, fresh).when(note).thenRefused('NotImported', { opportunityId });
  });
});

describe('every command', () => {
  it('P-02: is refused for a deal that was never opened', () => {
    const commands: readonly OpportunityCommand[] = [
      win,
      lose,
      { type: 'EnterStage', stage: 'Offer', pipeline, ...on('2026-03-01') },
      { type: 'ReviseAmount', amount, ...on('2026-03-01') },
      { type: 'MoveExpectedClose', expectedClose: null, ...on('2026-03-01') },
      { type: 'OverrideProbability', probability: null, reason: 'r', expiresOn: null, ...on('2026-03-01') },
      { type: 'AssignOpportunityOwner', ownerId, ownerIsStaff: true, ...on('2026-03-01') },
      { type: 'AssignOpportunityAccount', accountId, accountIsRegistered: true, ...on('2026-03-01') },
      { type: 'ReopenOpportunity', pipeline, stage: null, reason: 'r', ...on('2026-03-01') },
      { type: 'NoteOpportunitySource', content: {}, ...on('2026-03-01') },
    ];
    for (const command of commands) given(opportunityDecider, []).when(command).thenRefused('OpportunityUnknown', {});
  });

  it('P-06: whatever is asked, stage changes and amounts are recorded in the order of their dates', () => {
    const date = fc.integer({ min: 1, max: 31 }).map((day) => `2026-03-${String(day).padStart(2, '0')}`);
    const command: fc.Arbitrary<OpportunityCommand> = fc.oneof(
      fc
        .record({ name: fc.constantFrom('Talks', 'Offer', 'Waiting'), day: date })
        .map(({ name, day }): OpportunityCommand => ({ type: 'EnterStage', stage: name, pipeline, ...on(day) })),
      fc.record({ minor: fc.integer({ min: 0, max: 1e9 }), day: date }).map(({ minor, day }): OpportunityCommand => ({
        type: 'ReviseAmount',
        amount: { amountMinor: minor, currency: 'USD' },
        ...on(day),
      })),
      date.map((day): OpportunityCommand => ({ ...win, ...on(day) })),
      date.map((day): OpportunityCommand => ({ ...lose, ...on(day) })),
      date.map((day): OpportunityCommand => ({
        type: 'ReopenOpportunity',
        pipeline,
        stage: null,
        reason: 'r',
        ...on(day),
      })),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        let history: readonly OpportunityEvent[] = fresh;
        for (const next of commands) {
          const decision = decide(opportunityDecider, next, fold(opportunityDecider, history));
          if (decision.kind === 'accepted') history = [...history, ...decision.events];
        }
        for (const type of ['OpportunityStageEntered', 'OpportunityAmountRevised'] as const) {
          const dates = history.filter((event) => event.type === type).map((event) => event.data.businessDate);
          expect(dates).toEqual([...dates].sort());
        }
        const state = fold(opportunityDecider, history);
        expect(state && presentStage(state).stage).toBe(
          history.findLast((event) => event.type === 'OpportunityStageEntered')?.data.stage,
        );
      }),
    );
  });
});
