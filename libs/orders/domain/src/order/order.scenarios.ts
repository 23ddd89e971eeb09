import { hoursLine, IDS, pricedHours, pricedTracked, trackedLine } from '../lines/lines.scenarios.ts';
import type { PlaceOrder } from './order.commands.ts';
import type {
  CreditAnswerDisregarded,
  CreditRequested,
  DeliveryRecorded,
  OrderCancelled,
  OrderClosedShort,
  OrderConfirmed,
  OrderHeld,
  OrderPlaced,
  OrderReopened,
} from './order.events.ts';

export const placeOrder: PlaceOrder = {
  type: 'PlaceOrder',
  orderId: IDS.order,
  number: 'O-2026-000001',
  entityId: 'main',
  accountId: IDS.account,
  quoteId: null,
  quoteVersion: null,
  opportunityId: null,
  currency: 'USD',
  lines: [trackedLine, hoursLine],
  promisedDate: '2026-04-30',
  paymentTermDays: 30,
  paymentTermBase: 'invoice-date',
  restriction: null,
  externalId: null,
  source: null,
  businessDate: '2026-04-02',
};

const order = { orderId: IDS.order, entityId: 'main', accountId: IDS.account };

export const orderPlaced: OrderPlaced = {
  type: 'OrderPlaced',
  data: {
    ...order,
    number: 'O-2026-000001',
    quoteId: null,
    quoteVersion: null,
    opportunityId: null,
    currency: 'USD',
    lines: [pricedTracked, pricedHours],
    totalMinor: 309_998,
    promisedDate: '2026-04-30',
    paymentTermDays: 30,
    paymentTermBase: 'invoice-date',
    externalId: null,
    source: null,
    businessDate: '2026-04-02',
  },
};
export const creditRequested: CreditRequested = {
  type: 'CreditRequested',
  data: { ...order, currency: 'USD', attempt: 1, amountMinor: 309_998, businessDate: '2026-04-02' },
};
export const orderConfirmed: OrderConfirmed = {
  type: 'OrderConfirmed',
  data: { ...order, attempt: 1, businessDate: '2026-04-02' },
};
export const orderHeld: OrderHeld = {
  type: 'OrderHeld',
  data: {
    ...order,
    attempt: 1,
    code: 'CreditLimitExceeded',
    sentence: 'The order would raise the exposure above the credit limit.',
    businessDate: '2026-04-02',
  },
};
export const creditAnswerDisregarded: CreditAnswerDisregarded = {
  type: 'CreditAnswerDisregarded',
  data: {
    orderId: IDS.order,
    attempt: 1,
    answer: 'reserved',
    because: 'cancelled',
    businessDate: '2026-04-02',
  },
};
/** Two of three pieces, and one of 2.5 hours: 24 998 × 1 / 2.5 = 9 999.2. */
export const deliveryRecorded: DeliveryRecorded = {
  type: 'DeliveryRecorded',
  data: {
    ...order,
    deliveryId: IDS.delivery,
    number: 'D-2026-000001',
    orderNumber: 'O-2026-000001',
    currency: 'USD',
    lines: [
      {
        lineId: 1,
        productId: IDS.product,
        sku: 'GTX-PRO',
        description: 'GTX Pro',
        quantity: { value: 2, scale: 0 },
        amountMinor: 190_000,
        serials: ['S-1', 'S-2'],
        warrantyMonths: 24,
        warrantyStart: 'delivery',
      },
      {
        lineId: 2,
        productId: IDS.service,
        sku: 'SETUP',
        description: 'Setup by the hour',
        quantity: { value: 1, scale: 0 },
        amountMinor: 9_999,
        serials: [],
        warrantyMonths: null,
        warrantyStart: 'delivery',
      },
    ],
    amountMinor: 199_999,
    paymentTermDays: 30,
    paymentTermBase: 'invoice-date',
    completesOrder: false,
    businessDate: '2026-04-20',
  },
};
export const orderCancelled: OrderCancelled = {
  type: 'OrderCancelled',
  data: {
    ...order,
    undeliveredMinor: 309_998,
    currency: 'USD',
    reason: 'The client closed the branch',
    businessDate: '2026-04-05',
  },
};
export const orderClosedShort: OrderClosedShort = {
  type: 'OrderClosedShort',
  data: {
    ...order,
    undeliveredMinor: 109_999,
    currency: 'USD',
    reason: 'The last piece is no longer made',
    businessDate: '2026-05-02',
  },
};
export const orderReopened: OrderReopened = {
  type: 'OrderReopened',
  data: {
    ...order,
    undeliveredMinor: 109_999,
    currency: 'USD',
    reason: 'A piece was found',
    businessDate: '2026-05-10',
  },
};
