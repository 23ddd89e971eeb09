import type { Money } from '@kontor/kernel';
import {
  ACCOUNT_COLUMNS,
  accountRow,
  DEAL_COLUMNS,
  dealRow,
  PRODUCT_COLUMNS,
  productRow,
  STAFF_COLUMNS,
  staffRow,
} from './crm-rows.ts';
import type { SendRows } from './import-api.ts';
import { type FileCounts, importFile, type ImportRun } from './import-file.ts';
import { fileIn } from './source-files.ts';

export function crmFiles(folder: string) {
  return {
    staff: fileIn(folder, 'sales_teams.csv', STAFF_COLUMNS),
    products: fileIn(folder, 'products.csv', PRODUCT_COLUMNS),
    accounts: fileIn(folder, 'accounts.csv', ACCOUNT_COLUMNS),
    deals: fileIn(folder, 'sales_pipeline.csv', DEAL_COLUMNS),
  };
}

/** Agents, products and accounts first, because deals name them. */
export async function importCrm(
  files: ReturnType<typeof crmFiles>,
  currency: string,
  send: SendRows,
  run: ImportRun,
): Promise<{ readonly [file: string]: FileCounts }> {
  const staff = await importFile(
    {
      file: files.staff,
      map: staffRow,
      send: (rows) => send('/v1/imports/crm/staff', rows),
      columns: { salesAgent: 'sales_agent', regionalOffice: 'regional_office' },
    },
    run,
  );
  const listPrices = new Map<string, Money>();
  const products = await importFile(
    {
      file: files.products,
      map: (values) => {
        const mapped = productRow(values, currency);
        if (!('row' in mapped)) return mapped;
        const { identity, listPrice, row } = mapped.row;
        if (!listPrices.has(identity)) listPrices.set(identity, listPrice);
        return { row };
      },
      send: (rows) => send('/v1/imports/crm/products', rows, { currency }),
      columns: {},
    },
    run,
  );
  const accounts = await importFile(
    {
      file: files.accounts,
      map: accountRow,
      send: (rows) => send('/v1/imports/crm/accounts', rows),
      columns: {
        yearEstablished: 'year_established',
        officeLocation: 'office_location',
        subsidiaryOf: 'subsidiary_of',
      },
    },
    run,
  );
  const deals = await importFile(
    {
      file: files.deals,
      map: (values) => dealRow(values, currency, listPrices),
      send: (rows) => send('/v1/imports/crm/opportunities', rows),
      columns: {
        opportunityId: 'opportunity_id',
        salesAgent: 'sales_agent',
        dealStage: 'deal_stage',
        engageDate: 'engage_date',
        closeDate: 'close_date',
        closeValue: 'close_value',
        listPrice: 'product',
      },
    },
    run,
  );
  return {
    [files.accounts.name]: accounts,
    [files.products.name]: products,
    [files.staff.name]: staff,
    [files.deals.name]: deals,
  };
}
