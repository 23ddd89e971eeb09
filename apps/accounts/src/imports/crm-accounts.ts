import { identityOfName } from '@kontor/accounts-contracts';
import { numberText } from '@kontor/accounts-domain';
import { zText } from '@kontor/http';
import { requestHash, type ServiceRuntime, uuidV5 } from '@kontor/service';
import { z } from 'zod';
import { isRegistered } from '../account/account.facts.ts';
import type { AccountNumbers } from '../account/account-numbers.ts';
import { IMPORT_CONCURRENCY } from '../accounts.config.ts';
import { type ContentFields, importAccount } from './account-import.ts';
import { countryCode } from './countries.ts';
import { importedId } from './import-run.ts';
import type { ImportRows, RawRow } from './import.requests.ts';
import { envelopeOf, type ImportMode } from './importing.ts';
import { mapBounded, parsedRow, type RowOutcome } from './rows.ts';

const optional = (max: number) =>
  z
    .union([z.literal(''), zText(max)])
    .nullable()
    .default(null)
    .transform((text) => (text === '' ? null : text));

/** A row of `accounts.csv`, the cells as the file has them. */
const CrmAccountRow = z.strictObject({
  line: z.number().int(),
  account: zText(200),
  sector: optional(100),
  yearEstablished: optional(40),
  revenue: optional(60),
  employees: optional(40),
  officeLocation: optional(100),
  subsidiaryOf: optional(200),
});

const FIELDS: ContentFields = {
  sector: ['sector'],
  year_established: ['yearEstablished'],
  revenue: ['revenue'],
  employees: ['employees'],
  office_location: ['country', 'countryText'],
  subsidiary_of: ['parentId'],
};

/** Accounts of the CRM are known by name; their numbers come from the range, the same ones however often a run is repeated. */
export async function importCrmAccounts(
  runtime: ServiceRuntime,
  numbers: AccountNumbers,
  mode: ImportMode,
  { runId, date, rows }: ImportRows,
): Promise<RowOutcome[]> {
  const block =
    mode.dryRun || (await allRegistered(runtime, rows)) ? 1 : await blockOf(numbers, mode, runId, date, rows);
  const numbered = rows.map((raw, index) => ({ raw, number: numberText(block + index) }));
  return mapBounded(numbered, IMPORT_CONCURRENCY, async ({ raw, number }) => {
    const parsed = parsedRow(CrmAccountRow, raw);
    if ('rejection' in parsed) return parsed.rejection;
    const { row } = parsed;
    const identity = identityOfName(row.account);
    const parent = row.subsidiaryOf === null ? null : identityOfName(row.subsidiaryOf);
    return importAccount(
      runtime,
      numbers,
      mode,
      {
        line: row.line,
        accountId: importedId('crm', 'account', identity),
        number,
        claims: false,
        particulars: {
          kind: 'customer',
          name: row.account,
          taxId: null,
          address: null,
          country: row.officeLocation === null ? null : countryCode(row.officeLocation),
          countryText: row.officeLocation,
          region: null,
          sector: row.sector,
          language: null,
          currency: 'USD',
          yearEstablished: row.yearEstablished,
          // The dictionary of the file says so.
          revenue: row.revenue === null ? null : `${row.revenue} million USD`,
          employees: row.employees,
          // The parent may stand further down in the file: its id follows from its name.
          parentId: parent === null ? null : importedId('crm', 'account', parent),
        },
        externalId: row.account,
        source: {
          system: 'crm',
          identity,
          content: {
            sector: row.sector ?? '',
            year_established: row.yearEstablished ?? '',
            revenue: row.revenue ?? '',
            employees: row.employees ?? '',
            office_location: row.officeLocation ?? '',
            subsidiary_of: parent ?? '',
          },
        },
        date,
      },
      FIELDS,
    );
  });
}

/** The block belongs to these very rows of the run: a call that is repeated finds the numbers that it gave. */
function blockOf(
  numbers: AccountNumbers,
  mode: ImportMode,
  runId: string,
  date: string,
  rows: readonly RawRow[],
): Promise<number> {
  const key = `${runId}|${requestHash(rows.map(({ line }) => line))}`;
  return numbers.blockOf(key, rows.length, envelopeOf(mode, uuidV5(runId, key), '', date));
}

/** Then nobody needs a number, and a run of changed files leaves no gap. */
async function allRegistered(runtime: ServiceRuntime, rows: readonly RawRow[]): Promise<boolean> {
  const registered = await mapBounded(rows, IMPORT_CONCURRENCY, (raw) => {
    const parsed = parsedRow(CrmAccountRow, raw);
    if ('rejection' in parsed) return Promise.resolve(true);
    return isRegistered(runtime, importedId('crm', 'account', identityOfName(parsed.row.account)));
  });
  return registered.every((known) => known);
}
