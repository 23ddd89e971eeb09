import { service } from '@kontor/accounts-contracts';
import { Rule } from '@kontor/auth';
import { Envelope, HttpEnvelope } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AccountNumbers } from '../account/account-numbers.ts';
import { Pipelines } from '../pipeline/pipelines.ts';
import { importCrmAccounts } from './crm-accounts.ts';
import { importCrmOpportunities } from './crm-opportunities.ts';
import { importCrmStaff } from './crm-staff.ts';
import { modeOf } from './import-run.ts';
import { type ImportRows, ImportRowsRequest } from './import.requests.ts';
import { answerOf } from './rows.ts';

/** Rows of the CRM's files, a call at a time, in the order staff, accounts, opportunities. */
@ApiTags('imports')
@Controller('v1/imports/crm')
export class CrmImportController {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly numbers: AccountNumbers,
    private readonly pipelines: Pipelines,
  ) {}

  @Post('staff')
  @HttpCode(200)
  @Rule('imports.write')
  @ApiOperation({ summary: 'Import sales agents with managers and regions' })
  async staff(@Body({ schema: ImportRowsRequest }) body: ImportRows, @Envelope() envelope: HttpEnvelope) {
    const mode = await modeOf(this.runtime, 'crm', body, envelope.principal);
    return answerOf(service, await importCrmStaff(this.runtime, mode, body));
  }

  @Post('accounts')
  @HttpCode(200)
  @Rule('imports.write')
  @ApiOperation({ summary: 'Import accounts, known by their names' })
  async accounts(@Body({ schema: ImportRowsRequest }) body: ImportRows, @Envelope() envelope: HttpEnvelope) {
    const mode = await modeOf(this.runtime, 'crm', body, envelope.principal);
    return answerOf(service, await importCrmAccounts(this.runtime, this.numbers, mode, body));
  }

  @Post('opportunities')
  @HttpCode(200)
  @Rule('imports.write')
  @ApiOperation({ summary: 'Import deals with their original dates; agents and accounts come first' })
  async opportunities(@Body({ schema: ImportRowsRequest }) body: ImportRows, @Envelope() envelope: HttpEnvelope) {
    const mode = await modeOf(this.runtime, 'crm', body, envelope.principal);
    return answerOf(service, await importCrmOpportunities(this.runtime, this.pipelines, mode, body));
  }
}
