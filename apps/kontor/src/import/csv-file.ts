import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { ImportFault } from './import-fault.ts';

/** A line longer than this is not data. */
const MAX_LINE_BYTES = 65_536;
/** Characters of such a line that are shown. */
const MAX_SHOWN = 200;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface CsvFile<Column extends string> {
  readonly path: string;
  /** How the file is called in messages. */
  readonly name: string;
  readonly columns: readonly Column[];
}

export type CsvValues<Column extends string> = { readonly [C in Column]: string };

interface CsvLine {
  /** Counted from 1; the header is line 1. */
  readonly line: number;
  readonly raw: string;
  /** With its line end. */
  readonly bytes: number;
  /** The last line of a file that does not end with a line end. */
  readonly unterminated: boolean;
}

/** A data row as text, or why it cannot be read. */
export type CsvRow<Column extends string> =
  (CsvLine & { readonly values: CsvValues<Column> }) | (CsvLine & { readonly column: string; readonly reason: string });

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The rows of a file one at a time, whatever its size. Read line by line, so that a quote that nobody closed, bytes that
 * are not UTF-8 or a line cut in half cost that line and no other; therefore a field holds no line break. CRLF and a
 * byte-order mark are accepted. Throws ImportFault for an empty file and for another header than `columns`.
 */
export async function* csvRows<Column extends string>(file: CsvFile<Column>): AsyncGenerator<CsvRow<Column>> {
  let line = 0;
  for await (const bytes of linesOf(file)) {
    line += 1;
    const content = withoutLineEnd(bytes);
    if (line === 1) requireHeader(file, content);
    else if (content.length > 0) yield rowOf(file, line, bytes, content);
  }
  if (line === 0) throw new ImportFault(`${file.name} is empty: there is not even a header.`);
}

/** Reads the header and the first row only: nothing is sent while one of several files is not what it should be. */
export async function checkHeader<Column extends string>(file: CsvFile<Column>): Promise<void> {
  await csvRows(file).next();
}

function rowOf<Column extends string>(
  file: CsvFile<Column>,
  line: number,
  bytes: Uint8Array,
  content: Uint8Array,
): CsvRow<Column> {
  const raw = utf8.decode(content);
  const place = { line, raw, bytes: bytes.length, unterminated: bytes.at(-1) !== NEWLINE };
  const rejected = (column: string, reason: string) => ({ ...place, column, reason });
  if (content.length > MAX_LINE_BYTES)
    return { ...rejected('', `is longer than ${MAX_LINE_BYTES} bytes`), raw: raw.slice(0, MAX_SHOWN) };
  if (!isUtf8(content)) {
    const at = raw.indexOf('\uFFFD');
    const column = file.columns[raw.slice(0, at).split(',').length - 1] ?? '';
    return rejected(column, `has a byte that is not UTF-8 at character ${at + 1} (is the file Latin-1?)`);
  }
  let fields: string[];
  try {
    fields = fieldsOf(raw);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const column = typeof error['column'] === 'number' ? (file.columns[error['column']] ?? '') : '';
    return rejected(column, QUOTE_FAULTS[error.code] ?? error.message);
  }
  if (fields.length !== file.columns.length) {
    const missing = file.columns[fields.length] ?? '';
    return rejected(missing, `the line has ${fields.length} fields instead of ${file.columns.length}`);
  }
  const values = Object.fromEntries(file.columns.map((column, index) => [column, (fields[index] as string).trim()]));
  return { ...place, values: values as CsvValues<Column> };
}

const QUOTE_FAULTS: { readonly [code: string]: string } = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and not closed on this line',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of a field',
  CSV_INVALID_CLOSING_QUOTE: 'there is text behind a closing quote',
};

function fieldsOf(text: string): string[] {
  // Most lines have no quote, and a split is all that a parser would do with them.
  if (!text.includes('"')) return text.split(',');
  const [record]: (string[] | undefined)[] = parse(text, { relax_column_count: true });
  return record ?? [];
}

function requireHeader<Column extends string>(file: CsvFile<Column>, bytes: Uint8Array): void {
  const header = utf8.decode(bytes).replace(/^\uFEFF/, '');
  const expected = file.columns.join(',');
  if (header.trim() !== expected)
    throw new ImportFault(
      `${file.name} line 1: the header should be "${expected}", it is "${header.trim().slice(0, 300)}".`,
    );
}

/** Lines as bytes, with their line end. A last line without one is a line like any other. */
async function* linesOf<Column extends string>(file: CsvFile<Column>): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file.path) as AsyncIterable<Buffer>) {
      let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE)) {
        yield data.subarray(0, end + 1);
        data = data.subarray(end + 1);
      }
      rest = data.length > MAX_LINE_BYTES * 2 ? data.subarray(0, MAX_LINE_BYTES * 2) : data;
    }
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    if (code === 'ENOENT') throw new ImportFault(`There is no ${file.name} in ${dirname(file.path)}.`);
    throw new ImportFault(`${file.name} cannot be read (${code}).`);
  }
  if (rest.length > 0) yield rest;
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  const end = bytes.at(-1) === NEWLINE ? bytes.length - 1 : bytes.length;
  return bytes.subarray(0, bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
}
