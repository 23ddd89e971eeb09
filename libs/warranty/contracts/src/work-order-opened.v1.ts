import { defineContract, schema, type ContractData } from '@kontor/kernel';

export const workOrderOpenedV1 = defineContract(
  'warranty',
  'work-order-opened',
  1,
  'Work on a claim begins in a workshop; never before its coverage was decided.',
  schema.object({
    claimId: schema.uuid(),
    workOrderId: schema.uuid(),
    number: schema.text(),
    workshop: schema.oneOf(['own', 'branded', 'independent']),
    workshopAccountId: schema.nullable(schema.uuid()),
    task: schema.text(),
    businessDate: schema.date(),
  }),
  {
    claimId: '7b3d9f10-5e2c-5a86-9c41-2f8e0d6a1b57',
    workOrderId: '0e6a4c28-8f1d-5d93-b7e5-6a2c9d3f1e64',
    number: 'WO-CL-2026-7F3C9A20B1-1',
    workshop: 'own',
    workshopAccountId: null,
    task: 'replace the shaft seal',
    businessDate: '2026-10-06',
  },
);

export type WorkOrderOpenedV1 = ContractData<typeof workOrderOpenedV1>;
