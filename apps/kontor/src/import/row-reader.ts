import { type BusinessDate, currencyExponent, isBusinessDate, type Money } from '@kontor/kernel';
import type { CsvValues } from './csv-file.ts';

/** A row in the form in which it is sent, or the first thing in it that is not right. */
export type Mapped<Row> = { readonly row: Row } | RowFault;

export interface RowFault {
  readonly column: string;
  readonly reason: string;
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const AMERICAN_DATE = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;
const DECIMAL = /^\d{1,15}(\.\d+)?$/;
const INTEGER = /^\d{1,15}$/;
const MAX_SHOWN = 40;

/**
 * Reads the cells of one row and remembers the first fault; what a faulty cell reads as is of no use, because `mapped`
 * then answers the fault. So a mapping says each column once, in the order of the file.
 */
export class RowReader<Column extends string> {
  private fault: RowFault | undefined;

  constructor(private readonly values: CsvValues<Column>) {}

  text(column: Column, maxLength: number): string {
    return this.optionalText(column, maxLength) ?? this.missing(column, '');
  }

  optionalText(column: Column, maxLength: number): string | null {
    const text = this.values[column];
    if (text.length > maxLength) this.wrong(column, `has more than ${maxLength} characters`);
    if (text.includes('\0')) this.wrong(column, 'has a NUL character');
    return text === '' ? null : text;
  }

  oneOf<Choice extends string>(column: Column, choices: readonly Choice[]): Choice {
    const text = this.values[column];
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) this.wrong(column, `is "${shown(text)}" and not one of ${choices.join(', ')}`);
    return choice ?? (choices[0] as Choice);
  }

  /** `YYYY-MM-DD`. */
  optionalDate(column: Column): BusinessDate | null {
    const text = this.values[column];
    if (text === '') return null;
    if (!ISO_DATE.test(text) || !isBusinessDate(text))
      this.wrong(column, `is "${shown(text)}" and not a calendar date YYYY-MM-DD`);
    return text;
  }

  /** Month/day/year, with or without leading zeros. */
  optionalAmericanDate(column: Column): BusinessDate | null {
    const text = this.values[column];
    if (text === '') return null;
    const [, month = '', day = '', year = ''] = AMERICAN_DATE.exec(text) ?? [];
    const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    if (!isBusinessDate(date)) this.wrong(column, `is "${shown(text)}" and not a calendar date month/day/year`);
    return date;
  }

  americanDate(column: Column): BusinessDate {
    return this.optionalAmericanDate(column) ?? this.missing(column, '');
  }

  /** A plain decimal in major units, without sign and grouping, with no more places than the currency has. */
  optionalMoney(column: Column, currency: string): Money | null {
    const text = this.values[column];
    if (text === '') return null;
    return { amountMinor: this.minorUnits(column, text, currency), currency };
  }

  money(column: Column, currency: string): Money {
    return this.optionalMoney(column, currency) ?? this.missing(column, { amountMinor: 0, currency });
  }

  /** A number that is kept as the text it is. */
  optionalDecimalText(column: Column): string | null {
    const text = this.values[column];
    if (text !== '' && !DECIMAL.test(text)) this.wrong(column, `is "${shown(text)}" and not a number`);
    return text === '' ? null : text;
  }

  optionalInteger(column: Column): number | null {
    const text = this.values[column];
    if (text === '') return null;
    if (!INTEGER.test(text)) this.wrong(column, `is "${shown(text)}" and not a whole number`);
    return Number(text);
  }

  /** A rule between columns; the fault is at the one named. */
  require(column: Column, holds: boolean, reason: string): void {
    if (!holds) this.wrong(column, reason);
  }

  mapped<Row>(row: Row): Mapped<Row> {
    return this.fault ?? { row };
  }

  private minorUnits(column: Column, text: string, currency: string): number {
    const exponent = currencyExponent(currency);
    const [units = '', decimals = ''] = text.split('.');
    const places = decimals.replace(/0+$/, '');
    const minor = Number(units + places.padEnd(exponent, '0'));
    if (!DECIMAL.test(text)) this.wrong(column, `is "${shown(text)}" and not an amount such as 1234.50`);
    else if (places.length > exponent) this.wrong(column, `is "${shown(text)}": ${currency} has ${exponent} decimals`);
    else if (!Number.isSafeInteger(minor)) this.wrong(column, `is "${shown(text)}" and too large`);
    return minor;
  }

  private missing<Value>(column: Column, instead: Value): Value {
    this.wrong(column, 'is empty');
    return instead;
  }

  private wrong(column: Column, reason: string): void {
    this.fault ??= { column, reason };
  }
}

function shown(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
