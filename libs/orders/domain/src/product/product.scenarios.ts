import { IDS } from '../lines/lines.scenarios.ts';
import type { RegisterProduct } from './product.commands.ts';
import type { ListPriceChanged, ProductRegistered } from './product.events.ts';

export const registerProduct: RegisterProduct = {
  type: 'RegisterProduct',
  productId: IDS.product,
  sku: 'GTX Pro',
  name: 'GTX Pro',
  kind: 'goods',
  classification: 'GTX',
  serialTracked: true,
  warrantyMonths: 24,
  warrantyStart: 'delivery',
  listPrice: { amountMinor: 482_100, currency: 'USD' },
  externalId: 'gtxpro',
  source: {
    system: 'crm',
    identity: 'gtxpro',
    content: { product: 'GTX Pro', series: 'GTX', sales_price: '4821' },
  },
  skuTakenBy: null,
  businessDate: '2026-01-02',
};

export const productRegistered: ProductRegistered = {
  type: 'ProductRegistered',
  data: {
    productId: IDS.product,
    sku: 'GTX Pro',
    name: 'GTX Pro',
    kind: 'goods',
    classification: 'GTX',
    serialTracked: true,
    warrantyMonths: 24,
    warrantyStart: 'delivery',
    listPrice: { amountMinor: 482_100, currency: 'USD' },
    externalId: 'gtxpro',
    source: {
      system: 'crm',
      identity: 'gtxpro',
      content: { product: 'GTX Pro', series: 'GTX', sales_price: '4821' },
    },
    businessDate: '2026-01-02',
  },
};

export const listPriceChanged: ListPriceChanged = {
  type: 'ListPriceChanged',
  data: {
    productId: IDS.product,
    listPrice: { amountMinor: 495_000, currency: 'USD' },
    source: null,
    businessDate: '2026-02-01',
  },
};
