import { type Principal, Rule } from '@kontor/auth';
import { Caller, Envelope, HttpEnvelope, IdParam } from '@kontor/http';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ProductHandlers } from './product.handlers.ts';
import { ChangeListPriceRequest, ProductQuery, RegisterProductRequest } from './product.requests.ts';

@ApiTags('catalogue')
@Controller('v1/products')
export class ProductController {
  constructor(private readonly handlers: ProductHandlers) {}

  @Post()
  @Rule('catalogue.write')
  @ApiOperation({ summary: 'Register a product with its warranty term, serial tracking and list price.' })
  register(
    @Body({ schema: RegisterProductRequest }) request: RegisterProductRequest,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.handlers.register(request, envelope);
  }

  @Post(':id/list-price')
  @HttpCode(200)
  @Rule('catalogue.write')
  @ApiOperation({ summary: 'Change the list price; documents made before keep theirs.' })
  changeListPrice(
    @Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>,
    @Body({ schema: ChangeListPriceRequest }) request: ChangeListPriceRequest,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.handlers.changeListPrice(id, request, envelope);
  }

  @Get()
  @Rule('catalogue.read')
  @ApiOperation({ summary: 'The catalogue by article number; `sku` and `externalId` find one product.' })
  list(@Query({ schema: ProductQuery }) query: ProductQuery, @Caller() principal: Principal) {
    return this.handlers.list(query, principal);
  }

  @Get(':id')
  @Rule('catalogue.read')
  @ApiOperation({ summary: 'A product as it is now.' })
  get(@Param({ schema: IdParam }) { id }: z.infer<typeof IdParam>) {
    return this.handlers.get(id);
  }
}
