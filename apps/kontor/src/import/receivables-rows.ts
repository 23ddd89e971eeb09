import { daysBetween, isBusinessDate, type Money } from '@kontor/kernel';
import type { CsvValues } from './csv-file.ts';
import { type Mapped, RowReader } from './row-reader.ts';

/** The file "Accounts receivable": an invoice with its customer, its dispute and its settlement in one row. */
export const INVOICE_COLUMNS = [
  'countryCode',
  'customerID',
  'PaperlessDate',
  'invoiceNumber',
  'InvoiceDate',
  'DueDate',
  'InvoiceAmount',
  'Disputed',
  'SettledDate',
  'PaperlessBill',
  'DaysToSettle',
  'DaysLate',
] as const;

export interface InvoiceRow {
  readonly customerId: string;
  readonly countryCode: string;
  readonly invoiceNumber: string;
  readonly invoiceDate: string;
  readonly dueDate: string;
  readonly amount: Money;
  readonly disputed: boolean;
  /** Null: not paid. */
  readonly settledDate: string | null;
  readonly paperlessDate: string | null;
  readonly paperlessBill: 'Paper' | 'Electronic';
}

export function invoiceRow(values: CsvValues<(typeof INVOICE_COLUMNS)[number]>, currency: string): Mapped<InvoiceRow> {
  const cells = new RowReader(values);
  const countryCode = cells.text('countryCode', 10);
  const customerId = cells.text('customerID', 40);
  const paperlessDate = cells.optionalAmericanDate('PaperlessDate');
  const invoiceNumber = cells.text('invoiceNumber', 40);
  const invoiceDate = cells.americanDate('InvoiceDate');
  const dueDate = cells.americanDate('DueDate');
  cells.require('DueDate', dueDate >= invoiceDate, 'lies before the invoice date');
  const amount = cells.money('InvoiceAmount', currency);
  cells.require('InvoiceAmount', amount.amountMinor > 0, 'is not greater than 0');
  const disputed = cells.oneOf('Disputed', ['No', 'Yes']) === 'Yes';
  const settledDate = cells.optionalAmericanDate('SettledDate');
  cells.require('SettledDate', settledDate === null || settledDate >= invoiceDate, 'lies before the invoice date');
  const paperlessBill = cells.oneOf('PaperlessBill', ['Paper', 'Electronic']);
  const daysToSettle = cells.optionalInteger('DaysToSettle');
  const daysLate = cells.optionalInteger('DaysLate');
  if (settledDate !== null && [settledDate, invoiceDate, dueDate].every(isBusinessDate)) {
    // The two figures follow from the dates. Where they do not, a date or the end of the line is not what it was.
    const toSettle = daysBetween(invoiceDate, settledDate);
    const late = Math.max(0, daysBetween(dueDate, settledDate));
    cells.require('DaysToSettle', daysToSettle === toSettle, `is not ${toSettle}, the days between the dates`);
    cells.require('DaysLate', daysLate === late, `is not ${late}, the days between the dates`);
  }
  return cells.mapped({
    customerId,
    countryCode,
    invoiceNumber,
    invoiceDate,
    dueDate,
    amount,
    disputed,
    settledDate,
    paperlessDate,
    paperlessBill,
  });
}
