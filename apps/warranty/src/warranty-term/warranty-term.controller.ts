import { Rule } from '@kontor/auth';
import { changed, entity, Envelope, HttpEnvelope, notFound } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { warrantyTermAggregate } from '@kontor/warranty-domain';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { requireProduct } from '../read-models/catalogue/catalogue.query.ts';
import { TermParam, todayOf } from '../request-fields.ts';
import { problems } from '../warranty.problems.ts';
import { DefineWarrantyTermRequest, TakeProductOffWarrantyRequest } from './warranty-term.requests.ts';

@ApiTags('warranty')
@Controller('v1/warranty-terms')
export class WarrantyTermController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Get(':productId')
  @Rule('warranty.read')
  @ApiOperation({ summary: 'The warranty terms of a product, all versions.' })
  async one(@Param({ schema: TermParam }) { productId }: z.infer<typeof TermParam>) {
    const { state, revision } = await this.runtime.runner.load(warrantyTermAggregate, productId);
    if (state.productId === null) throw notFound('warranty term of product', productId);
    return entity(revision, state);
  }

  @Post(':productId/versions')
  @HttpCode(200)
  @Rule('warranty.write')
  @ApiOperation({ summary: 'Define a version of the warranty term; units delivered before keep theirs.' })
  async define(
    @Param({ schema: TermParam }) { productId }: z.infer<typeof TermParam>,
    @Body({ schema: DefineWarrantyTermRequest }) request: z.infer<typeof DefineWarrantyTermRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const businessDate = todayOf(this.runtime, request.entityId);
    await requireProduct(this.runtime, productId);
    const outcome = await this.runtime.runner.execute(
      warrantyTermAggregate,
      productId,
      {
        type: 'DefineWarrantyTerm',
        productId,
        basis: request.basis,
        graceCapDays: request.graceCapDays ?? null,
        partsMonths: request.partsMonths,
        labourMonths: request.labourMonths,
        minimumMonths: request.minimumMonths,
        replacementPolicy: request.replacementPolicy,
        caps: {
          claims: request.claimCap ?? null,
          parts: request.partsCap ?? null,
          labour: request.labourCap ?? null,
        },
        validFrom: request.validFrom,
        businessDate,
      },
      envelope,
    );
    return changed(outcome, problems);
  }

  @Post(':productId/take-off-warranty')
  @HttpCode(200)
  @Rule('warranty.revoke')
  @ApiOperation({ summary: 'Take a product off warranty, for later deliveries only.' })
  async takeOff(
    @Param({ schema: TermParam }) { productId }: z.infer<typeof TermParam>,
    @Body({ schema: TakeProductOffWarrantyRequest }) request: z.infer<typeof TakeProductOffWarrantyRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const businessDate = todayOf(this.runtime, request.entityId);
    await requireProduct(this.runtime, productId);
    const { validFrom, reason } = request;
    const outcome = await this.runtime.runner.execute(
      warrantyTermAggregate,
      productId,
      { type: 'TakeProductOffWarranty', productId, validFrom, reason, businessDate },
      envelope,
    );
    return changed(outcome, problems);
  }
}
