import { defineContract, schema, type ContractData } from '@kontor/kernel';
import { service } from './service.ts';

export const staffPlaced = defineContract(
  service,
  'staff-placed',
  1,
  'A staff member holds this position, under this manager and in this region, from the business date until the next placing.',
  schema.object({
    staffId: schema.uuid('also the subject whose key seals the personal fields'),
    name: schema.sealedText(),
    position: schema.text(),
    managerId: schema.nullable(schema.uuid('functional superior; may be placed later')),
    region: schema.nullable(schema.text()),
    externalId: schema.sealedText('the id in the system it was imported from; there it is the name'),
    businessDate: schema.date('first day of the placing'),
  }),
  {
    staffId: 'a1d9c2f4-7a51-4f0b-8c55-3f1f0a9c7e21',
    name: { sealed: 'w8c3hV1n5s0Qx2aL', subject: 'a1d9c2f4-7a51-4f0b-8c55-3f1f0a9c7e21' },
    position: 'sales agent',
    managerId: 'c3b5a0de-1f43-4a55-9d20-65f2a7b1e9d4',
    region: 'Central',
    externalId: null,
    businessDate: '2026-01-01',
  },
);
export type StaffPlaced = ContractData<typeof staffPlaced>;
