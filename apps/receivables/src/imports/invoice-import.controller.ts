import { Rule } from '@kontor/auth';
import { Answer, Envelope, type HttpEnvelope } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { InvoiceImport, InvoiceImportBody } from './invoice-import.ts';

@ApiTags('imports')
@Controller('v1/imports/receivables')
export class InvoiceImportController {
  private readonly imports: InvoiceImport;

  constructor(runtime: ServiceRuntime) {
    this.imports = new InvoiceImport(runtime);
  }

  @Post('invoices')
  @HttpCode(200)
  @Rule('imports.write')
  @ApiOperation({
    summary: 'Import up to 500 rows of invoices; each is accepted, already known, or rejected with a reason',
  })
  async invoices(
    @Body({ schema: InvoiceImportBody }) body: z.infer<typeof InvoiceImportBody>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return new Answer(await this.imports.run(body, envelope), 200);
  }
}
