import type { CloudEvent } from '@kontor/kernel';
import type { Projection } from '@kontor/projections';
import {
  repairRecordedV1,
  workOrderOpenedV1,
  type RepairRecordedV1,
  type WorkOrderOpenedV1,
} from '@kontor/warranty-contracts';
import { factColumns, factOf } from '../facts.ts';

/** Work orders by their own number: in the claim's stream they are found by the claim alone. Repairs are facts beside them. */
export const workOrders: Projection = {
  name: 'work_orders',
  version: 1,
  viewSchema: 'warranty',
  tables: {
    work_orders: {
      comment: 'Work orders on claims.',
      key: ['work_order_id'],
      columns: {
        work_order_id: { type: 'uuid', comment: 'Work order.' },
        claim_id: { type: 'uuid', comment: 'Claim that it works on.' },
        number: { type: 'text', comment: 'Number of the work order.' },
        workshop: { type: 'text', comment: 'own, branded or independent.' },
        workshop_account_id: { type: 'uuid', nullable: true, comment: 'Workshop of somebody else.' },
        task: { type: 'text', comment: 'What is to be done.' },
        opened_on: { type: 'date', comment: 'Business date on which it was opened.' },
        recorded_at: { type: 'timestamptz', comment: 'When it was recorded.' },
      },
      indexes: ['number', 'claim_id', 'opened_on, work_order_id', 'recorded_at'],
    },
    work_order_repairs: {
      comment: 'Repairs that were recorded on work orders.',
      key: ['work_order_id', 'revision'],
      columns: {
        work_order_id: { type: 'uuid', comment: 'Work order.' },
        ...factColumns,
      },
      indexes: ['recorded_at'],
    },
  },
  on: {
    [workOrderOpenedV1.type]: ({ data, recordedat }: CloudEvent<WorkOrderOpenedV1>) => [
      {
        table: 'work_orders',
        put: {
          work_order_id: data.workOrderId,
          claim_id: data.claimId,
          number: data.number,
          workshop: data.workshop,
          workshop_account_id: data.workshopAccountId,
          task: data.task,
          opened_on: data.businessDate,
          recorded_at: recordedat,
        },
      },
    ],
    [repairRecordedV1.type]: (event: CloudEvent<RepairRecordedV1>) => [
      { table: 'work_order_repairs', put: { work_order_id: event.data.workOrderId, ...factOf(event) } },
    ],
  },
};
