import { personalDataErased, staffPlaced, type StaffPlaced } from '@kontor/accounts-contracts';
import { knownAs, knownColumns } from '@kontor/http';
import type { CloudEvent } from '@kontor/kernel';
import type { Projection } from '@kontor/projections';
import type { Unsealed } from '../contracts.ts';

/** Who holds which position, under whom and where, one row per placing. */
export const staffDirectory: Projection = {
  name: 'staff-directory',
  version: 1,
  viewSchema: 'accounts',
  personal: { erasedBy: personalDataErased.type },
  tables: {
    staff_placings: {
      comment: 'Placings of staff members: valid from their date until the next one.',
      key: ['staff_id', 'revision'],
      subject: 'staff_id',
      columns: {
        staff_id: { type: 'uuid', comment: 'Staff member.' },
        ...knownColumns,
        name: { type: 'text', nullable: true, personal: true, comment: 'Name; null after an erasure.' },
        external_id: {
          type: 'text',
          nullable: true,
          personal: true,
          comment: 'Id in the system it was imported from, often the name.',
        },
        staff_position: { type: 'text', comment: 'Position held.' },
        manager_id: { type: 'uuid', nullable: true, comment: 'Functional superior.' },
        region: { type: 'text', nullable: true, comment: 'Region.' },
        business_date: { type: 'date', comment: 'First day of the placing.' },
      },
      indexes: ['staff_id, business_date, revision', 'recorded_at', 'external_id'],
    },
  },
  on: {
    [staffPlaced.type]: (event: CloudEvent<Unsealed<StaffPlaced>>) => [
      {
        table: 'staff_placings',
        put: {
          staff_id: event.data.staffId,
          ...knownAs(event),
          name: event.data.name,
          external_id: event.data.externalId,
          staff_position: event.data.position,
          manager_id: event.data.managerId,
          region: event.data.region,
          business_date: event.data.businessDate,
        },
      },
    ],
  },
};
