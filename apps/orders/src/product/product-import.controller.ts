import { Rule } from '@kontor/auth';
import { Envelope, HttpEnvelope } from '@kontor/http';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ProductImport } from './product.import.ts';
import { ImportProductsRequest } from './product.requests.ts';

@ApiTags('imports')
@Controller('v1/imports/crm')
export class ProductImportController {
  constructor(private readonly products: ProductImport) {}

  @Post('products')
  @HttpCode(200)
  @Rule('imports.write')
  @ApiOperation({ summary: 'Rows of the CRM’s products; each is accepted, already known, or rejected with a reason.' })
  run(@Body({ schema: ImportProductsRequest }) request: ImportProductsRequest, @Envelope() envelope: HttpEnvelope) {
    return this.products.run(request, envelope);
  }
}
