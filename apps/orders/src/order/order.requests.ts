import { pageFields, zBusinessDate, zCurrency, zEntityId, zRate, zScaled, zText, zUuid } from '@kontor/http';
import { z } from 'zod';
import { MAX_LINES, MAX_SERIAL_LENGTH, MAX_SERIALS } from '../orders.config.ts';
import { zDate, zLine, zLineId, zQuotedLine, zReason, zVersion } from '../requests.ts';

const zEitherLine = z
  .strictObject({
    lineId: zLineId.optional().describe('Line of the quote; only with quoteId.'),
    productId: zUuid.optional().describe('Only without quoteId.'),
    quantity: zScaled,
    unitPrice: zScaled.optional().describe('Only without quoteId; in major units.'),
    discountRate: zRate.optional().describe('Only without quoteId.'),
    description: zText(500).optional().describe('Only without quoteId.'),
  })
  .meta({ id: 'OrderLineRequest' });

/** Fields that come from the quote when there is one. */
const FROM_QUOTE = ['accountId', 'entityId', 'currency', 'opportunityId', 'priceListId', 'externalId'] as const;

const EitherOrder = z.strictObject({
  quoteId: zUuid.optional(),
  quoteVersion: zVersion.optional(),
  accountId: zUuid.optional(),
  entityId: zEntityId.removeDefault().optional(),
  currency: zCurrency.optional(),
  opportunityId: zUuid.optional(),
  priceListId: zUuid.optional(),
  externalId: zText(200).optional(),
  lines: z.array(zEitherLine).min(1, 'must have a line').max(MAX_LINES).optional(),
  promisedDate: zBusinessDate.optional(),
  businessDate: zDate,
});

const QuotedOrder = z.strictObject({
  quoteId: zUuid,
  quoteVersion: zVersion,
  lines: z.array(zQuotedLine).optional(),
  promisedDate: zBusinessDate.optional(),
  businessDate: zDate,
});

const DirectOrder = z.strictObject({
  accountId: zUuid,
  entityId: zEntityId,
  currency: zCurrency.optional(),
  opportunityId: zUuid.optional(),
  priceListId: zUuid.optional(),
  externalId: zText(200).optional(),
  lines: z.array(zLine),
  promisedDate: zBusinessDate.optional(),
  businessDate: zDate,
});

export type QuotedOrder = z.infer<typeof QuotedOrder>;
export type DirectOrder = z.infer<typeof DirectOrder>;

/**
 * An order from an accepted quote (quoteId and quoteVersion; lines for a part of it), or a direct one (accountId and lines
 * with products). One strict object, so that a wrong field is named, which a union of the two could not do.
 */
export const PlaceOrderRequest = EitherOrder.superRefine((request, context) => {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (request.quoteId !== undefined) {
    if (request.quoteVersion === undefined) refuse(['quoteVersion'], 'must name the version that was accepted');
    for (const field of FROM_QUOTE) if (request[field] !== undefined) refuse([field], 'comes from the quote');
    request.lines?.forEach((line, index) => {
      if (line.lineId === undefined) refuse(['lines', index, 'lineId'], 'must name the line of the quote');
      for (const field of ['productId', 'unitPrice', 'discountRate', 'description'] as const)
        if (line[field] !== undefined) refuse(['lines', index, field], 'comes from the quote');
    });
    return;
  }
  if (request.quoteVersion !== undefined) refuse(['quoteId'], 'must be given with quoteVersion');
  if (request.accountId === undefined) refuse(['accountId'], 'must be given, or quoteId');
  if (request.lines === undefined) refuse(['lines'], 'must be given, or quoteId');
  request.lines?.forEach((line, index) => {
    if (line.productId === undefined) refuse(['lines', index, 'productId'], 'must be given');
    if (line.lineId !== undefined) refuse(['lines', index, 'lineId'], 'is given by the order');
  });
}).meta({ id: 'PlaceOrderRequest' });
export type PlaceOrderRequest = z.infer<typeof PlaceOrderRequest>;

/** Which of the two it is; the request was checked, so one of them fits. */
export function quotedOrder(request: PlaceOrderRequest): QuotedOrder | undefined {
  return request.quoteId === undefined ? undefined : QuotedOrder.parse(request);
}
export function directOrder(request: PlaceOrderRequest): DirectOrder {
  return DirectOrder.parse(request);
}

export const RecordDeliveryRequest = z
  .strictObject({
    lines: z
      .array(
        z.strictObject({
          lineId: zLineId,
          quantity: zScaled,
          serials: z.array(zText(MAX_SERIAL_LENGTH)).max(MAX_SERIALS).default([]),
        }),
      )
      .min(1, 'must have a line')
      .max(MAX_LINES),
    businessDate: zDate.describe('The day of the delivery; today when absent.'),
  })
  .superRefine(({ lines }, context) => {
    if (lines.reduce((sum, line) => sum + line.serials.length, 0) > MAX_SERIALS)
      context.addIssue({
        code: 'custom',
        path: ['lines'],
        message: `must have at most ${MAX_SERIALS} serial numbers; record another delivery`,
      });
  })
  .meta({ id: 'RecordDeliveryRequest' });
export type RecordDeliveryRequest = z.infer<typeof RecordDeliveryRequest>;

export const EndOrderRequest = z.strictObject({ reason: zReason, businessDate: zDate }).meta({ id: 'EndOrderRequest' });
export type EndOrderRequest = z.infer<typeof EndOrderRequest>;

export const RetryCreditRequest = z
  .strictObject({ businessDate: zDate })
  .default({ businessDate: undefined })
  .meta({ id: 'RetryCreditRequest' });
export type RetryCreditRequest = z.infer<typeof RetryCreditRequest>;

const COMMERCIAL = ['awaiting-credit', 'confirmed', 'held', 'cancelled', 'closed-short'] as const;
const FULFILMENT = ['open', 'partly-delivered', 'delivered'] as const;

export const OrderQuery = z.strictObject({
  ...pageFields,
  number: zText(64).optional(),
  accountId: zUuid.optional(),
  entityId: zText(32).optional(),
  externalId: zText(200).optional(),
  commercial: z.enum(COMMERCIAL, `must be one of ${COMMERCIAL.join(', ')}`).optional(),
  fulfilment: z.enum(FULFILMENT, `must be one of ${FULFILMENT.join(', ')}`).optional(),
});
export type OrderQuery = z.infer<typeof OrderQuery>;
