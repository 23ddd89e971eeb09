import { Rule, type Principal } from '@kontor/auth';
import { Caller, IdParam, notFound, pageFields, zText, zUuid } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Condition, readPage } from '../read-models/list-page.ts';
import { deliveryFilters, deliveryListPages } from '../read-models/delivery-list/delivery-list.query.ts';
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
    const { limit, cursor, consistentWith, ...asked } = query;
    return this.page(
      {
        number: { value: asked.number, sql: deliveryFilters.number },
        orderId: { value: asked.orderId, sql: deliveryFilters.orderId },
        accountId: { value: asked.accountId, sql: deliveryFilters.accountId },
        entityId: { value: asked.entityId, sql: deliveryFilters.entityId },
      },
      { limit, cursor },
      consistentWith,
      principal,
    );
  }

  @Get(':id')
  @Rule('orders.read')
  @ApiOperation({ summary: 'A delivery with its lines and serial numbers.' })
  async get(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Query({ schema: ConsistentQuery }) { consistentWith }: ConsistentQuery,
    @Caller() principal: Principal,
  ) {
    const byId = { id: { value: id, sql: deliveryFilters.id } };
    const first = { limit: 1, cursor: undefined };
    const found = await this.page(byId, first, consistentWith, principal);
    if (found.items.length > 0) return found.items[0];
    // Recorded a moment ago, it may not be folded yet.
    await this.runtime.caughtUpToHead('delivery_list');
    const { items } = await this.page(byId, first, consistentWith, principal);
    if (items.length === 0) throw notFound('delivery', id);
    return items[0];
  }

  private async page(
    conditions: { readonly [filter: string]: Condition },
    place: { readonly limit: number; readonly cursor: string | undefined },
    consistentWith: string | undefined,
    principal: Principal,
  ) {
    await this.runtime.caughtUp('delivery_list', consistentWith);
    await this.runtime.caughtUp('orders_access', consistentWith);
    const scope = await this.runtime.access.scope(principal, 'orders.read');
    return readPage(this.runtime.pool, deliveryListPages, conditions, { ...place, scope });
  }
}
