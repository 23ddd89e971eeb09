import { identityOfName } from '@kontor/accounts-contracts';
import type { Money } from '@kontor/kernel';
import type { CsvValues } from './csv-file.ts';
import { type Mapped, RowReader } from './row-reader.ts';

// The four files of "CRM Sales Opportunities" and the rows in which the services take them. Cells are trimmed already.

const MAX_NAME = 200;

export const STAFF_COLUMNS = ['sales_agent', 'manager', 'regional_office'] as const;
export const ACCOUNT_COLUMNS = [
  'account',
  'sector',
  'year_established',
  'revenue',
  'employees',
  'office_location',
  'subsidiary_of',
] as const;
export const PRODUCT_COLUMNS = ['product', 'series', 'sales_price'] as const;
export const DEAL_COLUMNS = [
  'opportunity_id',
  'sales_agent',
  'product',
  'account',
  'deal_stage',
  'engage_date',
  'close_date',
  'close_value',
] as const;

export interface StaffRow {
  readonly salesAgent: string;
  readonly manager: string;
  readonly regionalOffice: string;
}

export function staffRow(values: CsvValues<(typeof STAFF_COLUMNS)[number]>): Mapped<StaffRow> {
  const cells = new RowReader(values);
  return cells.mapped({
    salesAgent: cells.text('sales_agent', MAX_NAME),
    manager: cells.text('manager', MAX_NAME),
    regionalOffice: cells.text('regional_office', 100),
  });
}

export interface AccountRow {
  readonly account: string;
  readonly sector: string | null;
  readonly yearEstablished: string | null;
  readonly revenue: string | null;
  readonly employees: string | null;
  readonly officeLocation: string | null;
  readonly subsidiaryOf: string | null;
}

export function accountRow(values: CsvValues<(typeof ACCOUNT_COLUMNS)[number]>): Mapped<AccountRow> {
  const cells = new RowReader(values);
  return cells.mapped({
    account: cells.text('account', MAX_NAME),
    sector: cells.optionalText('sector', 100),
    yearEstablished: wholeNumberText(cells, 'year_established'),
    revenue: cells.optionalDecimalText('revenue'),
    employees: wholeNumberText(cells, 'employees'),
    officeLocation: cells.optionalText('office_location', 100),
    subsidiaryOf: cells.optionalText('subsidiary_of', MAX_NAME),
  });
}

/** The cells as they are: orders reads the price itself. It is checked here too, because deals need it. */
export interface ProductRow {
  readonly product: string;
  readonly series: string;
  readonly sales_price: string;
}

export interface PricedProduct {
  readonly row: ProductRow;
  readonly identity: string;
  readonly listPrice: Money;
}

export function productRow(
  values: CsvValues<(typeof PRODUCT_COLUMNS)[number]>,
  currency: string,
): Mapped<PricedProduct> {
  const cells = new RowReader(values);
  const product = cells.text('product', MAX_NAME);
  const series = cells.optionalText('series', 100) ?? '';
  const listPrice = cells.money('sales_price', currency);
  return cells.mapped({
    row: { product, series, sales_price: values.sales_price },
    identity: identityOfName(product),
    listPrice,
  });
}

const STAGES = ['Prospecting', 'Engaging', 'Won', 'Lost'] as const;

export interface DealRow {
  readonly opportunityId: string;
  readonly salesAgent: string;
  readonly product: string;
  readonly listPrice: Money;
  readonly account: string | null;
  readonly dealStage: (typeof STAGES)[number];
  readonly engageDate: string | null;
  readonly closeDate: string | null;
  readonly closeValue: Money | null;
}

/** `listPrices`: by the identity of the product's name, from the file of products. */
export function dealRow(
  values: CsvValues<(typeof DEAL_COLUMNS)[number]>,
  currency: string,
  listPrices: ReadonlyMap<string, Money>,
): Mapped<DealRow> {
  const cells = new RowReader(values);
  const opportunityId = cells.text('opportunity_id', 100);
  const salesAgent = cells.text('sales_agent', MAX_NAME);
  const product = cells.text('product', MAX_NAME);
  const listPrice = listPrices.get(identityOfName(product));
  cells.require('product', listPrice !== undefined, `"${product}" is not a product of products.csv with a price`);
  const account = cells.optionalText('account', MAX_NAME);
  const dealStage = cells.oneOf('deal_stage', STAGES);
  const closed = dealStage === 'Won' || dealStage === 'Lost';
  const engageDate = cells.optionalDate('engage_date');
  cells.require('engage_date', engageDate !== null || dealStage === 'Prospecting', `is empty for a deal ${dealStage}`);
  const closeDate = cells.optionalDate('close_date');
  cells.require('close_date', closeDate !== null || !closed, `is empty for a deal ${dealStage}`);
  cells.require('close_date', closeDate === null || closed, 'is given for a deal that is not closed');
  cells.require(
    'close_date',
    engageDate === null || closeDate === null || closeDate >= engageDate,
    'lies before the engage date',
  );
  const closeValue = cells.optionalMoney('close_value', currency);
  cells.require('close_value', closeValue !== null || dealStage !== 'Won', 'is empty for a deal Won');
  cells.require('close_value', closeValue === null || closed, 'is given for a deal that is not closed');
  return cells.mapped({
    opportunityId,
    salesAgent,
    product,
    listPrice: listPrice ?? { amountMinor: 0, currency },
    account,
    dealStage,
    engageDate,
    closeDate,
    closeValue,
  });
}

function wholeNumberText<Column extends string>(cells: RowReader<Column>, column: Column): string | null {
  const number = cells.optionalInteger(column);
  return number === null ? null : String(number);
}
