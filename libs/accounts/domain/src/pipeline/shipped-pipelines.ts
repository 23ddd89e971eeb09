import type { DefinePipeline } from './pipeline.decider.ts';

type Shipped = Pick<DefinePipeline, 'name' | 'stages'>;

/** Defined at the first start; a firm defines further versions of its own. */
export const SHIPPED_PIPELINES: readonly Shipped[] = [
  {
    name: 'standard',
    stages: [
      { name: 'Interest', kind: 'open', probability: 5_000 },
      { name: 'Preliminary talks', kind: 'open', probability: 10_000 },
      { name: 'Need clarified', kind: 'open', probability: 20_000 },
      { name: 'Individual offer', kind: 'open', probability: 40_000 },
      { name: 'Meeting', kind: 'open', probability: 50_000 },
      { name: 'Draft contract', kind: 'open', probability: 70_000 },
      { name: 'Disagreements settled', kind: 'open', probability: 90_000 },
      { name: 'On hold', kind: 'on-hold', probability: 5_000 },
      { name: 'Concluded', kind: 'won', probability: 100_000 },
      { name: 'Lost', kind: 'lost', probability: 0 },
    ],
  },
  {
    name: 'crm-import',
    stages: [
      { name: 'Prospecting', kind: 'open', probability: 10_000 },
      { name: 'Engaging', kind: 'open', probability: 50_000 },
      { name: 'Won', kind: 'won', probability: 100_000 },
      { name: 'Lost', kind: 'lost', probability: 0 },
    ],
  },
];

/** The id of a pipeline is UUIDv5(KONTOR_NAMESPACE, pipelineKey(name)): a name is one pipeline with many versions. */
export function pipelineKey(name: string): string {
  return `pipeline|${name}`;
}
