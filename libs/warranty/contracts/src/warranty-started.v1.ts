import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const warrantyStartedV1 = defineContract(
  'warranty',
  'warranty-started',
  1,
  'The date a term starts on became known (invoice, installation, receipt): the period of cover is fixed. It never starts later than the grace cap allows.',
  schema.object({
    unitId: schema.uuid(),
    basis: schema.oneOf(['delivery', 'invoice', 'install', 'receive'], 'what the term starts with'),
    basisDate: schema.date('when it was invoiced, installed or received'),
    warrantyStart: schema.date(),
    warrantyEnd: schema.date(),
    partsEnd: schema.nullable(schema.date()),
    labourEnd: schema.nullable(schema.date()),
    termVersion: schema.integer(),
    businessDate: schema.date(),
  }),
  {
    unitId: '3f0c3f5e-6a0b-5b52-9f0e-0a4f6c1d2b11',
    basis: 'invoice',
    basisDate: '2026-03-05',
    warrantyStart: '2026-03-05',
    warrantyEnd: '2028-03-05',
    partsEnd: '2028-03-05',
    labourEnd: '2027-03-05',
    termVersion: 3,
    businessDate: '2026-03-05',
  },
);

export type WarrantyStartedV1 = ContractData<typeof warrantyStartedV1>;
