import type { Principal } from '@kontor/auth';
import { Rule } from '@kontor/auth';
import {
  accepted,
  Caller,
  changed,
  created,
  entity,
  Envelope,
  HttpEnvelope,
  IdParam,
  invalidField,
  listFor,
  requireKnownAccount,
} from '@kontor/http';
import type { CommandEnvelope, Outcome } from '@kontor/service';
import { ServiceRuntime } from '@kontor/service';
import { claimAggregate, type ClaimCommand, type OpenedClaim } from '@kontor/warranty-domain';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { claimListing } from '../read-models/claim-list/claim-list.query.ts';
import { happenedOn, todayOf } from '../request-fields.ts';
import { requireOwn } from '../rights.ts';
import { loadUnit } from '../unit/unit.facts.ts';
import { problems } from '../warranty.problems.ts';
import { claimDocument, claimNumber, coverageFacts, goodwillLimit, loadClaim } from './claim.facts.ts';
import {
  ClaimListQuery,
  CloseClaimRequest,
  DecideCoverageRequest,
  GrantGoodwillRequest,
  HandOverClaimRequest,
  OpenClaimRequest,
  OpenWorkOrderRequest,
  RecordRepairRequest,
  RejectClaimRequest,
  ReopenClaimRequest,
} from './claim.requests.ts';

type Id = z.infer<typeof IdParam>;

@ApiTags('warranty')
@Controller('v1/claims')
export class ClaimController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Post()
  @Rule('warranty.write')
  @ApiOperation({
    summary: 'Take in a claim, complaint, wish or praise.',
    description: 'Work starts at once: where a unit is named, its coverage is decided in the same request.',
  })
  async open(
    @Body({ schema: OpenClaimRequest }) request: z.infer<typeof OpenClaimRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const businessDate = happenedOn(todayOf(this.runtime, request.entityId), request.businessDate);
    const { accountId, unit } = await this.subjectOf(request, envelope.principal);
    const claimId = envelope.newId();
    const number = claimNumber(claimId, businessDate);
    const opened = await this.runtime.runner.execute(
      claimAggregate,
      claimId,
      {
        type: 'OpenClaim',
        claimId,
        number,
        entityId: request.entityId,
        kind: request.kind,
        unit,
        accountId,
        ownerId: request.ownerId ?? envelope.principal.staffId ?? envelope.actor,
        incidentDate: request.incidentDate,
        description: request.description,
        cause: request.cause ?? null,
        damage: request.damage ?? null,
        businessDate,
      },
      envelope,
    );
    accepted(opened, problems);
    const outcome = unit === null ? opened : await this.decideAtIntake(claimId, unit.unitId, businessDate, envelope);
    return created(outcome, problems, `/v1/claims/${claimId}`, { number, coverage: await this.coverageOf(claimId) });
  }

  @Get()
  @Rule('warranty.read')
  @ApiOperation({ summary: 'Claims, newest first, by number, client, unit, kind, status, owner or coverage.' })
  list(@Query({ schema: ClaimListQuery }) query: z.infer<typeof ClaimListQuery>, @Caller() caller: Principal) {
    return listFor(this.runtime, caller, claimListing, query);
  }

  @Get(':id')
  @Rule('warranty.read')
  @ApiOperation({ summary: 'One claim, folded from its events.' })
  async one(@Param({ schema: IdParam }) { id }: Id, @Caller() caller: Principal) {
    const { claim, revision } = await this.own(id, caller, 'warranty.read');
    return entity(revision, claimDocument(claim));
  }

  @Post(':id/owner')
  @HttpCode(200)
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Hand a claim over to another owner.' })
  handOver(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: HandOverClaimRequest }) request: z.infer<typeof HandOverClaimRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.change(id, envelope, request.businessDate, (businessDate) => ({
      type: 'HandOverClaim',
      ownerId: request.ownerId,
      businessDate,
    }));
  }

  @Post(':id/coverage')
  @HttpCode(200)
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Decide the coverage, anew if need be, on the unit’s facts up to the incident date.' })
  async decideCoverage(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: DecideCoverageRequest }) request: z.infer<typeof DecideCoverageRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { claim } = await this.own(id, envelope.principal, 'warranty.write');
    const facts = await coverageFacts(this.runtime, claim.unitId, request.serviceContract ?? null);
    const businessDate = happenedOn(this.runtime.entities.today(claim.entityId), request.businessDate);
    const outcome = await this.send(id, { type: 'DecideCoverage', facts, businessDate }, envelope);
    accepted(outcome, problems);
    return changed(outcome, problems, { coverage: await this.coverageOf(id) });
  }

  @Post(':id/goodwill')
  @HttpCode(200)
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Grant goodwill up to an amount, within what the caller’s role may grant.' })
  grantGoodwill(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: GrantGoodwillRequest }) request: z.infer<typeof GrantGoodwillRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { upTo, reason } = request;
    const roleLimit = goodwillLimit(envelope.principal, upTo.currency);
    return this.change(id, envelope, request.businessDate, (businessDate) => ({
      type: 'GrantGoodwill',
      upTo,
      roleLimit,
      reason,
      businessDate,
    }));
  }

  @Post(':id/work-order')
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Open a work order; never before the coverage decision.' })
  async openWorkOrder(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: OpenWorkOrderRequest }) request: z.infer<typeof OpenWorkOrderRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { claim } = await this.own(id, envelope.principal, 'warranty.write');
    const businessDate = happenedOn(this.runtime.entities.today(claim.entityId), request.businessDate);
    const workOrderId = envelope.newId('work-order');
    const command: ClaimCommand = {
      type: 'OpenWorkOrder',
      workOrderId,
      workshop: request.workshop,
      workshopAccountId: request.workshopAccountId ?? null,
      task: request.task,
      businessDate,
    };
    const outcome = await this.send(id, command, envelope);
    accepted(outcome, problems);
    const { workOrders } = (await loadClaim(this.runtime, id)).claim;
    const number = workOrders.find((order) => order.workOrderId === workOrderId)?.number;
    return created(outcome, problems, `/v1/claims/${id}`, { workOrderId, number });
  }

  @Post(':id/repair')
  @HttpCode(200)
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Record the repair of a work order: parts, labour, and with them who bears the cost.' })
  recordRepair(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: RecordRepairRequest }) request: z.infer<typeof RecordRepairRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { businessDate: given, ...repair } = request;
    return this.change(id, envelope, given, (businessDate) => ({ type: 'RecordRepair', ...repair, businessDate }));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Reject a claim, with a reason; it can be reopened.' })
  reject(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: RejectClaimRequest }) { reason, businessDate: given }: z.infer<typeof RejectClaimRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.change(id, envelope, given, (businessDate) => ({ type: 'RejectClaim', reason, businessDate }));
  }

  @Post(':id/close')
  @HttpCode(200)
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Close a claim with the client’s signature "no claims", or with a reason.' })
  close(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: CloseClaimRequest }) request: z.infer<typeof CloseClaimRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.change(id, envelope, request.businessDate, (businessDate) => ({
      type: 'CloseClaim',
      signature: request.signature ?? null,
      reason: request.reason ?? null,
      businessDate,
    }));
  }

  @Post(':id/reopen')
  @HttpCode(200)
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Take a rejected or closed claim up again; its coverage is decided anew.' })
  reopen(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: ReopenClaimRequest }) { reason, businessDate: given }: z.infer<typeof ReopenClaimRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.change(id, envelope, given, (businessDate) => ({ type: 'ReopenClaim', reason, businessDate }));
  }

  private async change(
    id: string,
    envelope: HttpEnvelope,
    given: string | undefined,
    commandOn: (businessDate: string) => ClaimCommand,
  ) {
    const { claim } = await this.own(id, envelope.principal, 'warranty.write');
    const businessDate = happenedOn(this.runtime.entities.today(claim.entityId), given);
    return changed(await this.send(id, commandOn(businessDate), envelope), problems);
  }

  private send(id: string, command: ClaimCommand, envelope: CommandEnvelope): Promise<Outcome> {
    return this.runtime.runner.execute(claimAggregate, id, command, envelope);
  }

  private async decideAtIntake(claimId: string, unitId: string, businessDate: string, envelope: HttpEnvelope) {
    const facts = await coverageFacts(this.runtime, unitId, null);
    return this.send(claimId, { type: 'DecideCoverage', facts, businessDate }, envelope.step('coverage'));
  }

  private async coverageOf(id: string): Promise<OpenedClaim['coverage']> {
    return (await loadClaim(this.runtime, id)).claim.coverage;
  }

  /** Whom and what a claim is about: the unit named, and the client, who is its holder when nobody else is named. */
  private async subjectOf(request: z.infer<typeof OpenClaimRequest>, principal: Principal) {
    const unit = request.unitId === undefined ? null : (await loadUnit(this.runtime, request.unitId)).unit;
    const accountId = request.accountId ?? unit?.accountId;
    if (accountId === undefined) throw invalidField('accountId', 'is needed where no unit is named');
    if (unit !== null)
      await requireOwn(this.runtime, principal, 'warranty.read', unit.accountId, { what: 'unit', id: unit.unitId });
    await requireOwn(this.runtime, principal, 'warranty.write', accountId, { what: 'account', id: accountId });
    await requireKnownAccount(this.runtime, accountId);
    return { accountId, unit: unit && { unitId: unit.unitId, productId: unit.productId } };
  }

  private async own(id: string, principal: Principal, action: 'warranty.read' | 'warranty.write') {
    const loaded = await loadClaim(this.runtime, id);
    await requireOwn(this.runtime, principal, action, loaded.claim.accountId, { what: 'claim', id });
    return loaded;
  }
}
