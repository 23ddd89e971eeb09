import { pageFields, zBusinessDate, zCurrency, zEntityId, zScaled, zText, zUuid } from '@kontor/http';
import { z } from 'zod';
import { MAX_PRICES } from '../orders.config.ts';
import { zDate } from '../requests.ts';

export const PublishPriceListRequest = z
  .strictObject({
    entityId: zEntityId,
    name: zText(200),
    currency: zCurrency,
    validFrom: zBusinessDate,
    validTo: zBusinessDate.nullable().default(null).describe('The last day; null: open.'),
    prices: z
      .array(
        z.strictObject({
          productId: zUuid,
          column: zText(64).nullable().default(null).describe('Price column of the account’s terms; null: everybody.'),
          fromQuantity: zScaled.default({ value: 0, scale: 0 }),
          unitPrice: zScaled.describe('In major units of the list’s currency.'),
        }),
      )
      .min(1, 'must have a price')
      .max(MAX_PRICES, `must have at most ${MAX_PRICES} prices`),
    businessDate: zDate,
  })
  .meta({ id: 'PublishPriceListRequest' });
export type PublishPriceListRequest = z.infer<typeof PublishPriceListRequest>;

export const PriceListQuery = z.strictObject({
  ...pageFields,
  name: zText(200).optional(),
  entityId: zText(32).optional(),
  currency: zCurrency.optional(),
  on: zBusinessDate.optional().describe('A day on which the latest version holds.'),
});
export type PriceListQuery = z.infer<typeof PriceListQuery>;
