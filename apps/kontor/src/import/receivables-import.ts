import { LRUCache } from 'lru-cache';
import { basename } from 'node:path';
import type { CsvFile } from './csv-file.ts';
import type { SendRows } from './import-api.ts';
import { type FileCounts, importFile, type ImportRun, type Numbered, type RowResult } from './import-file.ts';
import { INVOICE_COLUMNS, type InvoiceRow, invoiceRow } from './receivables-rows.ts';
import { fileIn, isFolder } from './source-files.ts';

const FILE_NAME = 'accounts-receivable.csv';
/** Customers that are remembered as registered. One that was forgotten is sent again, and is already known. */
const MAX_REMEMBERED_CUSTOMERS = 20_000;

type InvoiceFile = CsvFile<(typeof INVOICE_COLUMNS)[number]>;

/** The file, or the folder that it lies in. */
export function receivablesFile(path: string): InvoiceFile {
  if (isFolder(path)) return fileIn(path, FILE_NAME, INVOICE_COLUMNS);
  return { path, name: basename(path), columns: INVOICE_COLUMNS };
}

/** Invoices with what became of them; a customer's account is registered before the first invoice that names it. */
export async function importReceivables(
  file: InvoiceFile,
  currency: string,
  send: SendRows,
  run: ImportRun,
): Promise<{ readonly [file: string]: FileCounts }> {
  const customers = new Customers(send);
  const counts = await importFile(
    {
      file,
      map: (values) => invoiceRow(values, currency),
      send: async (rows) => {
        const registered = await customers.register(rows);
        const rejected = registered.filter(({ outcome }) => outcome === 'rejected');
        const lines = new Set(rejected.map(({ line }) => line));
        const invoices = rows.filter(({ line }) => !lines.has(line)).map(invoiceBody);
        return invoices.length === 0
          ? rejected
          : [...rejected, ...(await send('/v1/imports/receivables/invoices', invoices))];
      },
      columns: {
        customerId: 'customerID',
        accountNumber: 'customerID',
        number: 'invoiceNumber',
        invoiceDate: 'InvoiceDate',
        dueDate: 'DueDate',
        amountMinor: 'InvoiceAmount',
        disputed: 'Disputed',
        settledDate: 'SettledDate',
      },
    },
    run,
  );
  return { [file.name]: counts };
}

/** The part of a row that receivables keeps. */
function invoiceBody({ line, invoiceNumber, customerId, amount, ...row }: Numbered<InvoiceRow>) {
  const { invoiceDate, dueDate, disputed, settledDate } = row;
  return {
    line,
    number: invoiceNumber,
    accountNumber: customerId,
    invoiceDate,
    dueDate,
    amountMinor: amount.amountMinor,
    currency: amount.currency,
    disputed,
    settledDate,
  };
}

type Registration = Pick<RowResult, 'outcome' | 'code' | 'field' | 'sentence'>;

/** Accounts of the customers, each sent once: also batches that are under way together share one answer. */
class Customers {
  private readonly known = new LRUCache<string, Promise<Registration>>({ max: MAX_REMEMBERED_CUSTOMERS });

  constructor(private readonly send: SendRows) {}

  /** What became of the customer of each row, as results of the rows. */
  async register(rows: readonly Numbered<InvoiceRow>[]): Promise<readonly RowResult[]> {
    const unknown = new Map(rows.flatMap((row) => (this.known.has(keyOf(row)) ? [] : [[keyOf(row), row] as const])));
    if (unknown.size > 0) {
      const accounts = [...unknown.values()].map(({ line, customerId, countryCode }) => ({
        line,
        customerId,
        countryCode,
      }));
      const answer = this.send('/v1/imports/receivables/accounts', accounts);
      for (const [index, key] of [...unknown.keys()].entries())
        this.known.set(
          key,
          answer.then((results) => {
            const result = results[index];
            if (result === undefined) throw new Error('the platform did not answer for every customer');
            return result;
          }),
        );
    }
    const waited = rows.map(async (row) => ({ ...(await this.registrationOf(row)), line: row.line }));
    return Promise.all(waited);
  }

  private registrationOf(row: Numbered<InvoiceRow>): Promise<Registration> {
    const registration = this.known.get(keyOf(row));
    // More customers in one batch than are remembered cannot be: a batch has fewer rows.
    if (registration === undefined) throw new Error(`${row.customerId} was sent and is not remembered`);
    return registration;
  }
}

/** A customer who appears with another country is another question to accounts, which answers that it differs. */
function keyOf({ customerId, countryCode }: InvoiceRow): string {
  return `${customerId}\n${countryCode}`;
}
