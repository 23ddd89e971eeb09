import { Rule, type Principal } from '@kontor/auth';
import { Caller, IdParam, listFor, notFound, pageFields, zText, zUuid } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { deliveryListing } from '../read-models/delivery-list/delivery-list.query.ts';
import { ConsistentQuery } from '../requests.ts';

const DeliveryQuery = z.strictObject({
  ...pageFields,
  number: zText(64).optional(),
  orderId: zUuid.optional(),
  accountId: zUuid.optional(),
  entityId: zText(32).optional(),
});
type DeliveryQuery = z.infer<typeof DeliveryQuery>;

/** Deliveries are recorded on their order; here they are found by what is written on their papers. */
@ApiTags('orders')
@Controller('v1/deliveries')
export class DeliveryController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Get()
  @Rule('orders.read')
  @ApiOperation({ summary: 'Deliveries, newest first, by order and account; `number` finds one.' })
  list(@Query({ schema: DeliveryQuery }) query: DeliveryQuery, @Caller() principal: Principal) {
    return listFor(this.runtime, principal, deliveryListing, query);
  }

  @Get(':id')
  @Rule('orders.read')
  @ApiOperation({ summary: 'A delivery with its lines and serial numbers.' })
  async get(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Query({ schema: ConsistentQuery }) { consistentWith }: ConsistentQuery,
    @Caller() principal: Principal,
  ) {
    const find = () => listFor(this.runtime, principal, deliveryListing, { limit: 1, id, consistentWith });
    const found = (await find()).items[0];
    if (found !== undefined) return found;
    // Recorded a moment ago, it may not be folded yet.
    await this.runtime.caughtUpToHead('delivery_list');
    const recorded = (await find()).items[0];
    if (recorded === undefined) throw notFound('delivery', id);
    return recorded;
  }
}
