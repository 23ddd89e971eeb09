import { type Principal, Rule } from '@kontor/auth';
import {
  Caller,
  changed,
  created,
  entity,
  Envelope,
  HttpEnvelope,
  IdParam,
  listFor,
  requireKnownAccount,
} from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import {
  capsUsed,
  coverageOf,
  type RegisterUnit,
  remainingOn,
  termAsSold,
  unitAggregate,
} from '@kontor/warranty-domain';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { requireProduct } from '../read-models/catalogue/catalogue.query.ts';
import { unitListing } from '../read-models/install-base/install-base.query.ts';
import { happenedOn, todayOf } from '../request-fields.ts';
import { requireOwn } from '../rights.ts';
import { problems } from '../warranty.problems.ts';
import { unitDocument } from './unit.document.ts';
import { loadUnit, termFor, unitIdFor } from './unit.facts.ts';
import {
  CoverageQuery,
  RegisterUnitRequest,
  ReplaceUnitRequest,
  StartWarrantyRequest,
  TakeUnitOffWarrantyRequest,
  TransferUnitRequest,
  UnitListQuery,
} from './unit.requests.ts';

@ApiTags('warranty')
@Controller('v1/units')
export class UnitController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Post()
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Register a unit by hand; units of a delivery register themselves.' })
  async register(
    @Body({ schema: RegisterUnitRequest }) request: z.infer<typeof RegisterUnitRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const today = todayOf(this.runtime, request.entityId);
    const { accountId, productId, deliveredOn } = request;
    await requireOwn(this.runtime, envelope.principal, 'warranty.write', accountId, { what: 'account', id: accountId });
    const product = await requireProduct(this.runtime, productId);
    await requireKnownAccount(this.runtime, accountId);
    const sold = termAsSold(product.warrantyMonths, product.warrantyStart);
    const serial = request.serial ?? null;
    const unitId = unitIdFor(productId, serial, envelope.newId());
    const command: RegisterUnit = {
      type: 'RegisterUnit',
      unitId,
      entityId: request.entityId,
      serial,
      productId,
      sku: product.sku,
      accountId,
      deliveredWith: null,
      quantity: request.quantity,
      deliveredOn,
      term: await termFor(this.runtime, productId, deliveredOn, sold),
      replaces: null,
      today,
    };
    const outcome = await this.runtime.runner.execute(unitAggregate, unitId, command, envelope);
    return created(outcome, problems, `/v1/units/${unitId}`, {});
  }

  @Get()
  @Rule('warranty.read')
  @ApiOperation({ summary: 'The installed base: units by account, serial number or product.' })
  list(@Query({ schema: UnitListQuery }) query: z.infer<typeof UnitListQuery>, @Caller() caller: Principal) {
    return listFor(this.runtime, caller, unitListing, query);
  }

  @Get(':id')
  @Rule('warranty.read')
  @ApiOperation({ summary: 'One unit, folded from its events.' })
  async one(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>, @Caller() caller: Principal) {
    const { unit, revision } = await this.own(id, caller, 'warranty.read');
    return entity(revision, unitDocument(unit, this.runtime.entities.today(unit.entityId)));
  }

  @Get(':id/coverage')
  @Rule('warranty.read')
  @ApiOperation({ summary: 'What the coverage decision for an incident on a date would be; nothing is recorded.' })
  async coverage(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Query({ schema: CoverageQuery }) { incidentDate }: z.infer<typeof CoverageQuery>,
    @Caller() caller: Principal,
  ) {
    const { unit } = await this.own(id, caller, 'warranty.read');
    const inputs = {
      incidentDate,
      registration: unit.facts.filter((fact) => fact.businessDate <= incidentDate),
      capsUsed: capsUsed(unit),
      serviceContract: null,
    };
    return { unitId: id, ...coverageOf(inputs), inputs };
  }

  @Post(':id/transfer')
  @HttpCode(200)
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Another account holds the unit from now on; its cover goes with it.' })
  async transfer(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: TransferUnitRequest }) request: z.infer<typeof TransferUnitRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { unit } = await this.own(id, envelope.principal, 'warranty.write');
    const businessDate = happenedOn(this.runtime.entities.today(unit.entityId), request.businessDate);
    await requireKnownAccount(this.runtime, request.accountId);
    const { accountId, reason } = request;
    const outcome = await this.runtime.runner.execute(
      unitAggregate,
      id,
      { type: 'TransferUnit', accountId, reason, businessDate },
      envelope,
    );
    return changed(outcome, problems);
  }

  @Post(':id/start')
  @HttpCode(200)
  @Rule('warranty.write')
  @ApiOperation({ summary: 'What the warranty term starts with has happened: invoice, installation or receipt.' })
  async start(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: StartWarrantyRequest }) request: z.infer<typeof StartWarrantyRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { unit } = await this.own(id, envelope.principal, 'warranty.write');
    const today = this.runtime.entities.today(unit.entityId);
    const outcome = await this.runtime.runner.execute(
      unitAggregate,
      id,
      { type: 'StartWarranty', basis: request.basis, basisDate: request.date, today },
      envelope,
    );
    return changed(outcome, problems);
  }

  @Post(':id/take-off-warranty')
  @HttpCode(200)
  @Rule('warranty.revoke')
  @ApiOperation({ summary: 'Take a unit off warranty, with a reason; incidents before that day stay covered.' })
  async takeOff(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: TakeUnitOffWarrantyRequest }) request: z.infer<typeof TakeUnitOffWarrantyRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { unit } = await this.own(id, envelope.principal, 'warranty.revoke');
    const businessDate = happenedOn(this.runtime.entities.today(unit.entityId), request.businessDate);
    const outcome = await this.runtime.runner.execute(
      unitAggregate,
      id,
      { type: 'TakeUnitOffWarranty', reason: request.reason, businessDate },
      envelope,
    );
    return changed(outcome, problems);
  }

  @Post(':id/replacement')
  @Rule('warranty.write')
  @ApiOperation({
    summary: 'Give another unit in its stead: with what was left, the minimum or a new term, by policy.',
  })
  async replace(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: ReplaceUnitRequest }) request: z.infer<typeof ReplaceUnitRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { unit } = await this.own(id, envelope.principal, 'warranty.write');
    const today = this.runtime.entities.today(unit.entityId);
    const replacedOn = happenedOn(today, request.replacedOn);
    const serial = request.serial ?? null;
    const unitId = unitIdFor(unit.productId, serial, envelope.newId());
    // The policy of the old unit's own term: the promise under which it was sold.
    const policy = request.policy ?? unit.cover?.term.replacementPolicy ?? 'remaining';
    const command: RegisterUnit = {
      type: 'RegisterUnit',
      unitId,
      entityId: unit.entityId,
      serial,
      productId: unit.productId,
      sku: unit.sku,
      accountId: unit.accountId,
      deliveredWith: null,
      quantity: unit.quantity,
      deliveredOn: replacedOn,
      term: unit.cover?.term ?? null,
      replaces: {
        unitId: id,
        policy,
        remaining: remainingOn(unit.facts, replacedOn),
        replacedByUnitId: unit.replacedByUnitId,
      },
      today,
    };
    const outcome = await this.runtime.runner.execute(unitAggregate, unitId, command, envelope);
    return created(outcome, problems, `/v1/units/${unitId}`, { replacesUnitId: id, policy });
  }

  private async own(id: string, principal: Principal, action: 'warranty.read' | 'warranty.write' | 'warranty.revoke') {
    const loaded = await loadUnit(this.runtime, id);
    await requireOwn(this.runtime, principal, action, loaded.unit.accountId, { what: 'unit', id });
    return loaded;
  }
}
