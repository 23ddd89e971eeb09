import {
  pageFields,
  zAmountMinor,
  zBusinessDate,
  zCurrency,
  zMoney,
  zPositiveAmountMinor,
  zText,
  zUuid,
} from '@kontor/http';
import { z } from 'zod';
import { entityField, zHappenedOn, zReason } from '../request-fields.ts';
import { MAX_DESCRIPTION_CHARS } from '../warranty.config.ts';

const KINDS = ['complaint', 'wish', 'claim', 'praise'] as const;
const zKind = z.enum(KINDS, `must be one of ${KINDS.join(', ')}`);
const zOwner = zText(100).describe('Staff member who looks after it.');

export const OpenClaimRequest = z
  .strictObject({
    kind: zKind.default('claim'),
    unitId: zUuid.optional().describe('The unit it is about; a claim needs one.'),
    accountId: zUuid.optional().describe('The client; the holder of the unit when absent.'),
    ownerId: zOwner.optional().describe('Who looks after it; the caller when absent.'),
    incidentDate: zBusinessDate,
    description: zText(MAX_DESCRIPTION_CHARS).describe('In the client’s own words.'),
    cause: zReason.optional(),
    damage: zMoney.optional(),
    businessDate: zHappenedOn,
    ...entityField,
  })
  .meta({ id: 'OpenClaimRequest' });

export const HandOverClaimRequest = z
  .strictObject({ ownerId: zOwner, businessDate: zHappenedOn })
  .meta({ id: 'HandOverClaimRequest' });

export const DecideCoverageRequest = z
  .strictObject({
    serviceContract: z
      .strictObject({ contractId: zText(100), validFrom: zBusinessDate, validTo: zBusinessDate })
      .optional()
      .describe('A service contract of the client, for incidents that no warranty covers.'),
    businessDate: zHappenedOn,
  })
  .meta({ id: 'DecideCoverageRequest' });

export const GrantGoodwillRequest = z
  .strictObject({
    upTo: z.strictObject({ amountMinor: zPositiveAmountMinor, currency: zCurrency }),
    reason: zReason,
    businessDate: zHappenedOn,
  })
  .meta({ id: 'GrantGoodwillRequest' });

export const OpenWorkOrderRequest = z
  .strictObject({
    workshop: z.enum(['own', 'branded', 'independent'], 'must be own, branded or independent').default('own'),
    workshopAccountId: zUuid.optional().describe('Account of a workshop that is not ours.'),
    task: zReason,
    businessDate: zHappenedOn,
  })
  .meta({ id: 'OpenWorkOrderRequest' });

export const RecordRepairRequest = z
  .strictObject({
    workOrderId: zUuid,
    currency: zCurrency,
    partsMinor: zAmountMinor,
    labourMinor: zAmountMinor,
    work: zReason.describe('What was done.'),
    businessDate: zHappenedOn,
  })
  .meta({ id: 'RecordRepairRequest' });

export const RejectClaimRequest = z
  .strictObject({ reason: zReason, businessDate: zHappenedOn })
  .meta({ id: 'RejectClaimRequest' });

export const CloseClaimRequest = z
  .strictObject({
    signature: z
      .strictObject({ signedBy: zText(200), signedOn: zBusinessDate })
      .optional()
      .describe('The client signed "no claims".'),
    reason: zReason.optional().describe('Why there is no signature.'),
    businessDate: zHappenedOn,
  })
  .meta({ id: 'CloseClaimRequest' });

export const ReopenClaimRequest = z
  .strictObject({ reason: zReason, businessDate: zHappenedOn })
  .meta({ id: 'ReopenClaimRequest' });

export const ClaimListQuery = z.strictObject({
  ...pageFields,
  number: zText(50).optional(),
  accountId: zUuid.optional(),
  unitId: zUuid.optional(),
  kind: zKind.optional(),
  status: z.enum(['open', 'rejected', 'closed'], 'must be open, rejected or closed').optional(),
  ownerId: zText(100).optional(),
  coverage: z.enum(['warranty', 'goodwill', 'contract', 'paid']).optional(),
});
