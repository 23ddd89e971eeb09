import { type Principal, Rule } from '@kontor/auth';
import { placingOn, staffAggregate } from '@kontor/accounts-domain';
import { Caller, changed, created, entity, Envelope, HttpEnvelope, listFor, notFound, zUuid } from '@kontor/http';
import { type CommandEnvelope, ServiceRuntime } from '@kontor/service';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { superiorsOf, today } from '../account/account.facts.ts';
import { accountsProblems } from '../accounts.problems.ts';
import { staffListing } from '../read-models/staff-directory/staff-directory.query.ts';
import { ListStaffQuery, MoveStaffMemberRequest, PlaceStaffMemberRequest } from './staff.requests.ts';

@ApiTags('staff')
@Controller('v1/staff')
export class StaffController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Post()
  @Rule('staff.write')
  @ApiOperation({ summary: 'Place a new staff member' })
  async place(
    @Body({ schema: PlaceStaffMemberRequest }) body: z.infer<typeof PlaceStaffMemberRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const staffId = envelope.newId();
    return created(await this.run(staffId, body, envelope), accountsProblems, `/v1/staff/${staffId}`, {});
  }

  @Post(':id/placings')
  @HttpCode(200)
  @Rule('staff.write')
  @ApiOperation({ summary: 'Place a staff member anew from a date on: position, manager, region' })
  async move(
    @Param('id', { schema: zUuid }) id: string,
    @Body({ schema: MoveStaffMemberRequest }) body: z.infer<typeof MoveStaffMemberRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    await this.placed(id);
    const { reason } = body;
    return changed(
      await this.run(id, body, { ...envelope, ...(reason !== undefined && { reason }) }),
      accountsProblems,
    );
  }

  @Get()
  @Rule('staff.read')
  @ApiOperation({ summary: 'The staff directory as of a day' })
  list(@Query({ schema: ListStaffQuery }) query: z.infer<typeof ListStaffQuery>, @Caller() principal: Principal) {
    return listFor(this.runtime, principal, staffListing, query);
  }

  @Get(':id')
  @Rule('staff.read')
  @ApiOperation({ summary: 'A staff member with the present placing and all others' })
  async byId(@Param('id', { schema: zUuid }) id: string) {
    const { state, revision } = await this.placed(id);
    const present = placingOn(state, today(this.runtime));
    return entity(revision, {
      id,
      name: state.name,
      externalId: state.externalId,
      position: present?.position ?? null,
      managerId: present?.managerId ?? null,
      region: present?.region ?? null,
      placings: state.placings.map(({ businessDate, ...placing }) => ({ from: businessDate, ...placing })),
    });
  }

  private async run(staffId: string, body: z.infer<typeof PlaceStaffMemberRequest>, envelope: CommandEnvelope) {
    const { name, position, managerId, region, businessDate = today(this.runtime) } = body;
    const managerSuperiors = await superiorsOf(this.runtime, managerId);
    return this.runtime.runner.execute(
      staffAggregate,
      staffId,
      {
        type: 'PlaceStaffMember',
        staffId,
        name,
        position,
        managerId,
        region,
        businessDate,
        externalId: null,
        sourceContent: null,
        managerSuperiors,
      },
      envelope,
    );
  }

  private async placed(id: string) {
    const { state, revision } = await this.runtime.runner.load(staffAggregate, id);
    if (state === undefined) throw notFound('staff member', id);
    return { state, revision };
  }
}
