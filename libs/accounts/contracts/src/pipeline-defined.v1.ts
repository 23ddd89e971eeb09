import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';
import { STAGE_KINDS } from './values.ts';

export const pipelineDefined = defineContract(
  service,
  'pipeline-defined',
  1,
  'A version of a pipeline: its typed stages in order. Deals stay in the version in which they were opened.',
  schema.object({
    pipelineId: schema.uuid(),
    version: schema.integer('1, 2, 3 …'),
    name: schema.text(),
    stages: schema.list(
      schema.object({
        name: schema.text(),
        kind: schema.oneOf(STAGE_KINDS),
        probability: schema.integer('default in 1/100 000'),
        ordinal: schema.integer('1, 2, 3 …'),
      }),
    ),
  }),
  {
    pipelineId: '8d0e1e7c-5c6e-5c1a-9a5f-3b2f1a0d9c77',
    version: 1,
    name: 'crm-import',
    stages: [
      { name: 'Prospecting', kind: 'open', probability: 10_000, ordinal: 1 },
      { name: 'Engaging', kind: 'open', probability: 50_000, ordinal: 2 },
      { name: 'Won', kind: 'won', probability: 100_000, ordinal: 3 },
      { name: 'Lost', kind: 'lost', probability: 0, ordinal: 4 },
    ],
  },
);
export type PipelineDefined = ContractData<typeof pipelineDefined>;
