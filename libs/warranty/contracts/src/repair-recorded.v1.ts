import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const repairRecordedV1 = defineContract(
  'warranty',
  'repair-recorded',
  1,
  'What a work order cost, in parts and labour, and who bears it: the two shares sum to the cost.',
  schema.object({
    claimId: schema.uuid(),
    unitId: schema.uuid(),
    workOrderId: schema.uuid(),
    coverage: schema.oneOf(['warranty', 'goodwill', 'contract', 'paid']),
    currency: schema.text(),
    partsMinor: schema.integer(),
    labourMinor: schema.integer(),
    coveredPartsMinor: schema.integer('borne by us because parts are covered'),
    coveredLabourMinor: schema.integer('borne by us because labour is covered'),
    goodwillMinor: schema.integer('borne by us out of goodwill'),
    borneByUsMinor: schema.integer(),
    borneByClientMinor: schema.integer(),
    work: schema.text(),
    businessDate: schema.date(),
  }),
  {
    claimId: '7b3d9f10-5e2c-5a86-9c41-2f8e0d6a1b57',
    unitId: '3f0c3f5e-6a0b-5b52-9f0e-0a4f6c1d2b11',
    workOrderId: '0e6a4c28-8f1d-5d93-b7e5-6a2c9d3f1e64',
    coverage: 'warranty',
    currency: 'EUR',
    partsMinor: 4250,
    labourMinor: 9000,
    coveredPartsMinor: 4250,
    coveredLabourMinor: 9000,
    goodwillMinor: 0,
    borneByUsMinor: 13250,
    borneByClientMinor: 0,
    work: 'shaft seal replaced, pressure tested',
    businessDate: '2026-10-08',
  },
);

export type RepairRecordedV1 = ContractData<typeof repairRecordedV1>;
