import { hoursLine, IDS, pricedHours, pricedTracked, trackedLine } from '../lines/lines.scenarios.ts';
import type { IssueQuote, OrderQuote } from './quote.commands.ts';
import type {
  QuoteAccepted,
  QuoteDeclined,
  QuoteExpired,
  QuoteExpiryDisregarded,
  QuoteIssued,
  QuoteOrdered,
  QuoteSent,
  QuoteSuperseded,
} from './quote.events.ts';

export const issueQuote: IssueQuote = {
  type: 'IssueQuote',
  quoteId: IDS.quote,
  number: 'Q-2026-000001',
  entityId: 'main',
  accountId: IDS.account,
  opportunityId: null,
  currency: 'USD',
  lines: [trackedLine, hoursLine],
  validUntil: '2026-04-01',
  expiresAt: '2026-04-01T22:00:00.000Z',
  businessDate: '2026-03-02',
};

export const quoteIssued: QuoteIssued = {
  type: 'QuoteIssued',
  data: {
    quoteId: IDS.quote,
    number: 'Q-2026-000001',
    version: 1,
    entityId: 'main',
    accountId: IDS.account,
    opportunityId: null,
    currency: 'USD',
    lines: [pricedTracked, pricedHours],
    totalMinor: 309_998,
    validUntil: '2026-04-01',
    expiresAt: '2026-04-01T22:00:00.000Z',
    businessDate: '2026-03-02',
  },
};

const version = { quoteId: IDS.quote, version: 1, entityId: 'main', accountId: IDS.account };

export const quoteSuperseded: QuoteSuperseded = {
  type: 'QuoteSuperseded',
  data: { ...version, businessDate: '2026-03-05', supersededBy: 2 },
};
export const quoteSent: QuoteSent = {
  type: 'QuoteSent',
  data: { ...version, businessDate: '2026-03-03', channel: 'e-mail' },
};
export const quoteAccepted: QuoteAccepted = {
  type: 'QuoteAccepted',
  data: { ...version, businessDate: '2026-04-01', evidence: 'Purchase order 4500017' },
};
export const quoteDeclined: QuoteDeclined = {
  type: 'QuoteDeclined',
  data: { ...version, businessDate: '2026-03-10', reason: 'Price above budget' },
};
export const quoteExpired: QuoteExpired = {
  type: 'QuoteExpired',
  data: { ...version, businessDate: '2026-04-02', validUntil: '2026-04-01' },
};
export const quoteExpiryDisregarded: QuoteExpiryDisregarded = {
  type: 'QuoteExpiryDisregarded',
  data: { quoteId: IDS.quote, version: 1, because: 'accepted', businessDate: '2026-04-02' },
};

export const orderQuote: OrderQuote = {
  type: 'OrderQuote',
  version: 1,
  orderId: IDS.order,
  orderNumber: 'O-2026-000001',
  lines: null,
  promisedDate: '2026-04-30',
  paymentTermDays: 30,
  paymentTermBase: 'invoice-date',
  restriction: null,
  businessDate: '2026-04-02',
};

export const quoteOrdered: QuoteOrdered = {
  type: 'QuoteOrdered',
  data: {
    ...version,
    orderId: IDS.order,
    orderNumber: 'O-2026-000001',
    opportunityId: null,
    currency: 'USD',
    lines: [pricedTracked, pricedHours],
    totalMinor: 309_998,
    promisedDate: '2026-04-30',
    paymentTermDays: 30,
    paymentTermBase: 'invoice-date',
    fullyOrdered: true,
    businessDate: '2026-04-02',
  },
};
