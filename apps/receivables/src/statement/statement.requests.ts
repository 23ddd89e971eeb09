import { zBusinessDate, zInstant, zText, zUuid } from '@kontor/http';
import { z } from 'zod';

const MAX_EVIDENCE = 500;
const MAX_REVISION_DIGITS = 15;
const period = { from: zBusinessDate, to: zBusinessDate };

export const StatementQuery = z.strictObject({
  from: zBusinessDate.optional().describe('First day; default: the first of the month of `to`.'),
  to: zBusinessDate.optional().describe('Last day; default: today.'),
  asKnownAt: zInstant.optional().describe('Only what was recorded by then; default: all.'),
});

export const ConfirmationBody = z
  .strictObject({
    ...period,
    businessDate: zBusinessDate.optional(),
    confirmed: z
      .strictObject({ amountMinor: z.int(), currency: z.string() })
      .describe('The closing balance in the books of the client; negative when we owe it.'),
    contactId: zUuid.nullable().default(null),
    evidence: zText(MAX_EVIDENCE),
    revision: z
      .string()
      .regex(/^\d+$/, 'must be a whole number as decimal text')
      .max(MAX_REVISION_DIGITS)
      .optional()
      .describe('The revision of the statement that was sent; default: as the ledger is now.'),
  })
  .meta({
    id: 'ConfirmStatementRequest',
    description: 'What the client answered to a statement: the same closing balance, or another one.',
  });
