import { Rule, type Principal } from '@kontor/auth';
import { Caller, Envelope, HttpEnvelope, IdParam } from '@kontor/http';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ConsistentQuery } from '../requests.ts';
import { OrderHandlers } from './order.handlers.ts';
import {
  EndOrderRequest,
  OrderQuery,
  PlaceOrderRequest,
  RecordDeliveryRequest,
  RetryCreditRequest,
} from './order.requests.ts';
import { PlaceOrderHandlers } from './place-order.handlers.ts';

type Id = z.infer<typeof IdParam>;

@ApiTags('orders')
@Controller('v1/orders')
export class OrderController {
  constructor(
    private readonly orders: OrderHandlers,
    private readonly placing: PlaceOrderHandlers,
  ) {}

  @Post()
  @Rule('orders.write')
  @ApiOperation({
    summary: 'Place an order, from an accepted quote or directly.',
    description: 'It waits for credit: `facets.commercial` becomes confirmed, or held with the reason.',
  })
  place(
    @Body({ schema: PlaceOrderRequest }) request: PlaceOrderRequest,
    @Query({ schema: ConsistentQuery }) { consistentWith }: ConsistentQuery,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.placing.place(request, consistentWith, envelope);
  }

  @Post(':id/deliveries')
  @Rule('deliveries.write')
  @ApiOperation({ summary: 'Record a delivery, whole or in part, with serial numbers.' })
  deliver(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: RecordDeliveryRequest }) request: RecordDeliveryRequest,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.orders.recordDelivery(id, request, envelope);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Rule('orders.write')
  @ApiOperation({ summary: 'Cancel what is not delivered; its credit is released.' })
  cancel(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: EndOrderRequest }) request: EndOrderRequest,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.orders.cancel(id, request, envelope);
  }

  @Post(':id/close-short')
  @HttpCode(200)
  @Rule('orders.write')
  @ApiOperation({ summary: 'A partly delivered order counts as done; the rest of its credit is released.' })
  closeShort(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: EndOrderRequest }) request: EndOrderRequest,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.orders.closeShort(id, request, envelope);
  }

  @Post(':id/reopen')
  @HttpCode(200)
  @Rule('orders.write')
  @ApiOperation({ summary: 'Reopen a cancelled or short-closed order; it asks for credit again.' })
  reopen(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: EndOrderRequest }) request: EndOrderRequest,
    @Query({ schema: ConsistentQuery }) { consistentWith }: ConsistentQuery,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.orders.reopen(id, request, consistentWith, envelope);
  }

  @Post(':id/retry-credit')
  @HttpCode(200)
  @Rule('orders.write')
  @ApiOperation({ summary: 'Ask for credit again for a held order.' })
  retryCredit(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: RetryCreditRequest }) request: RetryCreditRequest,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.orders.retryCredit(id, request, envelope);
  }

  @Get()
  @Rule('orders.read')
  @ApiOperation({ summary: 'Orders, newest first, by account and facets; `number` finds one.' })
  list(@Query({ schema: OrderQuery }) query: OrderQuery, @Caller() principal: Principal) {
    return this.orders.list(query, principal);
  }

  @Get(':id/facets')
  @Rule('orders.read')
  @ApiOperation({ summary: 'Commercial, fulfilment, billing and payment of every line, beside each other.' })
  facets(
    @Param({ schema: IdParam }) { id }: Id,
    @Query({ schema: ConsistentQuery }) { consistentWith }: ConsistentQuery,
    @Caller() principal: Principal,
  ) {
    return this.orders.facets(id, consistentWith, principal);
  }

  @Get(':id')
  @Rule('orders.read')
  @ApiOperation({ summary: 'An order as it is now, folded from its stream.' })
  get(@Param({ schema: IdParam }) { id }: Id, @Caller() principal: Principal) {
    return this.orders.get(id, principal);
  }
}
