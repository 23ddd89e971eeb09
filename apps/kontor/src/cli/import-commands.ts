import { resolve } from 'node:path';
import { isCurrency } from '@kontor/kernel';
import { type Command, InvalidArgumentError } from 'commander';
import type { FileCounts } from '../import/import-file.ts';
import { type ImportReport, type ImportSource, runImport } from '../import/run-import.ts';
import { IMPORT_CALLS, MAX_IMPORT_CALLS } from '../kontor.config.ts';
import { CliFault } from './cli-fault.ts';
import type { CliContext } from './context.ts';
import { print, printJson, table } from './output.ts';

interface ImportOptions {
  readonly dryRun?: true;
  readonly update?: true;
  readonly rejects?: string;
  readonly concurrency: number;
  readonly currency: string;
}

const DESCRIPTIONS: { readonly [Source in ImportSource]: string } = {
  crm: 'a folder with accounts.csv, products.csv, sales_teams.csv and sales_pipeline.csv',
  receivables: 'accounts-receivable.csv, or the folder it lies in',
};

/** Imports of other systems' files. What was imported before is known again, so an import may be repeated at any time. */
export function addImportCommands(program: Command, context: CliContext): void {
  const command = program
    .command('import')
    .description('read the files of another system: each row is accepted, already known, or rejected with a reason');
  for (const source of Object.keys(DESCRIPTIONS) as ImportSource[])
    command
      .command(`${source} <path>`)
      .description(DESCRIPTIONS[source])
      .option('--dry-run', 'change nothing, say what would happen')
      .option('--update', 'where a known row has changed, apply what is a legal next step')
      .option('--rejects <file>', 'CSV file for the rejected lines (default: <path>.rejected.csv)')
      .option('--concurrency <number>', `calls under way, 1 to ${MAX_IMPORT_CALLS}`, concurrencyOf, IMPORT_CALLS)
      .option('--currency <code>', 'currency of the amounts, which the files do not name', currencyOf, 'USD')
      .action((path: string, options: ImportOptions) => runAndReport(context, source, path, options));
}

async function runAndReport(
  context: CliContext,
  source: ImportSource,
  path: string,
  options: ImportOptions,
): Promise<void> {
  const folder = resolve(path);
  const order = {
    source,
    path: folder,
    currency: options.currency,
    dryRun: options.dryRun === true,
    update: options.update === true,
    rejects: options.rejects === undefined ? `${folder}.rejected.csv` : resolve(options.rejects),
    concurrency: options.concurrency,
    showProgress: process.stderr.isTTY && !context.json(),
  };
  let report: ImportReport;
  try {
    report = await runImport(context.api(), order);
  } catch (error) {
    if (error instanceof CliFault && error.unanswered)
      throw new CliFault(`${error.message} The same import again goes on where this one stopped.`, error.code);
    throw error;
  }
  for (const warning of report.warnings) process.stderr.write(`kontor: ${warning}\n`);
  if (context.json()) return printJson(report);
  printReport(report);
}

function printReport(report: ImportReport): void {
  const rows: (FileCounts & { readonly file: string })[] = [
    ...Object.entries(report.files).map(([file, counts]) => ({ file, ...counts })),
    { ...report, file: 'total' },
  ];
  print(
    table(rows, [
      { head: 'file', value: (row) => row.file },
      { head: 'rows read', value: (row) => row.read, align: 'right' },
      { head: report.dryRun ? 'would be accepted' : 'accepted', value: (row) => row.accepted, align: 'right' },
      { head: 'already known', value: (row) => row.alreadyKnown, align: 'right' },
      { head: 'rejected', value: (row) => row.rejected, align: 'right' },
    ]),
  );
  const rate = Math.round(report.read / Math.max(report.seconds, 0.01));
  print(`${report.seconds} s, ${rate} rows/s${report.dryRun ? '; nothing was changed' : ''}`);
  if (report.rejects !== null) print(`The rejected lines and their reasons: ${report.rejects}`);
}

function concurrencyOf(text: string): number {
  const calls = Number(text);
  if (!/^\d+$/.test(text) || calls < 1 || calls > MAX_IMPORT_CALLS)
    throw new InvalidArgumentError(`must be 1 to ${MAX_IMPORT_CALLS}`);
  return calls;
}

function currencyOf(text: string): string {
  if (!isCurrency(text)) throw new InvalidArgumentError('must be a currency of ISO 4217, such as USD');
  return text;
}
