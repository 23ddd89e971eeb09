import { IDS } from '../lines/lines.scenarios.ts';
import type { PublishPriceList } from './price-list.commands.ts';
import type { PriceListPublished } from './price-list.events.ts';

export const publishPriceList: PublishPriceList = {
  type: 'PublishPriceList',
  priceListId: IDS.priceList,
  entityId: 'main',
  name: 'General',
  currency: 'USD',
  validFrom: '2026-01-01',
  validTo: '2026-12-31',
  prices: [
    {
      productId: IDS.product,
      column: null,
      fromQuantity: { value: 0, scale: 0 },
      unitPrice: { value: 1_200, scale: 0 },
    },
    {
      productId: IDS.product,
      column: null,
      fromQuantity: { value: 10, scale: 0 },
      unitPrice: { value: 1_100, scale: 0 },
    },
    {
      productId: IDS.product,
      column: 'key',
      fromQuantity: { value: 0, scale: 0 },
      unitPrice: { value: 100_000, scale: 2 },
    },
  ],
  businessDate: '2025-12-15',
};

const { type: _type, ...published } = publishPriceList;
export const priceListPublished: PriceListPublished = {
  type: 'PriceListPublished',
  data: { ...published, version: 1 },
};
