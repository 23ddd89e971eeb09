import { MAX_IMPORT_BYTES, MAX_IMPORT_ROWS } from '../kontor.config.ts';
import { type CsvFile, type CsvRow, csvRows, type CsvValues } from './csv-file.ts';
import type { ImportProgress } from './import-progress.ts';
import type { RejectsFile } from './rejects-file.ts';
import type { Mapped } from './row-reader.ts';

/** What a service says about a row. */
export interface RowResult {
  readonly line: number;
  readonly outcome: 'accepted' | 'already-known' | 'rejected';
  readonly code?: string;
  readonly field?: string;
  readonly sentence?: string;
}

export type Numbered<Row> = Row & { readonly line: number };

/** A file of a source: how its rows are read, and what sends a batch of them and answers in the same order. */
export interface ImportedFile<Column extends string, Row extends object> {
  readonly file: CsvFile<Column>;
  readonly map: (values: CsvValues<Column>) => Mapped<Row>;
  readonly send: (rows: readonly Numbered<Row>[]) => Promise<readonly RowResult[]>;
  /** Columns of fields that are called otherwise where the rows are sent. */
  readonly columns: { readonly [field: string]: string };
}

export interface FileCounts {
  read: number;
  accepted: number;
  rejected: number;
  alreadyKnown: number;
}

export interface ImportRun {
  readonly concurrency: number;
  readonly rejects: RejectsFile;
  readonly progress: ImportProgress;
  /** What a person should know although no row was rejected for it. */
  readonly warn: (sentence: string) => void;
}

const NO_LINE_END =
  'the last line has no line end; if the file was cut off there, the end of its last value may be missing';

/** A line of a batch with the row to send, or with the reason why it is not sent. */
interface Entry<Row> {
  readonly line: number;
  readonly original: string;
  readonly bytes: number;
  readonly mapped: Mapped<Row>;
}

/**
 * Imports a file in batches, a few of them under way at a time: the next lines are read when an answer has come, so the
 * memory does not depend on the file. Answers are counted and rejected lines written in the order of the file.
 */
export async function importFile<Column extends string, Row extends object>(
  source: ImportedFile<Column, Row>,
  run: ImportRun,
): Promise<FileCounts> {
  const counts: FileCounts = { read: 0, accepted: 0, rejected: 0, alreadyKnown: 0 };
  const underWay: Promise<() => void>[] = [];
  for await (const batch of batchesOf(source, run.warn)) {
    const answered = sendBatch(source, batch).then((results) => () => count(source, batch, results, counts, run));
    // A failure is met below in its turn; until then nobody waits for this promise.
    answered.catch(() => undefined);
    underWay.push(answered);
    if (underWay.length >= run.concurrency) (await underWay.shift())?.();
  }
  for (const answered of underWay) (await answered)();
  return counts;
}

async function* batchesOf<Column extends string, Row extends object>(
  { file, map }: ImportedFile<Column, Row>,
  warn: ImportRun['warn'],
): AsyncGenerator<Entry<Row>[]> {
  let batch: Entry<Row>[] = [];
  let bytes = 0;
  for await (const row of csvRows(file)) {
    if (row.unterminated) warn(`${file.name} line ${row.line}: ${NO_LINE_END}.`);
    if (batch.length > 0 && (batch.length === MAX_IMPORT_ROWS || bytes + row.bytes > MAX_IMPORT_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ line: row.line, original: row.raw, bytes: row.bytes, mapped: mapRow(map, row) });
    bytes += row.bytes;
  }
  if (batch.length > 0) yield batch;
}

function mapRow<Column extends string, Row extends object>(
  map: ImportedFile<Column, Row>['map'],
  row: CsvRow<Column>,
): Mapped<Row> {
  return 'values' in row ? map(row.values) : { column: row.column, reason: row.reason };
}

async function sendBatch<Column extends string, Row extends object>(
  { send }: ImportedFile<Column, Row>,
  batch: readonly Entry<Row>[],
): Promise<ReadonlyMap<number, RowResult>> {
  const rows = batch.flatMap(({ line, mapped }) => ('row' in mapped ? [{ ...mapped.row, line }] : []));
  const results = rows.length === 0 ? [] : await send(rows);
  return new Map(results.map((result) => [result.line, result]));
}

function count<Column extends string, Row extends object>(
  { file, columns }: ImportedFile<Column, Row>,
  batch: readonly Entry<Row>[],
  results: ReadonlyMap<number, RowResult>,
  counts: FileCounts,
  { rejects, progress }: ImportRun,
): void {
  for (const { line, original, mapped } of batch) {
    counts.read += 1;
    const reject = (column: string, code: string, reason: string) => {
      counts.rejected += 1;
      rejects.add({ file: file.name, line, column, code, reason, original });
    };
    if (!('row' in mapped)) {
      reject(mapped.column, 'InvalidRow', mapped.reason);
      continue;
    }
    const result = results.get(line);
    if (result === undefined) throw new Error(`${file.name} line ${line}: the platform did not answer for this row`);
    if (result.outcome === 'accepted') counts.accepted += 1;
    else if (result.outcome === 'already-known') counts.alreadyKnown += 1;
    else reject(columnsOf(result.field, columns), result.code ?? '', result.sentence ?? 'was refused');
  }
  progress.add(
    file.name,
    batch.length,
    batch.reduce((sum, { bytes }) => sum + bytes, 0),
  );
}

/** Several fields are separated by commas. */
function columnsOf(field: string | undefined, columns: { readonly [field: string]: string }): string {
  if (field === undefined) return '';
  return field
    .split(', ')
    .map((name) => columns[name] ?? name)
    .join(', ');
}
