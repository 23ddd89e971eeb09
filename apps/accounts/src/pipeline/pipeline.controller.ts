import { type Principal, Rule } from '@kontor/auth';
import { STAGE_KINDS } from '@kontor/accounts-contracts';
import { pipelineAggregate } from '@kontor/accounts-domain';
import {
  Caller,
  created,
  entity,
  Envelope,
  HttpEnvelope,
  listFor,
  notFound,
  pageFields,
  zRate,
  zText,
  zUuid,
} from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { accountsProblems } from '../accounts.problems.ts';
import { pipelineListing } from '../read-models/opportunity-list/pipelines.query.ts';
import { Pipelines } from './pipelines.ts';

export const DefinePipelineRequest = z
  .strictObject({
    name: zText(60).describe('A name is one pipeline: defining it again makes its next version.'),
    stages: z
      .array(z.strictObject({ name: zText(60), kind: z.enum(STAGE_KINDS), probability: zRate }))
      .min(1, 'must not be empty')
      .max(50, 'must have at most 50 stages'),
  })
  .meta({ id: 'DefinePipelineRequest' });

const ListPipelinesQuery = z.strictObject({ name: zText(60).optional(), ...pageFields });

@ApiTags('opportunities')
@Controller('v1/pipelines')
export class PipelineController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Post()
  @Rule('pipelines.write')
  @ApiOperation({ summary: 'Define a pipeline, or the next version of one' })
  async define(
    @Body({ schema: DefinePipelineRequest }) body: z.infer<typeof DefinePipelineRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const pipelineId = Pipelines.idOf(body.name);
    const outcome = await this.runtime.runner.execute(
      pipelineAggregate,
      pipelineId,
      { type: 'DefinePipeline', pipelineId, ...body },
      envelope,
    );
    return created(outcome, accountsProblems, `/v1/pipelines/${pipelineId}`, {});
  }

  @Get()
  @Rule('opportunities.read')
  @ApiOperation({ summary: 'Pipelines in their latest versions, ordered by id' })
  list(
    @Query({ schema: ListPipelinesQuery }) query: z.infer<typeof ListPipelinesQuery>,
    @Caller() principal: Principal,
  ) {
    return listFor(this.runtime, principal, pipelineListing, query);
  }

  @Get(':id')
  @Rule('opportunities.read')
  @ApiOperation({ summary: 'A pipeline with all its versions' })
  async byId(@Param('id', { schema: zUuid }) id: string) {
    return this.answer(id);
  }

  private async answer(id: string) {
    const { state, revision } = await this.runtime.runner.load(pipelineAggregate, id);
    const latest = state.at(-1);
    if (latest === undefined) throw notFound('pipeline', id);
    return entity(revision, {
      id,
      name: latest.name,
      version: latest.version,
      stages: latest.stages,
      versions: state.map(({ version, stages }) => ({ version, stages })),
    });
  }
}
