import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const unitRedeliveredV1 = defineContract(
  'warranty',
  'unit-redelivered',
  1,
  'A unit known by its serial number was delivered again. Back to the same holder, after a return or a repair, its cover is what it was; sold to another account, it gets the term of that sale.',
  schema.object({
    unitId: schema.uuid(),
    accountId: schema.uuid(),
    previousAccountId: schema.uuid(),
    orderId: schema.uuid(),
    deliveryId: schema.uuid(),
    lineId: schema.integer(),
    newTerm: schema.flag('false: the cover is unchanged'),
    basis: schema.nullable(schema.oneOf(['delivery', 'invoice', 'install', 'receive'], 'what the term starts with')),
    warrantyStart: schema.nullable(schema.date('null while the date the term starts on is not known')),
    warrantyEnd: schema.nullable(schema.date('last day of any cover; null without warranty')),
    partsEnd: schema.nullable(schema.date('last day on which parts are covered')),
    labourEnd: schema.nullable(schema.date('last day on which labour is covered')),
    termVersion: schema.nullable(
      schema.integer('version of the term in force at delivery; 0: the term sold with the order line; null: none'),
    ),
    businessDate: schema.date(),
  }),
  {
    unitId: '3f0c3f5e-6a0b-5b52-9f0e-0a4f6c1d2b11',
    accountId: 'c41f7e90-1b5d-5e2a-9d33-64a8f0e7c255',
    previousAccountId: '5d2f8b1a-9c3e-5a47-b1d6-7e4c2a9f0b33',
    orderId: 'e8b0c6d4-7a2f-5f1b-8e90-3c5d1a7b9f21',
    deliveryId: '1c9e5a73-0d8b-5b64-a2f7-9e6b3c1d5f42',
    lineId: 2,
    newTerm: true,
    basis: 'delivery',
    warrantyStart: '2027-03-02',
    warrantyEnd: '2029-03-02',
    partsEnd: '2029-03-02',
    labourEnd: '2028-03-02',
    termVersion: 3,
    businessDate: '2027-03-02',
  },
);

export type UnitRedeliveredV1 = ContractData<typeof unitRedeliveredV1>;
