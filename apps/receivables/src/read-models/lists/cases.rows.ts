import { knownAs } from '@kontor/http';
import type { CloudEvent } from '@kontor/kernel';
import type { RowChange } from '@kontor/projections';
import type { DunningCaseOpenedV1, DunningNoticeIssuedV1 } from '@kontor/receivables-contracts';
import { risen } from './items.rows.ts';
import { changed, ledgerOf } from './rows.ts';

export function openedCase(event: CloudEvent<DunningCaseOpenedV1>): readonly RowChange[] {
  return [
    {
      table: 'dunning_cases',
      put: {
        case_id: event.data.caseId,
        ...ledgerOf(event),
        opened_on: event.data.businessDate,
        closed_on: null,
        level: 0,
        last_notice_on: null,
        notices: 0,
        policy_version: event.data.policyVersion,
        recorded_at: event.recordedat,
      },
    },
  ];
}

/** `closedOn` null: it was reopened. */
export function endOfCase(
  event: CloudEvent<{ readonly caseId: string }>,
  closedOn: string | null,
): readonly RowChange[] {
  const key = { case_id: event.data.caseId };
  return [
    changed('dunning_cases', key, (row) => ({ ...row, closed_on: closedOn })),
    { table: 'case_changes', put: { ...key, ...knownAs(event), closed_on: closedOn } },
  ];
}

export function noticed(event: CloudEvent<DunningNoticeIssuedV1>): readonly RowChange[] {
  const { data } = event;
  return [
    {
      table: 'notices',
      put: {
        notice_id: data.noticeId,
        case_id: data.caseId,
        ...ledgerOf(event),
        notice_date: data.businessDate,
        level: data.level,
        items: data.items.length,
        net_minor: data.netMinor,
        fee_minor: data.fee.amountMinor,
        policy_version: data.policyVersion,
        recorded_at: event.recordedat,
      },
    },
    changed('dunning_cases', { case_id: data.caseId }, (row) => ({
      ...row,
      level: data.level,
      last_notice_on: data.businessDate,
      notices: (row.notices as number) + 1,
    })),
    ...risen(event),
  ];
}
