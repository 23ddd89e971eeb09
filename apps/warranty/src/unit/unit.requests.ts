import { pageFields, zBusinessDate, zScaled, zText, zUuid } from '@kontor/http';
import { z } from 'zod';
import { entityField, zHappenedOn, zReason } from '../request-fields.ts';
import { MAX_SERIAL_CHARS } from '../warranty.config.ts';

const zSerial = zText(MAX_SERIAL_CHARS);

export const RegisterUnitRequest = z
  .strictObject({
    accountId: zUuid.describe('Who holds the unit.'),
    productId: zUuid,
    serial: zSerial.optional().describe('Absent: a quantity without serial numbers.'),
    quantity: zScaled.default({ value: 1, scale: 0 }),
    deliveredOn: zBusinessDate.describe('Day of the delivery; the warranty term in force on it is pinned.'),
    ...entityField,
  })
  .meta({ id: 'RegisterUnitRequest' });

export const TransferUnitRequest = z
  .strictObject({ accountId: zUuid, reason: zReason, businessDate: zHappenedOn })
  .meta({ id: 'TransferUnitRequest' });

export const StartWarrantyRequest = z
  .strictObject({
    basis: z.enum(['delivery', 'invoice', 'install', 'receive'], 'must be delivery, invoice, install or receive'),
    date: zBusinessDate.describe('When it was invoiced, installed or received.'),
  })
  .meta({ id: 'StartWarrantyRequest' });

export const TakeUnitOffWarrantyRequest = z
  .strictObject({ reason: zReason, businessDate: zHappenedOn })
  .meta({ id: 'TakeUnitOffWarrantyRequest' });

export const ReplaceUnitRequest = z
  .strictObject({
    serial: zSerial.optional().describe('Serial number of the unit that is given.'),
    policy: z
      .enum(['remaining', 'minimum', 'new'], 'must be remaining, minimum or new')
      .optional()
      .describe('What cover the new unit gets; by the product’s term when absent.'),
    replacedOn: zHappenedOn,
  })
  .meta({ id: 'ReplaceUnitRequest' });

export const UnitListQuery = z.strictObject({
  ...pageFields,
  accountId: zUuid.optional(),
  serial: zSerial.optional(),
  productId: zUuid.optional(),
  sku: zText(100).optional(),
});

export const CoverageQuery = z.strictObject({ incidentDate: zBusinessDate, consistentWith: pageFields.consistentWith });
