import {
  accept,
  defineAggregate,
  defineCodec,
  RATE_ONE,
  refuse,
  type Decider,
  type DomainCommand,
  type DomainEvent,
  type Refused,
} from '@kontor/kernel';
import type { StageKind } from '@kontor/accounts-contracts';

export interface Stage {
  readonly name: string;
  readonly kind: StageKind;
  /** Default in 1/100 000. */
  readonly probability: number;
  readonly ordinal: number;
}

/** A version never changes: deals are pinned to the one in which they were opened. */
export interface PipelineVersion {
  readonly pipelineId: string;
  readonly version: number;
  readonly name: string;
  readonly stages: readonly Stage[];
}

export interface DefinePipeline extends DomainCommand<'DefinePipeline'> {
  readonly pipelineId: string;
  readonly name: string;
  /** In order; ordinals are given by the decider. */
  readonly stages: readonly Omit<Stage, 'ordinal'>[];
}
export type PipelineCommand = DefinePipeline;

export type PipelineDefined = DomainEvent<'PipelineDefined', PipelineVersion>;
export type PipelineEvent = PipelineDefined;

/** All versions, the first at index 0. */
export type PipelineState = readonly PipelineVersion[];

export const pipelineDecider: Decider<PipelineState, PipelineCommand, PipelineEvent> = {
  initial: [],
  evolve: {
    PipelineDefined: (state, data) => [...state, data],
  },
  decide: {
    DefinePipeline: (command, state) => {
      const refusal = refuseStages(command.stages);
      if (refusal !== undefined) return refusal;
      const last = state.at(-1);
      const stages = command.stages.map((stage, index) => ({ ...stage, ordinal: index + 1 }));
      if (last !== undefined && last.name === command.name && sameStages(last.stages, stages)) return accept();
      return accept({
        type: 'PipelineDefined',
        data: { pipelineId: command.pipelineId, version: state.length + 1, name: command.name, stages },
      });
    },
  },
};

function refuseStages(stages: DefinePipeline['stages']): Refused | undefined {
  const names = stages.map((stage) => stage.name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    return refuse('StageNamedTwice', `Two stages are called ${repeated}.`, { stage: repeated });
  const count = (kind: StageKind) => stages.filter((stage) => stage.kind === kind).length;
  if (count('open') < 1 || count('won') !== 1 || count('lost') !== 1)
    return refuse('StagesIncomplete', 'A pipeline has at least one open stage, one for won and one for lost deals.', {
      open: count('open'),
      won: count('won'),
      lost: count('lost'),
    });
  const odd = stages.find(
    ({ kind, probability }) =>
      probability < 0 ||
      probability > RATE_ONE ||
      (kind === 'won' && probability !== RATE_ONE) ||
      (kind === 'lost' && probability !== 0),
  );
  if (odd === undefined) return undefined;
  return refuse('ProbabilityImpossible', 'Won weighs 100 %, lost nothing, every other stage something between.', {
    stage: odd.name,
    kind: odd.kind,
    probability: odd.probability,
  });
}

function sameStages(left: readonly Stage[], right: readonly Stage[]): boolean {
  return (
    left.length === right.length &&
    left.every((stage, index) => {
      const other = right[index];
      return stage.name === other?.name && stage.kind === other.kind && stage.probability === other.probability;
    })
  );
}

const pipelineCodec = defineCodec<PipelineEvent>('accounts', { PipelineDefined: { version: 1 } });

export const pipelineAggregate = defineAggregate({
  category: 'pipeline',
  decider: pipelineDecider,
  codec: pipelineCodec,
});
