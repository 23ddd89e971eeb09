import { type Principal, Rule } from '@kontor/auth';
import { opportunityAggregate } from '@kontor/accounts-domain';
import { Caller, created, entity, Envelope, HttpEnvelope, invalidField, zUuid } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { dated, isStaff, today } from '../account/account.facts.ts';
import { accountsProblems } from '../accounts.problems.ts';
import { Pipelines } from '../pipeline/pipelines.ts';
import { requireOwned } from '../rights.ts';
import { opportunityAnswer } from './opportunity.answers.ts';
import { OpportunityHandlers } from './opportunity.handlers.ts';
import {
  AssignOpportunityAccountRequest,
  AssignOpportunityOwnerRequest,
  EnterStageRequest,
  LoseOpportunityRequest,
  MoveExpectedCloseRequest,
  OpenOpportunityRequest,
  OverrideProbabilityRequest,
  ReopenOpportunityRequest,
  ReviseAmountRequest,
  WinOpportunityRequest,
} from './opportunity.requests.ts';

const READ = { write: 'opportunities.read', read: 'opportunities.read' } as const;

@ApiTags('opportunities')
@Controller('v1/opportunities')
export class OpportunityController {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly handlers: OpportunityHandlers,
    private readonly pipelines: Pipelines,
  ) {}

  @Post()
  @Rule('opportunities.write')
  @ApiOperation({ summary: 'Open a deal; without an account it waits in the queue of enquiries' })
  async open(
    @Body({ schema: OpenOpportunityRequest }) body: z.infer<typeof OpenOpportunityRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { runtime } = this;
    const { pipelineId = Pipelines.idOf('standard'), ownerId: named, businessDate, ...deal } = body;
    const ownerId = named === undefined ? envelope.principal.staffId : named;
    const opportunityId = envelope.newId();
    const [pipeline, client, ownerIsStaff] = await Promise.all([
      this.pipelines.latest(pipelineId),
      this.handlers.forClient(envelope, body.accountId),
      isStaff(runtime, ownerId),
    ]);
    if (pipeline === undefined) throw invalidField('pipelineId', 'is not a pipeline');
    const outcome = await runtime.runner.execute(
      opportunityAggregate,
      opportunityId,
      {
        type: 'OpenOpportunity',
        opportunityId,
        ...deal,
        ...client,
        ownerId,
        ownerIsStaff,
        pipeline,
        externalId: null,
        source: null,
        ...dated(runtime, businessDate),
      },
      envelope,
    );
    return created(outcome, accountsProblems, `/v1/opportunities/${opportunityId}`, {});
  }

  @Get(':id')
  @Rule('opportunities.read')
  @ApiOperation({ summary: 'A deal as it is now, weighted as of today, with its history' })
  async byId(@Param('id', { schema: zUuid }) id: string, @Caller() principal: Principal) {
    const { deal, revision } = await this.handlers.opened(id);
    await requireOwned(this.runtime, { principal }, READ, 'opportunity', id, deal.owner.ownerId);
    return entity(revision, opportunityAnswer(deal, today(this.runtime)));
  }

  @Post(':id/stage')
  @HttpCode(200)
  @Rule('opportunities.write')
  @ApiOperation({ summary: 'Enter a stage of the pipeline in which the deal was opened' })
  enterStage(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: EnterStageRequest }) body: z.infer<typeof EnterStageRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const when = dated(this.runtime, body.businessDate);
    return this.handlers.run(id, envelope, (pipeline) => ({
      type: 'EnterStage',
      stage: body.stage,
      pipeline,
      ...when,
    }));
  }

  @Post(':id/amount')
  @HttpCode(200)
  @Rule('opportunities.write')
  @ApiOperation({ summary: 'Revise the amount' })
  reviseAmount(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: ReviseAmountRequest }) body: z.infer<typeof ReviseAmountRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const when = dated(this.runtime, body.businessDate);
    return this.handlers.run(id, envelope, () => ({ type: 'ReviseAmount', amount: body.amount, ...when }));
  }

  @Post(':id/expected-close')
  @HttpCode(200)
  @Rule('opportunities.write')
  @ApiOperation({ summary: 'Move the expected close, or make it undated' })
  moveExpectedClose(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: MoveExpectedCloseRequest }) body: z.infer<typeof MoveExpectedCloseRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { expectedClose } = body;
    const when = dated(this.runtime, body.businessDate);
    return this.handlers.run(id, envelope, () => ({ type: 'MoveExpectedClose', expectedClose, ...when }));
  }

  @Post(':id/probability')
  @HttpCode(200)
  @Rule('opportunities.write')
  @ApiOperation({ summary: 'Override the probability of the stage until a day, with a reason' })
  overrideProbability(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: OverrideProbabilityRequest }) body: z.infer<typeof OverrideProbabilityRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const when = dated(this.runtime, body.businessDate);
    return this.handlers.run(id, envelope, () => ({ type: 'OverrideProbability', ...body, ...when }), body.reason);
  }

  @Post(':id/owner')
  @HttpCode(200)
  @Rule('opportunities.write')
  @ApiOperation({ summary: 'Hand the deal over to another staff member' })
  async assignOwner(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: AssignOpportunityOwnerRequest }) body: z.infer<typeof AssignOpportunityOwnerRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { ownerId } = body;
    const when = dated(this.runtime, body.businessDate);
    const ownerIsStaff = await isStaff(this.runtime, ownerId);
    const command = { type: 'AssignOpportunityOwner', ownerId, ownerIsStaff, ...when } as const;
    return this.handlers.run(id, envelope, () => command, body.reason);
  }

  @Post(':id/account')
  @HttpCode(200)
  @Rule('opportunities.write')
  @ApiOperation({ summary: 'Say whose deal it is: it leaves the queue of enquiries' })
  async assignAccount(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: AssignOpportunityAccountRequest }) body: z.infer<typeof AssignOpportunityAccountRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { accountId } = body;
    const when = dated(this.runtime, body.businessDate);
    const client = await this.handlers.forClient(envelope, accountId);
    const command = { type: 'AssignOpportunityAccount', accountId, ...client, ...when } as const;
    return this.handlers.run(id, envelope, () => command);
  }

  @Post(':id/win')
  @HttpCode(200)
  @Rule('opportunities.write')
  @ApiOperation({ summary: 'Close the deal as won, with an order or a contract' })
  win(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: WinOpportunityRequest }) body: z.infer<typeof WinOpportunityRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const when = dated(this.runtime, body.businessDate);
    const { origin } = envelope;
    return this.handlers.run(id, envelope, (pipeline) => ({
      type: 'WinOpportunity',
      ...body,
      pipeline,
      origin,
      ...when,
    }));
  }

  @Post(':id/lose')
  @HttpCode(200)
  @Rule('opportunities.write')
  @ApiOperation({ summary: 'Close the deal as lost, with the reason and perhaps a competitor' })
  lose(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: LoseOpportunityRequest }) body: z.infer<typeof LoseOpportunityRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const when = dated(this.runtime, body.businessDate);
    const { origin } = envelope;
    return this.handlers.run(
      id,
      envelope,
      (pipeline) => ({ type: 'LoseOpportunity', ...body, pipeline, origin, ...when }),
      body.reason,
    );
  }

  @Post(':id/reopen')
  @HttpCode(200)
  @Rule('opportunities.write')
  @ApiOperation({ summary: 'Reopen a closed deal; its history is kept' })
  reopen(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: ReopenOpportunityRequest }) body: z.infer<typeof ReopenOpportunityRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const when = dated(this.runtime, body.businessDate);
    return this.handlers.run(
      id,
      envelope,
      (pipeline) => ({ type: 'ReopenOpportunity', ...body, pipeline, ...when }),
      body.reason,
    );
  }
}
