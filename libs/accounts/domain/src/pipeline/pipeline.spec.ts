import { describe, expect, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { pipelineDecider, type DefinePipeline, type PipelineEvent } from './pipeline.decider.ts';
import { SHIPPED_PIPELINES } from './shipped-pipelines.ts';

const stages: DefinePipeline['stages'] = [
  { name: 'Talks', kind: 'open', probability: 20_000 },
  { name: 'Won', kind: 'won', probability: 100_000 },
  { name: 'Lost', kind: 'lost', probability: 0 },
];
const define = (change: Partial<DefinePipeline> = {}): DefinePipeline => ({
  type: 'DefinePipeline',
  pipelineId: 'p',
  name: 'direct',
  stages,
  ...change,
});
const defined = (version: number, of: DefinePipeline['stages'] = stages): PipelineEvent => ({
  type: 'PipelineDefined',
  data: {
    pipelineId: 'p',
    version,
    name: 'direct',
    stages: of.map((stage, index) => ({ ...stage, ordinal: index + 1 })),
  },
});

describe('a pipeline', () => {
  it('P-01: gets a new version when its stages change, and none when they do not', () => {
    const more = [{ name: 'Visit', kind: 'open', probability: 10_000 } as const, ...stages];
    given(pipelineDecider, []).when(define()).then(defined(1));
    given(pipelineDecider, [defined(1)])
      .when(define())
      .then();
    given(pipelineDecider, [defined(1)])
      .when(define({ stages: more }))
      .then(defined(2, more));
  });

  it('P-01: refuses two stages of one name', () => {
    given(pipelineDecider, [])
      .when(define({ stages: [...stages, { name: 'Talks', kind: 'open', probability: 1 }] }))
      .thenRefused('StageNamedTwice', { stage: 'Talks' });
  });

  it('P-01: refuses a pipeline in which no deal can be open, won or lost', () => {
    given(pipelineDecider, [])
      .when(define({ stages: stages.slice(0, 2) }))
      .thenRefused('StagesIncomplete', { open: 1, won: 1, lost: 0 });
  });

  it.each([
    ['won', 99_999],
    ['lost', 1],
    ['open', 100_001],
    ['open', -1],
  ] as const)('P-01: refuses a stage of kind %s that weighs %i', (kind, probability) => {
    const changed = stages.map((stage) => (stage.kind === kind ? { ...stage, probability } : stage));
    given(pipelineDecider, [])
      .when(define({ stages: changed }))
      .thenRefused('ProbabilityImpossible', {
        stage: kind === 'open' ? 'Talks' : kind === 'won' ? 'Won' : 'Lost',
        kind,
        probability,
      });
  });

  it('P-03: the shipped pipelines are possible, and the standard one has the stages of the texts', () => {
    for (const shipped of SHIPPED_PIPELINES)
      expect(given(pipelineDecider, []).when(define(shipped)).decision.kind).toBe('accepted');
    expect(SHIPPED_PIPELINES.map(({ name }) => name)).toEqual(['standard', 'crm-import']);
    expect(SHIPPED_PIPELINES[0]?.stages.map(({ name }) => name)).toEqual([
      'Interest',
      'Preliminary talks',
      'Need clarified',
      'Individual offer',
      'Meeting',
      'Draft contract',
      'Disagreements settled',
      'On hold',
      'Concluded',
      'Lost',
    ]);
  });
});
