import type { CloudEvent } from '@kontor/kernel';
import type { Projection, Row, RowChange } from '@kontor/projections';
import {
  noticeDispatched,
  type NoticeDispatchedV1,
  noticeDispatchFailed,
  type NoticeDispatchFailedV1,
  noticeReleased,
  type NoticeReleasedV1,
  noticeWithdrawn,
  type NoticeWithdrawnV1,
} from '@kontor/receivables-contracts';

function changed(noticeId: string, changes: Row): readonly RowChange[] {
  return [
    {
      table: 'notice_outbox',
      key: { notice_id: noticeId },
      change: (row) => (row === undefined ? undefined : { ...row, ...changes }),
    },
  ];
}

/** Released notices and what became of them: where the dispatch looks for what is due, and a person for what has failed. */
export const noticeOutbox: Projection = {
  name: 'notice_outbox',
  version: 1,
  viewSchema: 'receivables',
  tables: {
    notice_outbox: {
      comment: 'Notices that were released for sending, and what became of them.',
      key: ['notice_id'],
      columns: {
        notice_id: { type: 'uuid', comment: 'Notice.' },
        account_id: { type: 'uuid', comment: 'Account.' },
        status: { type: 'text', comment: 'waiting, dispatched, failed (given up) or withdrawn.' },
        channel: { type: 'text', nullable: true, comment: 'e-mail or print: how the last attempt went.' },
        released_on: { type: 'date', comment: 'Day of the release.' },
        due_at: {
          type: 'timestamptz',
          nullable: true,
          comment: 'When a waiting notice is tried again; null: at once.',
        },
        attempts: { type: 'integer', comment: 'Attempts that ended.' },
        dispatched_on: { type: 'date', nullable: true, comment: 'Day on which it left.' },
        reason: { type: 'text', nullable: true, comment: 'Why the last attempt failed, or why it was withdrawn.' },
      },
      indexes: ['account_id', 'status, due_at'],
    },
  },
  on: {
    [noticeReleased.type]: ({ data }: CloudEvent<NoticeReleasedV1>): readonly RowChange[] => [
      {
        table: 'notice_outbox',
        key: { notice_id: data.noticeId },
        change: (row) => ({
          notice_id: data.noticeId,
          account_id: data.accountId,
          status: 'waiting',
          channel: null,
          released_on: data.businessDate,
          due_at: null,
          attempts: row?.attempts ?? 0,
          dispatched_on: null,
          reason: null,
        }),
      },
    ],
    [noticeDispatched.type]: ({ data }: CloudEvent<NoticeDispatchedV1>) =>
      changed(data.noticeId, {
        ...{ status: 'dispatched', channel: data.channel, due_at: null, reason: null },
        ...{ attempts: data.attempt, dispatched_on: data.businessDate },
      }),
    [noticeDispatchFailed.type]: ({ data }: CloudEvent<NoticeDispatchFailedV1>) =>
      changed(data.noticeId, {
        ...{ status: data.retryAt === null ? 'failed' : 'waiting', channel: data.channel },
        ...{ due_at: data.retryAt, attempts: data.attempt, reason: data.reason },
      }),
    [noticeWithdrawn.type]: ({ data }: CloudEvent<NoticeWithdrawnV1>) =>
      changed(data.noticeId, { status: 'withdrawn', due_at: null, reason: data.reason }),
  },
};
