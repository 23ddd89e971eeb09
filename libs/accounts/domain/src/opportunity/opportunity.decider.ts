import { accept, RATE_ONE, refuse, type Decider, type Money } from '@kontor/kernel';
import { differingFields } from '../source.ts';
import type { OpportunityCommand } from './opportunity.commands.ts';
import type { OpportunityEvent } from './opportunity.events.ts';
import { evolveOpportunity } from './opportunity.evolve.ts';
import {
  closingStage,
  ENQUIRIES,
  NOT_STATED,
  refuseClosed,
  refuseDate,
  refusePipeline,
  stageEntered,
  unknown,
  workingStage,
} from './opportunity.rules.ts';
import { isClosed, presentStage, type OpportunityState } from './opportunity.state.ts';
import { refuseFuture } from '../dating.ts';

export const opportunityDecider: Decider<OpportunityState, OpportunityCommand, OpportunityEvent> = {
  initial: undefined,
  evolve: evolveOpportunity,

  decide: {
    OpenOpportunity: (command, state) => {
      const { opportunityId, accountId, ownerId, amount, expectedClose, pipeline, businessDate } = command;
      if (state !== undefined)
        return refuse('OpportunityAlreadyOpened', 'The deal is open already.', { opportunityId });
      const late = refuseFuture(businessDate, command.today);
      if (late !== undefined) return late;
      if (accountId !== null && !command.accountIsRegistered)
        return refuse('AccountNotKnown', 'The deal names an account that is not registered.', { accountId });
      if (ownerId !== null && !command.ownerIsStaff)
        return refuse('OwnerUnknown', 'The owner is not in the staff directory.', { ownerId });
      const stage = workingStage(pipeline, command.stage);
      if ('refusal' in stage) return stage;
      return accept<OpportunityEvent>(
        {
          type: 'OpportunityOpened',
          data: {
            opportunityId,
            title: command.title,
            accountId,
            ownerId,
            queue: accountId === null ? ENQUIRIES : null,
            pipelineId: pipeline.pipelineId,
            pipelineVersion: pipeline.version,
            productId: command.productId,
            externalId: command.externalId,
            source: command.source,
            businessDate,
          },
        },
        stageEntered(opportunityId, stage, businessDate),
        ...(amount === null ? [] : [amountRevised(opportunityId, amount, businessDate)]),
        ...(expectedClose === null ? [] : [closeExpected(opportunityId, expectedClose, businessDate)]),
      );
    },

    EnterStage: (command, state) => {
      if (state === undefined) return unknown();
      const refusal =
        refuseClosed(state) ??
        refusePipeline(state, command.pipeline) ??
        refuseDate(state, command, presentStage(state).businessDate, 'stage change');
      if (refusal !== undefined) return refusal;
      const stage = workingStage(command.pipeline, command.stage);
      if ('refusal' in stage) return stage;
      if (stage.name === presentStage(state).stage) return accept();
      return accept(stageEntered(state.opportunityId, stage, command.businessDate));
    },

    ReviseAmount: (command, state) => {
      if (state === undefined) return unknown();
      const refusal =
        refuseClosed(state) ?? refuseDate(state, command, state.amount?.businessDate ?? null, 'revision of the amount');
      if (refusal !== undefined) return refusal;
      if (sameMoney(state.amount?.amount, command.amount)) return accept();
      return accept(amountRevised(state.opportunityId, command.amount, command.businessDate));
    },

    MoveExpectedClose: (command, state) => {
      if (state === undefined) return unknown();
      const refusal =
        refuseClosed(state) ?? refuseDate(state, command, state.expected?.businessDate ?? null, 'expected close');
      if (refusal !== undefined) return refusal;
      if ((state.expected?.expectedClose ?? null) === command.expectedClose) return accept();
      return accept(closeExpected(state.opportunityId, command.expectedClose, command.businessDate));
    },

    OverrideProbability: (command, state) => {
      if (state === undefined) return unknown();
      const { probability, reason, expiresOn, businessDate } = command;
      const refusal =
        refuseClosed(state) ?? refuseDate(state, command, state.override?.businessDate ?? null, 'override');
      if (refusal !== undefined) return refusal;
      if (reason.trim() === '')
        return refuse('ReasonNeeded', 'Who thinks differently of a deal than its stage does says why.', {
          probability,
        });
      if (probability !== null && (probability < 0 || probability > RATE_ONE))
        return refuse('ProbabilityImpossible', 'A probability lies between 0 and 100 %.', { probability });
      if (probability !== null && (expiresOn === null || expiresOn < businessDate))
        return refuse('OverrideNeedsExpiry', 'An override has a last day on which it holds, not before it begins.', {
          expiresOn,
          businessDate,
        });
      if (probability === null && state.override === null) return accept();
      return accept({
        type: 'OpportunityProbabilityOverridden',
        data: {
          opportunityId: state.opportunityId,
          probability,
          reason,
          expiresOn: probability === null ? null : expiresOn,
          businessDate,
        },
      });
    },

    AssignOpportunityOwner: (command, state) => {
      if (state === undefined) return unknown();
      const { ownerId, businessDate } = command;
      const refusal = refuseDate(state, command, state.owner.businessDate, 'assignment of an owner');
      if (refusal !== undefined) return refusal;
      if (!command.ownerIsStaff) return refuse('OwnerUnknown', 'The owner is not in the staff directory.', { ownerId });
      if (ownerId === state.owner.ownerId) return accept();
      return accept({
        type: 'OpportunityOwnerAssigned',
        data: { opportunityId: state.opportunityId, ownerId, businessDate },
      });
    },

    AssignOpportunityAccount: (command, state) => {
      if (state === undefined) return unknown();
      const { accountId, businessDate } = command;
      const refusal = refuseDate(state, command, null, 'assignment of an account');
      if (refusal !== undefined) return refusal;
      if (!command.accountIsRegistered)
        return refuse('AccountNotKnown', 'The deal names an account that is not registered.', { accountId });
      if (accountId === state.accountId) return accept();
      if (state.accountId !== null)
        return refuse('AccountAlreadyAssigned', 'The deal is with another account.', { accountId: state.accountId });
      return accept({
        type: 'OpportunityAccountAssigned',
        data: { opportunityId: state.opportunityId, accountId, businessDate },
      });
    },

    WinOpportunity: (command, state) => {
      if (state === undefined) return unknown();
      const { orderId, contractNumber, amount, businessDate } = command;
      const refusal =
        refuseClosed(state) ??
        refusePipeline(state, command.pipeline) ??
        refuseDate(state, command, presentStage(state).businessDate, 'stage change');
      if (refusal !== undefined) return refusal;
      const evidence =
        orderId !== null
          ? 'order'
          : contractNumber !== null
            ? 'contract'
            : command.origin === 'import'
              ? 'imported'
              : undefined;
      if (evidence === undefined)
        return refuse('WinNeedsOrderOrContract', 'A deal is won with an order or a contract.', {
          opportunityId: state.opportunityId,
        });
      const won = stageEntered(state.opportunityId, closingStage(command.pipeline, 'won'), businessDate, {
        evidence,
        orderId,
        contractNumber,
      });
      if (amount === null || sameMoney(state.amount?.amount, amount)) return accept<OpportunityEvent>(won);
      const early = refuseDate(state, command, state.amount?.businessDate ?? null, 'revision of the amount');
      return early ?? accept<OpportunityEvent>(amountRevised(state.opportunityId, amount, businessDate), won);
    },

    LoseOpportunity: (command, state) => {
      if (state === undefined) return unknown();
      const refusal =
        refuseClosed(state) ??
        refusePipeline(state, command.pipeline) ??
        refuseDate(state, command, presentStage(state).businessDate, 'stage change');
      if (refusal !== undefined) return refusal;
      const reason = command.reason.trim();
      if (reason === '' || (reason.toLowerCase() === NOT_STATED && command.origin !== 'import'))
        return refuse('LossNeedsReason', 'Whoever lost a deal says why.', { reason });
      return accept(
        stageEntered(state.opportunityId, closingStage(command.pipeline, 'lost'), command.businessDate, {
          reason,
          competitor: command.competitor,
        }),
      );
    },

    ReopenOpportunity: (command, state) => {
      if (state === undefined) return unknown();
      if (!isClosed(state))
        return refuse('OpportunityStillOpen', 'The deal is open already.', { stage: presentStage(state).stage });
      const before = state.stages.findLast(({ kind }) => kind === 'open' || kind === 'on-hold');
      const refusal =
        refusePipeline(state, command.pipeline) ??
        refuseDate(state, command, presentStage(state).businessDate, 'stage change');
      if (refusal !== undefined) return refusal;
      const stage = workingStage(command.pipeline, command.stage ?? before?.stage ?? null);
      if ('refusal' in stage) return stage;
      const reason = command.reason.trim();
      if (reason === '') return refuse('ReasonNeeded', 'Whoever reopens a deal says why.', { stage: stage.name });
      return accept(stageEntered(state.opportunityId, stage, command.businessDate, { reason }));
    },

    NoteOpportunitySource: (command, state) => {
      if (state === undefined) return unknown();
      if (state.source === null)
        return refuse('NotImported', 'The deal was not imported, so no source speaks of it.', {
          opportunityId: state.opportunityId,
        });
      if (differingFields(state.source.content, command.content).length === 0) return accept();
      return accept({
        type: 'OpportunitySourceNoted',
        data: {
          opportunityId: state.opportunityId,
          content: command.content,
          businessDate: command.businessDate,
        },
      });
    },
  },
};

function amountRevised(opportunityId: string, amount: Money, businessDate: string): OpportunityEvent {
  return { type: 'OpportunityAmountRevised', data: { opportunityId, amount, businessDate } };
}

function closeExpected(opportunityId: string, expectedClose: string | null, businessDate: string): OpportunityEvent {
  return { type: 'OpportunityCloseExpected', data: { opportunityId, expectedClose, businessDate } };
}

function sameMoney(known: Money | undefined, told: Money): boolean {
  return known?.amountMinor === told.amountMinor && known.currency === told.currency;
}
