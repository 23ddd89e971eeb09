import { pageFields, zBusinessDate, zText, zUuid } from '@kontor/http';
import { z } from 'zod';

const placing = {
  name: zText(200),
  position: zText(100),
  managerId: zUuid.nullable().default(null),
  region: zText(100).nullable().default(null),
  businessDate: zBusinessDate.optional().describe('First day of the placing; today by default.'),
};

export const PlaceStaffMemberRequest = z.strictObject(placing).meta({ id: 'PlaceStaffMemberRequest' });

export const MoveStaffMemberRequest = z
  .strictObject({ ...placing, reason: zText(500).optional() })
  .meta({ id: 'MoveStaffMemberRequest', description: 'Another placing of a staff member, valid from its date on.' });

export const ListStaffQuery = z.strictObject({
  managerId: zUuid.optional(),
  region: zText(100).optional(),
  externalId: zText(200).optional(),
  asOf: zBusinessDate.optional().describe('Placings valid on this day; today by default.'),
  ...pageFields,
});
