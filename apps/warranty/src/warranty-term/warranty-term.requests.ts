import { zBusinessDate, zMoney } from '@kontor/http';
import { MAX_GRACE_DAYS, MAX_TERM_MONTHS } from '@kontor/warranty-domain';
import { z } from 'zod';
import { entityField, zReason } from '../request-fields.ts';

const zMonths = z.number().int('must be whole months').min(0).max(MAX_TERM_MONTHS);

export const DefineWarrantyTermRequest = z
  .strictObject({
    basis: z.enum(['delivery', 'invoice', 'install', 'receive'], 'must be delivery, invoice, install or receive'),
    graceCapDays: z
      .number()
      .int()
      .min(0)
      .max(MAX_GRACE_DAYS)
      .optional()
      .describe('The term starts at the latest then.'),
    partsMonths: zMonths,
    labourMonths: zMonths,
    minimumMonths: zMonths.default(0).describe('Statutory minimum.'),
    replacementPolicy: z
      .enum(['remaining', 'minimum', 'new'], 'must be remaining, minimum or new')
      .default('remaining'),
    claimCap: z.number().int().min(1).max(1_000).optional().describe('Claims under warranty per unit.'),
    partsCap: zMoney.optional().describe('Most that is borne for parts, per unit.'),
    labourCap: zMoney.optional().describe('Most that is borne for labour, per unit.'),
    validFrom: zBusinessDate.describe('Deliveries from this day on have this version.'),
    ...entityField,
  })
  .meta({ id: 'DefineWarrantyTermRequest' });

export const TakeProductOffWarrantyRequest = z
  .strictObject({
    validFrom: zBusinessDate.describe('Deliveries from this day on come without warranty; not in the past.'),
    reason: zReason,
    ...entityField,
  })
  .meta({ id: 'TakeProductOffWarrantyRequest' });
