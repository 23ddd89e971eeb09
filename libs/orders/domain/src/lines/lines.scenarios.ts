import type { DraftLine, PricedLine } from './priced-line.ts';

/** Ids of the scenarios, one per thing, the same in every aggregate's. */
export const IDS = {
  account: '7c9e6679-7425-50de-944b-e07fc1f90ae7',
  product: '7c9e6679-7425-50de-944b-e07fc1f90a01',
  service: '7c9e6679-7425-50de-944b-e07fc1f90a02',
  priceList: '7c9e6679-7425-50de-944b-e07fc1f90b01',
  quote: '7c9e6679-7425-50de-944b-e07fc1f90c01',
  order: '7c9e6679-7425-50de-944b-e07fc1f90d01',
  delivery: '7c9e6679-7425-50de-944b-e07fc1f90e01',
  delivery2: '7c9e6679-7425-50de-944b-e07fc1f90e02',
} as const;

/** Three tracked pieces at 1 000.00 with 5 % discount. */
export const trackedLine: DraftLine = {
  lineId: 1,
  productId: IDS.product,
  sku: 'GTX-PRO',
  description: 'GTX Pro',
  quantity: { value: 3, scale: 0 },
  unitPrice: { value: 100_000, scale: 2 },
  discountRate: 5_000,
  serialTracked: true,
  warrantyMonths: 24,
  warrantyStart: 'delivery',
  pricing: {
    source: 'price-list',
    priceListId: IDS.priceList,
    priceListVersion: 1,
    column: 'key',
    date: '2026-03-02',
  },
};

/** 2.5 hours at 99.99: 249.975, which half-even makes 249.98. */
export const hoursLine: DraftLine = {
  lineId: 2,
  productId: IDS.service,
  sku: 'SETUP',
  description: 'Setup by the hour',
  quantity: { value: 25, scale: 1 },
  unitPrice: { value: 9_999, scale: 2 },
  discountRate: 0,
  serialTracked: false,
  warrantyMonths: null,
  warrantyStart: 'delivery',
  pricing: { source: 'stated', priceListId: null, priceListVersion: null, column: null, date: '2026-03-02' },
};

export const pricedTracked: PricedLine = { ...trackedLine, amountMinor: 285_000 };
export const pricedHours: PricedLine = { ...hoursLine, amountMinor: 24_998 };
