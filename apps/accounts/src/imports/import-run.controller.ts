import { Rule } from '@kontor/auth';
import { importRunAggregate } from '@kontor/accounts-domain';
import { accepted, Envelope, HttpEnvelope } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { today } from '../account/account.facts.ts';
import { accountsProblems } from '../accounts.problems.ts';
import { importedId } from './import-run.ts';
import { BeginImportRequest } from './import.requests.ts';

@ApiTags('imports')
@Controller('v1/imports/runs')
export class ImportRunController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Post()
  @HttpCode(200)
  @Rule('imports.write')
  @ApiOperation({
    summary: 'Begin an import, or continue one: the same files are the same run, with the date of its first beginning',
  })
  async begin(
    @Body({ schema: BeginImportRequest }) { source, contentHash }: z.infer<typeof BeginImportRequest>,
    @Envelope() envelope: HttpEnvelope,
  ) {
    const { runner } = this.runtime;
    const runId = importedId(source, 'run', contentHash);
    const command = { type: 'BeginImport', runId, source, contentHash, today: today(this.runtime) } as const;
    accepted(await runner.execute(importRunAggregate, runId, command, envelope), accountsProblems);
    const { state } = await runner.load(importRunAggregate, runId);
    return { runId, date: state?.date };
  }
}
