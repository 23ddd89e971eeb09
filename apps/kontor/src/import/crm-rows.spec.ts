import { describe, expect, it } from '@jest/globals';
import type { Money } from '@kontor/kernel';
import { accountRow, dealRow, productRow, staffRow } from './crm-rows.ts';

const USD = (amountMinor: number): Money => ({ amountMinor, currency: 'USD' });
const LIST_PRICES = new Map([['gtxpro', USD(482_100)]]);

const won = {
  opportunity_id: 'Z063OYW0',
  sales_agent: 'Darcel Schlecht',
  product: 'GTXPro',
  account: 'Isdom',
  deal_stage: 'Won',
  engage_date: '2016-10-25',
  close_date: '2017-03-11',
  close_value: '4514',
};
const deal = (changes: Partial<typeof won>) => dealRow({ ...won, ...changes }, 'USD', LIST_PRICES);

describe('X-09: rows of the CRM', () => {
  it('makes a won deal with the list price of its product, found whatever the spaces and case', () => {
    const row = {
      opportunityId: 'Z063OYW0',
      salesAgent: 'Darcel Schlecht',
      product: 'GTXPro',
      listPrice: USD(482_100),
      account: 'Isdom',
      dealStage: 'Won',
      engageDate: '2016-10-25',
      closeDate: '2017-03-11',
      closeValue: USD(451_400),
    };
    expect(deal({})).toEqual({ row });
    expect(deal({ product: 'gtx PRO' })).toEqual({ row: { ...row, product: 'gtx PRO' } });
  });

  it('leaves the account of a deal empty, and the dates of one that was never engaged', () => {
    expect(deal({ account: '', deal_stage: 'Prospecting', engage_date: '', close_date: '', close_value: '' })).toEqual({
      row: {
        opportunityId: 'Z063OYW0',
        salesAgent: 'Darcel Schlecht',
        product: 'GTXPro',
        listPrice: USD(482_100),
        account: null,
        dealStage: 'Prospecting',
        engageDate: null,
        closeDate: null,
        closeValue: null,
      },
    });
  });

  it.each([
    [{ opportunity_id: '' }, 'opportunity_id', 'is empty'],
    [{ sales_agent: 'A'.repeat(201) }, 'sales_agent', 'has more than 200 characters'],
    [{ product: 'GTX 9' }, 'product', '"GTX 9" is not a product of products.csv with a price'],
    [{ account: 'Is\0dom' }, 'account', 'has a NUL character'],
    [{ deal_stage: 'won' }, 'deal_stage', 'is "won" and not one of Prospecting, Engaging, Won, Lost'],
    [{ engage_date: '2017-02-30' }, 'engage_date', 'is "2017-02-30" and not a calendar date YYYY-MM-DD'],
    [{ engage_date: '' }, 'engage_date', 'is empty for a deal Won'],
    [{ close_date: '' }, 'close_date', 'is empty for a deal Won'],
    [{ close_date: '2016-10-24' }, 'close_date', 'lies before the engage date'],
    [{ deal_stage: 'Engaging' }, 'close_date', 'is given for a deal that is not closed'],
    [{ deal_stage: 'Engaging', close_date: '' }, 'close_value', 'is given for a deal that is not closed'],
    [{ close_value: '' }, 'close_value', 'is empty for a deal Won'],
    [{ close_value: '-5' }, 'close_value', 'is "-5" and not an amount such as 1234.50'],
    [{ close_value: '1e3' }, 'close_value', 'is "1e3" and not an amount such as 1234.50'],
    [{ close_value: '4514.125' }, 'close_value', 'is "4514.125": USD has 2 decimals'],
    [{ close_value: '99999999999999.99' }, 'close_value', 'is "99999999999999.99" and too large'],
  ])('rejects %j at %s: %s', (changes, column, reason) => {
    expect(deal(changes)).toEqual({ column, reason });
  });

  it('reads prices in the decimals of the currency', () => {
    const product = (sales_price: string, currency: string) => {
      const mapped = productRow({ product: 'GTX Pro', series: 'GTX', sales_price }, currency);
      return 'row' in mapped ? mapped.row.listPrice.amountMinor : mapped.reason;
    };
    expect([product('4821', 'USD'), product('4821.5', 'KWD'), product('4821.00', 'JPY')]).toEqual([
      482_100, 4_821_500, 4_821,
    ]);
    expect(product('4821.5', 'JPY')).toBe('is "4821.5": JPY has 0 decimals');
    expect(productRow({ product: 'GTX Pro', series: '', sales_price: '' }, 'USD')).toEqual({
      column: 'sales_price',
      reason: 'is empty',
    });
  });

  it('takes agents with manager and region, and accounts with the cells that they have', () => {
    expect(staffRow({ sales_agent: 'Anna Snelling', manager: 'Dustin Brinkmann', regional_office: 'Central' })).toEqual(
      { row: { salesAgent: 'Anna Snelling', manager: 'Dustin Brinkmann', regionalOffice: 'Central' } },
    );
    expect(staffRow({ sales_agent: 'Anna Snelling', manager: '', regional_office: 'Central' })).toEqual({
      column: 'manager',
      reason: 'is empty',
    });
    const account = {
      account: 'Bluth Company',
      sector: 'technolgy',
      year_established: '1993',
      revenue: '1242.32',
      employees: '',
      office_location: 'United States',
      subsidiary_of: 'Acme Corporation',
    };
    expect(accountRow(account)).toEqual({
      row: {
        account: 'Bluth Company',
        sector: 'technolgy',
        yearEstablished: '1993',
        revenue: '1242.32',
        employees: null,
        officeLocation: 'United States',
        subsidiaryOf: 'Acme Corporation',
      },
    });
    expect(accountRow({ ...account, revenue: 'much' })).toEqual({
      column: 'revenue',
      reason: 'is "much" and not a number',
    });
    expect(accountRow({ ...account, year_established: '19.93' })).toEqual({
      column: 'year_established',
      reason: 'is "19.93" and not a whole number',
    });
  });
});
