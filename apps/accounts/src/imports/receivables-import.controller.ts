import { service } from '@kontor/accounts-contracts';
import { Rule } from '@kontor/auth';
import { Envelope, HttpEnvelope, zText } from '@kontor/http';
import { ServiceRuntime } from '@kontor/service';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AccountNumbers } from '../account/account-numbers.ts';
import { IMPORT_CONCURRENCY } from '../accounts.config.ts';
import { type ContentFields, importAccount } from './account-import.ts';
import { importedId, modeOf } from './import-run.ts';
import { type ImportRows, ImportRowsRequest } from './import.requests.ts';
import { answerOf, mapBounded, parsedRow } from './rows.ts';

/** A customer of the receivables file: the first row that names it. */
const ReceivablesAccountRow = z.strictObject({
  line: z.number().int(),
  customerId: zText(40),
  countryCode: zText(10),
});

const FIELDS: ContentFields = { countryCode: ['country', 'countryText'] };

@ApiTags('imports')
@Controller('v1/imports/receivables')
export class ReceivablesImportController {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly numbers: AccountNumbers,
  ) {}

  @Post('accounts')
  @HttpCode(200)
  @Rule('imports.write')
  @ApiOperation({ summary: 'Import customers of the receivables file: their id is number and name' })
  async accounts(@Body({ schema: ImportRowsRequest }) body: ImportRows, @Envelope() envelope: HttpEnvelope) {
    const mode = await modeOf(this.runtime, 'receivables', body, envelope.principal);
    const outcomes = await mapBounded(body.rows, IMPORT_CONCURRENCY, async (raw) => {
      const parsed = parsedRow(ReceivablesAccountRow, raw);
      if ('rejection' in parsed) return parsed.rejection;
      const { line, customerId, countryCode } = parsed.row;
      const account = {
        line,
        accountId: importedId('receivables', 'account', customerId),
        number: customerId,
        claims: true,
        particulars: {
          kind: 'customer',
          name: customerId,
          taxId: null,
          address: null,
          // The file numbers its countries by a list of its own: an unknown code stays text beside an empty country.
          country: null,
          countryText: countryCode,
          region: null,
          sector: null,
          language: null,
          currency: 'USD',
          yearEstablished: null,
          revenue: null,
          employees: null,
          parentId: null,
        },
        externalId: customerId,
        source: { system: 'receivables', identity: customerId, content: { countryCode } },
        date: body.date,
      } as const;
      return importAccount(this.runtime, this.numbers, mode, account, FIELDS);
    });
    return answerOf(service, outcomes);
  }
}
