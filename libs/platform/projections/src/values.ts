import { RowRejected } from './errors.ts';
import type { Column, Row, SqlType, Table } from './projection.ts';

/**
 * How one SQL type is written, read and compared. `canonical` is the one form of a value: what a handler sees must not
 * depend on whether the row was in the batch or came from the database. It throws RowRejected for what the column cannot hold.
 */
interface TypeRules {
  readonly canonical: (value: unknown, column: string) => unknown;
  /** The text that PostgreSQL reads, of a value that is not null. */
  readonly literal: (value: unknown, column: string) => string;
  /** Whether that text may hold any character, so that it is quoted in an array literal and escaped in a COPY. */
  readonly anyText?: true;
  /** An SQL expression that reads the column as text or boolean, whatever parsers the driver was given. */
  readonly read: (column: string) => string;
  readonly parse: (read: unknown) => unknown;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PLAIN_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?Z$/;
const SPECIAL = /["\\\u0000]/;
const SPECIAL_IN_COPY = /[\\\n\r\t\u0000]/;
const INTEGER_LIMIT = 2n ** 31n;
const BIGINT_LIMIT = 2n ** 63n;

const asText = (column: string): string => `${column}::text`;
const same = (read: unknown): unknown => read;

const NUL = '\u0000';

/** One element of an array literal, of a value that is not null. */
export function elementOf(type: SqlType, value: unknown, column: string): string {
  const { literal, anyText } = RULES[type];
  const text = literal(value, column);
  return anyText === true ? quoted(text, column) : text;
}

/** One field of a line of `COPY … FROM STDIN` in text format, of a value that is not null. */
export function fieldOf(type: SqlType, value: unknown, column: string): string {
  const { literal, anyText } = RULES[type];
  const text = literal(value, column);
  return anyText === true ? escaped(text, column) : text;
}

/** One look at the text tells whether anything in it means something there. */
function quoted(text: string, column: string): string {
  if (!SPECIAL.test(text)) return `"${text}"`;
  refuseNul(text, column);
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function escaped(text: string, column: string): string {
  if (!SPECIAL_IN_COPY.test(text)) return text;
  refuseNul(text, column);
  return text.replace(/[\\\n\r\t]/g, (found) => ESCAPES[found] ?? found);
}

const ESCAPES: { readonly [special: string]: string } = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function refuseNul(text: string, column: string): void {
  if (text.includes(NUL)) throw new RowRejected(column, 'a text may not contain NUL');
}

function textOf(value: unknown, column: string): string {
  if (typeof value !== 'string') throw new RowRejected(column, `${typeof value} is not a text`);
  return value;
}

function string(value: unknown, column: string): string {
  const text = textOf(value, column);
  refuseNul(text, column);
  return text;
}

function integer(value: unknown, column: string, limit: bigint): number | bigint {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RowRejected(column, `${value} is not an exact integer`);
  } else if (typeof value !== 'bigint') {
    throw new RowRejected(column, `${typeof value} is not an integer`);
  }
  if (value >= limit || value < -limit) throw new RowRejected(column, `${value} is out of range`);
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}

function uuid(value: unknown, column: string): string {
  const text = textOf(value, column);
  if (PLAIN_UUID.test(text)) return text;
  if (!UUID.test(text)) throw new RowRejected(column, `${text} is not a UUID`);
  return text.toLowerCase();
}

function date(value: unknown, column: string): string {
  const text = textOf(value, column);
  const match = DATE.exec(text);
  if (match === null || !isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3])))
    throw new RowRejected(column, `${text} is not a date`);
  return text;
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  if (month === 2) return day <= ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28);
  return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
}

/** UTC with microseconds, as the store stamps them. */
function instant(value: unknown, column: string): string {
  const text = textOf(value, column);
  const match = INSTANT.exec(text);
  if (match !== null) return `${match[1]}.${(match[2] ?? '').padEnd(6, '0')}Z`;
  const parsed = new Date(text);
  if (Number.isNaN(parsed.getTime())) throw new RowRejected(column, `${text} is not an instant`);
  return `${parsed.toISOString().slice(0, -1)}000Z`;
}

function flag(value: unknown, column: string): boolean {
  if (typeof value !== 'boolean') throw new RowRejected(column, `${typeof value} is not a boolean`);
  return value;
}

function json(value: unknown, column: string): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new RowRejected(column, `${typeof value} is not JSON`);
  return text;
}

export const RULES: { readonly [Type in SqlType]: TypeRules } = {
  uuid: { canonical: uuid, literal: uuid, read: asText, parse: same },
  text: {
    canonical: string,
    literal: textOf,
    anyText: true,
    read: asText,
    parse: same,
  },
  bigint: {
    canonical: (value, column) => integer(value, column, BIGINT_LIMIT),
    literal: (value, column) => String(integer(value, column, BIGINT_LIMIT)),
    read: asText,
    parse: (read) => integer(BigInt(read as string), 'bigint', BIGINT_LIMIT),
  },
  integer: {
    canonical: (value, column) => integer(value, column, INTEGER_LIMIT),
    literal: (value, column) => String(integer(value, column, INTEGER_LIMIT)),
    read: asText,
    parse: (read) => Number(read),
  },
  boolean: {
    canonical: flag,
    literal: (value, column) => (flag(value, column) ? 't' : 'f'),
    read: (column) => column,
    parse: same,
  },
  date: { canonical: date, literal: date, read: (column) => `to_char(${column}, 'YYYY-MM-DD')`, parse: same },
  timestamptz: {
    canonical: instant,
    literal: instant,
    read: (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    parse: same,
  },
  jsonb: {
    canonical: (value, column) => JSON.parse(json(value, column)) as unknown,
    literal: json,
    anyText: true,
    read: asText,
    parse: (read) => JSON.parse(read as string) as unknown,
  },
};

/**
 * The whole row in canonical form, every column named; the row itself when it has that form already. What a change took
 * over from the canonical row before it is not looked at again. Throws RowRejected.
 */
export function canonicalRow(name: string, table: Table, row: Row, before?: Row): Row {
  refuseUnknownColumns(name, table, row);
  let canonical: Record<string, unknown> | undefined;
  for (const column in table.columns) {
    const value = row[column];
    if (before !== undefined && value !== undefined && before[column] === value) continue;
    const form = canonicalValue(name, column, table.columns[column] as Column, value);
    if (form !== value) (canonical ??= { ...row })[column] = form;
  }
  return canonical ?? row;
}

function canonicalValue(name: string, column: string, declared: Column, value: unknown): unknown {
  if (value !== null && value !== undefined) return RULES[declared.type].canonical(value, `${name}.${column}`);
  refuseNull(name, column, declared);
  return null;
}

export function refuseUnknownColumns(name: string, table: Table, row: Row): void {
  for (const column in row)
    if (table.columns[column] === undefined) throw new RowRejected(name, `there is no column ${column}`);
}

export function refuseNull(name: string, column: string, declared: Column): void {
  if (declared.nullable !== true) throw new RowRejected(`${name}.${column}`, 'may not be null');
}

/** The key of a row as one text, for a map. Throws RowRejected. */
export function keyOf(name: string, table: Table, row: Row): string {
  let key = '';
  for (const column of table.key) {
    const declared = table.columns[column];
    const value = row[column];
    if (declared === undefined || value === null || value === undefined)
      throw new RowRejected(`${name}.${column}`, 'the key is not complete');
    const part = String(RULES[declared.type].canonical(value, column));
    key = key === '' ? part : `${key}\u0000${part}`;
  }
  return key;
}
