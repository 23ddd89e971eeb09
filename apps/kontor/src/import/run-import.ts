import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../cli/api-client.ts';
import { crmFiles, importCrm } from './crm-import.ts';
import type { CsvFile } from './csv-file.ts';
import { type ImportMode, rowSender } from './import-api.ts';
import type { FileCounts, ImportRun } from './import-file.ts';
import { ImportFault } from './import-fault.ts';
import { ImportProgress } from './import-progress.ts';
import { importReceivables, receivablesFile } from './receivables-import.ts';
import { RejectsFile } from './rejects-file.ts';
import { inspect, isFolder } from './source-files.ts';

export type ImportSource = 'crm' | 'receivables';

export interface ImportOrder {
  readonly source: ImportSource;
  readonly path: string;
  readonly currency: string;
  readonly dryRun: boolean;
  readonly update: boolean;
  /** Where rejected lines go. */
  readonly rejects: string;
  readonly concurrency: number;
  readonly showProgress: boolean;
}

export interface ImportReport extends FileCounts {
  readonly source: ImportSource;
  readonly dryRun: boolean;
  /** The date that the run fixed when it first began. */
  readonly date: string;
  readonly files: { readonly [file: string]: FileCounts };
  /** Path of the file with the rejected lines; null when there are none. */
  readonly rejects: string | null;
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/** One import from its files to its figures. Whatever interrupts it, the same call again goes on where it was. */
export async function runImport(api: ApiClient, order: ImportOrder): Promise<ImportReport> {
  const { source, currency, dryRun, update } = order;
  const { files, importAll } = sourceOf(order);
  const { contentHash, bytes } = await inspect(files);
  const begun = dryRun ? trialRun() : await api.post<RunBody>('/v1/imports/runs', { source, contentHash });
  const send = rowSender(api, { ...begun, dryRun, update });
  const warnings: string[] = [];
  const run: ImportRun = {
    concurrency: order.concurrency,
    rejects: new RejectsFile(order.rejects),
    progress: new ImportProgress(bytes, order.showProgress),
    warn: (sentence) => warnings.push(sentence),
  };
  let counts: { readonly [file: string]: FileCounts };
  let rejects: string | null = null;
  try {
    counts = await importAll(currency, send, run);
  } finally {
    run.progress.stop();
    rejects = run.rejects.close();
  }
  const sum = (count: keyof FileCounts) => Object.values(counts).reduce((total, file) => total + file[count], 0);
  return {
    source,
    dryRun,
    date: begun.date,
    read: sum('read'),
    accepted: sum('accepted'),
    rejected: sum('rejected'),
    alreadyKnown: sum('alreadyKnown'),
    files: counts,
    rejects,
    warnings,
    seconds: Math.round(run.progress.elapsedMs() / 10) / 100,
  };
}

type RunBody = Pick<ImportMode, 'runId' | 'date'>;

/** A dry run begins nothing; its date is today's, because that is when the run would begin. */
function trialRun(): RunBody {
  return { runId: randomUUID(), date: new Date().toISOString().slice(0, 10) };
}

interface Source {
  readonly files: readonly CsvFile<string>[];
  readonly importAll: (
    currency: string,
    send: ReturnType<typeof rowSender>,
    run: ImportRun,
  ) => Promise<{ readonly [file: string]: FileCounts }>;
}

const SOURCES: { readonly [Name in ImportSource]: (path: string) => Source } = {
  crm: (path) => {
    if (!isFolder(path)) throw new ImportFault(`${path} is a file: name the folder with the four files of the CRM.`);
    const files = crmFiles(path);
    return {
      files: Object.values(files),
      importAll: (currency, send, run) => importCrm(files, currency, send, run),
    };
  },
  receivables: (path) => {
    const file = receivablesFile(path);
    return { files: [file], importAll: (currency, send, run) => importReceivables(file, currency, send, run) };
  },
};

function sourceOf({ source, path }: ImportOrder): Source {
  return SOURCES[source](path);
}
