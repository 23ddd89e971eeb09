import { knownAs } from '@kontor/http';
import type { CloudEvent } from '@kontor/kernel';
import type { RowChange } from '@kontor/projections';
import type { DisputeRaisedV1, DisputeResolvedV1, PromiseMadeV1 } from '@kontor/receivables-contracts';
import { changed, ledgerOf } from './rows.ts';

export function raised(event: CloudEvent<DisputeRaisedV1>): readonly RowChange[] {
  const { data, recordedat } = event;
  return [
    {
      table: 'disputes',
      put: {
        dispute_id: data.disputeId,
        ...ledgerOf(event),
        instalment_id: data.instalmentId,
        amount_minor: data.amountMinor,
        reason: data.reason,
        raised_on: data.businessDate,
        resolved_on: null,
        outcome: null,
        recorded_at: recordedat,
        changed_at: recordedat,
      },
    },
  ];
}

export function resolved({ data, recordedat }: CloudEvent<DisputeResolvedV1>): readonly RowChange[] {
  return [
    changed('disputes', { dispute_id: data.disputeId }, (row) => ({
      ...row,
      resolved_on: data.businessDate,
      outcome: data.outcome,
      changed_at: recordedat,
    })),
  ];
}

/** A broken promise is kept after all when money turns up that had come in time. */
export function promised(event: CloudEvent<PromiseMadeV1>, status: string): readonly RowChange[] {
  const { data } = event;
  const key = { promise_id: data.promiseId };
  return [
    {
      table: 'promises',
      key,
      change: (row) => ({
        ...key,
        ...ledgerOf(event),
        amount_minor: data.amount.amountMinor,
        made_on: row?.made_on ?? data.businessDate,
        promised_on: data.promisedOn,
        grace_days: data.graceDays,
        status,
        recorded_at: row?.recorded_at ?? event.recordedat,
      }),
    },
    { table: 'promise_changes', put: { ...key, ...knownAs(event), status } },
  ];
}
