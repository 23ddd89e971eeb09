import { pageFields, zBusinessDate, zMoney, zText, zUuid } from '@kontor/http';
import { MAX_WARRANTY_MONTHS } from '@kontor/orders-domain';
import { z } from 'zod';
import { MAX_IMPORT_ROWS } from '../orders.config.ts';
import { zDate } from '../requests.ts';

const KINDS = ['goods', 'part', 'service', 'work'] as const;
const zKind = z.enum(KINDS, `must be one of ${KINDS.join(', ')}`);

export const RegisterProductRequest = z
  .strictObject({
    sku: zText(64).describe('Article number, unique in the catalogue.'),
    name: zText(200),
    kind: zKind.default('goods'),
    classification: zText(100).nullable().default(null),
    serialTracked: z.boolean('must be true or false').default(false),
    warrantyMonths: z.number().int().min(1).max(MAX_WARRANTY_MONTHS).nullable().default(null),
    warrantyStart: z.enum(['delivery', 'invoice'], 'must be delivery or invoice').default('delivery'),
    listPrice: zMoney.nullable().default(null),
    externalId: zText(200).nullable().default(null),
    businessDate: zDate,
  })
  .meta({ id: 'RegisterProductRequest' });
export type RegisterProductRequest = z.infer<typeof RegisterProductRequest>;

export const ChangeListPriceRequest = z
  .strictObject({ listPrice: zMoney.nullable(), businessDate: zDate })
  .meta({ id: 'ChangeListPriceRequest' });
export type ChangeListPriceRequest = z.infer<typeof ChangeListPriceRequest>;

export const ProductQuery = z.strictObject({
  ...pageFields,
  sku: zText(64).optional(),
  number: zText(64).optional().describe('The article number, as `sku`.'),
  kind: zKind.optional(),
  externalId: zText(200).optional(),
});
export type ProductQuery = z.infer<typeof ProductQuery>;

/** Texts as the file has them: what is wrong with a row is said about the row, and the others go on. */
export const ImportProductsRequest = z
  .strictObject({
    runId: zUuid,
    date: zBusinessDate.describe('The date that the run fixed when it began.'),
    currency: z.string().max(3).default('USD'),
    update: z.boolean('must be true or false').default(false),
    dryRun: z.boolean('must be true or false').default(false),
    rows: z
      .array(
        z.strictObject({
          line: z.number().int().min(1),
          product: z.string().max(1_000),
          series: z.string().max(1_000),
          sales_price: z.string().max(1_000),
        }),
      )
      .min(1, 'must have a row')
      .max(MAX_IMPORT_ROWS, `must have at most ${MAX_IMPORT_ROWS} rows`),
  })
  .meta({ id: 'ImportProductsRequest' });
export type ImportProductsRequest = z.infer<typeof ImportProductsRequest>;
