import { type Principal, Rule } from '@kontor/auth';
import { Caller, listFor, pageFields, zText, zUuid } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { claimListing } from '../read-models/claim-list/claim-list.query.ts';
import { workOrderListing } from '../read-models/work-orders/work-orders.query.ts';

const WorkOrderListQuery = z.strictObject({
  ...pageFields,
  number: zText(80).optional(),
  claimId: zUuid.optional(),
  accountId: zUuid.optional(),
  workshop: z.enum(['own', 'branded', 'independent']).optional(),
});

/** Work orders are opened on their claim; here they are found by what is written on their papers. */
@ApiTags('warranty')
@Controller('v1/work-orders')
export class WorkOrderController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Get()
  @Rule('warranty.read')
  @ApiOperation({ summary: 'Work orders, newest first, by number, claim, client or workshop.' })
  async list(
    @Query({ schema: WorkOrderListQuery }) query: z.infer<typeof WorkOrderListQuery>,
    @Caller() caller: Principal,
  ) {
    await this.runtime.caughtUp(claimListing.projection, query.consistentWith);
    return listFor(this.runtime, caller, workOrderListing, query);
  }
}
