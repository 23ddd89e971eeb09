import { STAGE_KINDS } from '@kontor/accounts-contracts';
import { pageFields, zBusinessDate, zMoney, zRate, zText, zUuid } from '@kontor/http';
import { z } from 'zod';

const businessDate = zBusinessDate.optional().describe('When it happened; today by default.');
const note = zText(500).optional();
/** Reasons of the business are checked by the deal's rules: an empty one is refused there, with its own code. */
const zReason = z.string().max(500, 'must have at most 500 characters');

export const OpenOpportunityRequest = z
  .strictObject({
    title: zText(200),
    accountId: zUuid.nullable().default(null).describe('Without an account the deal waits in the queue of enquiries.'),
    ownerId: zUuid.nullable().optional().describe('Staff member who answers for it; the caller by default.'),
    pipelineId: zUuid.optional().describe('The standard pipeline by default.'),
    stage: zText(60).nullable().default(null).describe('The first open stage by default.'),
    amount: zMoney.nullable().default(null),
    expectedClose: zBusinessDate.nullable().default(null),
    productId: zUuid.nullable().default(null),
    businessDate,
  })
  .meta({ id: 'OpenOpportunityRequest' });

export const EnterStageRequest = z.strictObject({ stage: zText(60), businessDate }).meta({ id: 'EnterStageRequest' });

export const ReviseAmountRequest = z.strictObject({ amount: zMoney, businessDate }).meta({ id: 'ReviseAmountRequest' });

export const MoveExpectedCloseRequest = z
  .strictObject({ expectedClose: zBusinessDate.nullable(), businessDate })
  .meta({ id: 'MoveExpectedCloseRequest' });

export const OverrideProbabilityRequest = z
  .strictObject({
    probability: zRate.nullable().describe('In 1/100 000; null withdraws the override.'),
    reason: zReason,
    expiresOn: zBusinessDate.nullable().default(null).describe('Last day on which it holds.'),
    businessDate,
  })
  .meta({ id: 'OverrideProbabilityRequest' });

export const AssignOpportunityOwnerRequest = z
  .strictObject({ ownerId: zUuid, businessDate, reason: note })
  .meta({ id: 'AssignOpportunityOwnerRequest' });

export const AssignOpportunityAccountRequest = z
  .strictObject({ accountId: zUuid, businessDate })
  .meta({ id: 'AssignOpportunityAccountRequest' });

export const WinOpportunityRequest = z
  .strictObject({
    orderId: zUuid.nullable().default(null),
    contractNumber: zText(40).nullable().default(null),
    amount: zMoney.nullable().default(null).describe('What it was won for; the last amount by default.'),
    businessDate,
  })
  .meta({ id: 'WinOpportunityRequest', description: 'A deal is won with an order or a contract.' });

export const LoseOpportunityRequest = z
  .strictObject({ reason: zReason.default(''), competitor: zText(200).nullable().default(null), businessDate })
  .meta({ id: 'LoseOpportunityRequest' });

export const ReopenOpportunityRequest = z
  .strictObject({
    reason: zReason.default(''),
    stage: zText(60).nullable().default(null).describe('The stage in which it stood by default.'),
    businessDate,
  })
  .meta({ id: 'ReopenOpportunityRequest' });

export const ListOpportunitiesQuery = z.strictObject({
  externalId: zText(200).optional().describe('Id in the system it was imported from.'),
  ownerId: zUuid.optional(),
  accountId: zUuid.optional(),
  stage: zText(60).optional(),
  kind: z.enum(STAGE_KINDS).optional(),
  queue: z.literal('enquiries').optional(),
  ...pageFields,
});
