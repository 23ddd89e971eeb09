import { type Principal, Rule } from '@kontor/auth';
import { Caller, Envelope, HttpEnvelope, IdParam } from '@kontor/http';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ConsistentQuery } from '../requests.ts';
import { PriceListHandlers } from './price-list.handlers.ts';
import { PriceListQuery, PublishPriceListRequest } from './price-list.requests.ts';

@ApiTags('catalogue')
@Controller('v1/price-lists')
export class PriceListController {
  constructor(private readonly handlers: PriceListHandlers) {}

  @Post()
  @Rule('catalogue.write')
  @ApiOperation({ summary: 'Publish a price list: columns for the accounts’ terms, quantity breaks, validity.' })
  publish(
    @Body({ schema: PublishPriceListRequest }) request: PublishPriceListRequest,
    @Query({ schema: ConsistentQuery }) { consistentWith }: ConsistentQuery,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.handlers.publish(envelope.newId(), request, consistentWith, envelope);
  }

  @Post(':id/versions')
  @Rule('catalogue.write')
  @ApiOperation({ summary: 'Publish the next version of a price list.' })
  async publishVersion(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: PublishPriceListRequest }) request: PublishPriceListRequest,
    @Query({ schema: ConsistentQuery }) { consistentWith }: ConsistentQuery,
    @Envelope() envelope: HttpEnvelope,
  ) {
    await this.handlers.exists(id);
    return this.handlers.publish(id, request, consistentWith, envelope);
  }

  @Get()
  @Rule('catalogue.read')
  @ApiOperation({ summary: 'Price lists in their latest versions, by entity, currency and the day they hold on.' })
  list(@Query({ schema: PriceListQuery }) query: PriceListQuery, @Caller() principal: Principal) {
    return this.handlers.list(query, principal);
  }

  @Get(':id')
  @Rule('catalogue.read')
  @ApiOperation({ summary: 'A price list with all its versions.' })
  get(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>) {
    return this.handlers.get(id);
  }
}
