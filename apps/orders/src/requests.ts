import { pageFields, zBusinessDate, zRate, zScaled, zText, zUuid } from '@kontor/http';
import { z } from 'zod';
import { MAX_LINES } from './orders.config.ts';

/** Waits for a change that was made elsewhere a moment ago. */
export const ConsistentQuery = z.strictObject({ consistentWith: pageFields.consistentWith });
export type ConsistentQuery = z.infer<typeof ConsistentQuery>;

export const zDate = zBusinessDate
  .optional()
  .describe('Business date; today in the legal entity when absent, never later.');

export const zReason = zText(500);
export const zLineId = z.number().int('must be an integer').min(1).max(1_000_000);
export const zVersion = z.number().int('must be an integer').min(1).max(1_000_000);

export const zLine = z
  .strictObject({
    productId: zUuid,
    quantity: zScaled,
    unitPrice: zScaled.optional().describe('In major units; absent: the price list’s, or the product’s list price.'),
    discountRate: zRate.default(0),
    description: zText(500).optional().describe('The name of the product when absent.'),
  })
  .meta({ id: 'LineRequest' });

export const zLines = z.array(zLine).min(1, 'must have a line').max(MAX_LINES, `must have at most ${MAX_LINES} lines`);

export const zQuotedLine = z.strictObject({ lineId: zLineId, quantity: zScaled }).meta({ id: 'QuotedLineRequest' });
