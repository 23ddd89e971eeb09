import { pageFields, zBusinessDate, zCurrency, zEntityId, zText, zUuid } from '@kontor/http';
import { z } from 'zod';
import { zDate, zLines, zReason, zVersion } from '../requests.ts';

export const IssueQuoteRequest = z
  .strictObject({
    accountId: zUuid,
    entityId: zEntityId,
    opportunityId: zUuid.nullable().default(null),
    currency: zCurrency.optional().describe('The account’s currency, or the entity’s, when absent.'),
    priceListId: zUuid.optional().describe('The general list in force when absent.'),
    lines: zLines,
    validUntil: zBusinessDate.describe('The last day on which it can be accepted.'),
    businessDate: zDate,
  })
  .meta({ id: 'IssueQuoteRequest' });
export type IssueQuoteRequest = z.infer<typeof IssueQuoteRequest>;

export const ReviseQuoteRequest = z
  .strictObject({
    priceListId: zUuid.optional(),
    lines: zLines,
    validUntil: zBusinessDate,
    businessDate: zDate,
  })
  .meta({ id: 'ReviseQuoteRequest' });
export type ReviseQuoteRequest = z.infer<typeof ReviseQuoteRequest>;

export const SendQuoteRequest = z
  .strictObject({ version: zVersion, channel: zText(64).default('e-mail'), businessDate: zDate })
  .meta({ id: 'SendQuoteRequest' });
export type SendQuoteRequest = z.infer<typeof SendQuoteRequest>;

export const AcceptQuoteRequest = z
  .strictObject({
    version: zVersion,
    evidence: zText(500).describe('By what the client accepted: purchase order, signed copy, mail.'),
    businessDate: zDate.describe('The day on which the client accepted; today when absent.'),
  })
  .meta({ id: 'AcceptQuoteRequest' });
export type AcceptQuoteRequest = z.infer<typeof AcceptQuoteRequest>;

export const DeclineQuoteRequest = z
  .strictObject({ version: zVersion, reason: zReason, businessDate: zDate })
  .meta({ id: 'DeclineQuoteRequest' });
export type DeclineQuoteRequest = z.infer<typeof DeclineQuoteRequest>;

const STATUSES = ['issued', 'sent', 'accepted', 'declined', 'expired'] as const;

export const QuoteQuery = z.strictObject({
  ...pageFields,
  number: zText(64).optional(),
  accountId: zUuid.optional(),
  entityId: zText(32).optional(),
  status: z.enum(STATUSES, `must be one of ${STATUSES.join(', ')}`).optional(),
});
export type QuoteQuery = z.infer<typeof QuoteQuery>;
