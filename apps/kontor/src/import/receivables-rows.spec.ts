import { describe, expect, it } from '@jest/globals';
import { invoiceRow } from './receivables-rows.ts';

const disputed = {
  countryCode: '406',
  customerID: '8976-AMJEO',
  PaperlessDate: '3/3/2012',
  invoiceNumber: '0007900770',
  InvoiceDate: '1/26/2013',
  DueDate: '2/25/2013',
  InvoiceAmount: '61.74',
  Disputed: 'Yes',
  SettledDate: '3/3/2013',
  PaperlessBill: 'Electronic',
  DaysToSettle: '36',
  DaysLate: '6',
};
const mapped = (changes: Partial<typeof disputed>) => invoiceRow({ ...disputed, ...changes }, 'USD');

describe('X-09: rows of the receivables file', () => {
  it('reads American dates and keeps the zeros of a number', () => {
    expect(mapped({})).toEqual({
      row: {
        customerId: '8976-AMJEO',
        countryCode: '406',
        invoiceNumber: '0007900770',
        invoiceDate: '2013-01-26',
        dueDate: '2013-02-25',
        amount: { amountMinor: 6_174, currency: 'USD' },
        disputed: true,
        settledDate: '2013-03-03',
        paperlessDate: '2012-03-03',
        paperlessBill: 'Electronic',
      },
    });
  });

  it('takes an invoice that is not settled yet', () => {
    const open = mapped({ Disputed: 'No', SettledDate: '', DaysToSettle: '', DaysLate: '' });
    expect('row' in open && [open.row.disputed, open.row.settledDate]).toEqual([false, null]);
  });

  it.each([
    [{ customerID: '' }, 'customerID', 'is empty'],
    [{ invoiceNumber: '9'.repeat(41) }, 'invoiceNumber', 'has more than 40 characters'],
    [{ InvoiceDate: '26/1/2013' }, 'InvoiceDate', 'is "26/1/2013" and not a calendar date month/day/year'],
    [{ InvoiceDate: '2/30/2013' }, 'InvoiceDate', 'is "2/30/2013" and not a calendar date month/day/year'],
    [{ InvoiceDate: '2013-01-26' }, 'InvoiceDate', 'is "2013-01-26" and not a calendar date month/day/year'],
    [{ DueDate: '' }, 'DueDate', 'is empty'],
    [{ DueDate: '1/25/2013' }, 'DueDate', 'lies before the invoice date'],
    [{ InvoiceAmount: '0.00' }, 'InvoiceAmount', 'is not greater than 0'],
    [{ InvoiceAmount: '61,74' }, 'InvoiceAmount', 'is "61,74" and not an amount such as 1234.50'],
    [{ Disputed: 'perhaps' }, 'Disputed', 'is "perhaps" and not one of No, Yes'],
    [{ SettledDate: '1/2/2013' }, 'SettledDate', 'lies before the invoice date'],
    [{ PaperlessBill: '' }, 'PaperlessBill', 'is "" and not one of Paper, Electronic'],
    [{ DaysToSettle: '35' }, 'DaysToSettle', 'is not 36, the days between the dates'],
    [{ DaysLate: '' }, 'DaysLate', 'is not 6, the days between the dates'],
  ])('rejects %j at %s: %s', (changes, column, reason) => {
    expect(mapped(changes)).toEqual({ column, reason });
  });
});
