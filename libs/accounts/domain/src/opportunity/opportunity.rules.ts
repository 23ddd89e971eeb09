import { refuse, type Refused } from '@kontor/kernel';
import { refuseBefore, refuseFuture } from '../dating.ts';
import type { PipelineVersion, Stage } from '../pipeline/pipeline.decider.ts';
import type { OpportunityEvent } from './opportunity.events.ts';
import { isClosed, presentStage, type OpenedOpportunity } from './opportunity.state.ts';

/** Stands where an import does not know why a deal was lost; a person does know. */
export const NOT_STATED = 'not stated';

/** Where a deal waits that has no account yet. */
export const ENQUIRIES = 'enquiries';

export function unknown(): Refused {
  return refuse('OpportunityUnknown', 'There is no such opportunity.');
}

export function refuseClosed(deal: OpenedOpportunity): Refused | undefined {
  if (!isClosed(deal)) return undefined;
  const { stage, kind } = presentStage(deal);
  return refuse('OpportunityClosed', `The deal is ${kind}; reopen it first.`, { stage, kind });
}

/** A fact of a deal lies neither before it was opened, nor before the last of its kind, nor after today. */
export function refuseDate(
  deal: OpenedOpportunity,
  command: { readonly businessDate: string; readonly today: string },
  last: string | null,
  what: string,
): Refused | undefined {
  return (
    refuseFuture(command.businessDate, command.today) ??
    refuseBefore(command.businessDate, deal.openedOn, 'opening') ??
    refuseBefore(command.businessDate, last, what)
  );
}

export function refusePipeline(deal: OpenedOpportunity, pipeline: PipelineVersion): Refused | undefined {
  if (deal.pipelineId === pipeline.pipelineId && deal.pipelineVersion === pipeline.version) return undefined;
  return refuse('PipelinePinned', 'The deal stays in the pipeline version in which it was opened.', {
    pipelineId: deal.pipelineId,
    version: deal.pipelineVersion,
  });
}

/** A stage in which a deal is worked on; null names the first open one. */
export function workingStage(pipeline: PipelineVersion, name: string | null): Stage | Refused {
  const stage =
    name === null
      ? pipeline.stages.find(({ kind }) => kind === 'open')
      : pipeline.stages.find((candidate) => candidate.name === name);
  if (stage === undefined)
    return refuse('StageUnknown', `The pipeline ${pipeline.name} has no stage ${name}.`, {
      stage: name,
      pipeline: pipeline.name,
      version: pipeline.version,
      stages: pipeline.stages.map((candidate) => candidate.name),
    });
  if (stage.kind === 'won' || stage.kind === 'lost')
    return refuse('StageClosesDeal', `A deal comes to ${stage.name} by being ${stage.kind}, with what that needs.`, {
      stage: stage.name,
      kind: stage.kind,
    });
  return stage;
}

/** Every pipeline has exactly one of each: its decider sees to it. */
export function closingStage(pipeline: PipelineVersion, kind: 'won' | 'lost'): Stage {
  const stage = pipeline.stages.find((candidate) => candidate.kind === kind);
  if (stage === undefined) throw new Error(`${pipeline.name} ${pipeline.version} has no ${kind} stage`);
  return stage;
}

type StageEntered = Extract<OpportunityEvent, { type: 'OpportunityStageEntered' }>;

export function stageEntered(
  opportunityId: string,
  stage: Stage,
  businessDate: string,
  more: Partial<Pick<StageEntered['data'], 'reason' | 'competitor' | 'evidence' | 'orderId' | 'contractNumber'>> = {},
): StageEntered {
  return {
    type: 'OpportunityStageEntered',
    data: {
      opportunityId,
      stage: stage.name,
      stageKind: stage.kind,
      probability: stage.probability,
      reason: more.reason ?? null,
      competitor: more.competitor ?? null,
      evidence: more.evidence ?? null,
      orderId: more.orderId ?? null,
      contractNumber: more.contractNumber ?? null,
      businessDate,
    },
  };
}
