import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, fold } from '@kontor/kernel';
import { given } from '@kontor/testing/pure';
import type { OpportunityCommand } from './opportunity.commands.ts';
import { opportunityDecider } from './opportunity.decider.ts';
import type { OpportunityEvent } from './opportunity.events.ts';
import { presentStage } from './opportunity.state.ts';
import {
  opportunityId,
  accountId,
  ownerId,
  orderId,
  amount,
  on,
  pipeline,
  opened,
  entered,
  revised,
  fresh,
  lost,
  won,
  win,
  lose,
} from './opportunity.scenarios.ts';

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
