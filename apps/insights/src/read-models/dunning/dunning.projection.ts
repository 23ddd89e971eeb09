import {
  accountReleased,
  type AccountReleasedV1,
  accountRestricted,
  type AccountRestrictedV1,
  chargePosted,
  chargeReduced,
  chargeWaived,
  creditNoteIssued,
  disputeRaised,
  type DisputeRaisedV1,
  disputeResolved,
  type DisputeResolvedV1,
  dunningCaseClosed,
  type DunningCaseClosedV1,
  dunningCaseOpened,
  type DunningCaseOpenedV1,
  dunningCaseReopened,
  type DunningCaseReopenedV1,
  dunningNoticeIssued,
  dunningPaused,
  type DunningPausedV1,
  dunningResumed,
  type DunningResumedV1,
  type DunningNoticeIssuedV1,
  itemOpened,
  noticeReleased,
  type NoticeReleasedV1,
  noticeRendered,
  type NoticeRenderedV1,
  paymentAllocated,
  paymentReceived,
  paymentReversed,
  promiseBroken,
  type PromiseBrokenV1,
  promiseKept,
  type PromiseKeptV1,
  promiseMade,
  type PromiseMadeV1,
} from '@kontor/receivables-contracts';
import type { CloudEvent } from '@kontor/kernel';
import type { Projection, Row, RowChange } from '@kontor/projections';
import { factOf } from '../facts.ts';
import { dunningViews } from './dunning.views.ts';
import {
  cases,
  disputes,
  items,
  ledgerLines,
  noticeDocuments,
  noticeItems,
  notices,
  overlayFacts,
  promises,
  restrictions,
} from './dunning.tables.ts';
import {
  chargePostedLines,
  chargeReducedLines,
  chargeWaivedLines,
  creditNoteIssuedLines,
  itemOpenedLines,
  type LedgerData,
  ledgerOf,
  paymentAllocatedLines,
  paymentReceivedLines,
  paymentReversedLines,
} from './ledger-lines.ts';

const NOT_ENDED = { ended_on: null, ended_recorded_at: null, ended_event_id: null, ended_position: null };

function begun(event: CloudEvent<{ readonly businessDate: string }>): Row {
  return {
    begun_on: event.data.businessDate,
    begun_recorded_at: event.recordedat,
    begun_event_id: event.id,
    begun_position: BigInt(event.position),
    ...NOT_ENDED,
  };
}

function ended(table: string, key: Row, event: CloudEvent<{ readonly businessDate: string }>, more: Row): RowChange {
  return {
    table,
    key,
    change: (row) =>
      row === undefined
        ? undefined
        : {
            ...row,
            ...more,
            ended_on: event.data.businessDate,
            ended_recorded_at: event.recordedat,
            ended_event_id: event.id,
            ended_position: BigInt(event.position),
          },
  };
}

/** The row that dates an event of a case, dispute, promise or pause on both axes. */
function overlay(
  event: CloudEvent<LedgerData>,
  kind: string,
  overlayId: string | null,
  step: string,
  until: string | null = null,
): RowChange {
  return {
    table: 'overlay_facts',
    put: {
      ...factOf(event, event.data.businessDate),
      ...ledgerOf(event.data),
      overlay: kind,
      overlay_id: overlayId,
      step,
      until,
    },
  };
}

function noticeIssued(event: CloudEvent<DunningNoticeIssuedV1>): RowChange[] {
  const { data } = event;
  return [
    {
      table: 'notices',
      put: {
        ...factOf(event, data.businessDate),
        notice_id: data.noticeId,
        case_id: data.caseId,
        ...ledgerOf(data),
        level: data.level,
        items: data.items.length,
        net_minor: data.netMinor,
        fee_minor: data.fee.amountMinor,
        interest_minor: data.interestMinor,
        policy_id: data.policyId,
        policy_version: data.policyVersion,
        ledger_revision: data.ledgerRevision,
      },
    },
    ...data.items.flatMap((item): RowChange[] => [
      {
        table: 'notice_items',
        put: {
          notice_id: data.noticeId,
          item_id: item.instalmentId,
          invoice_number: item.invoiceNumber,
          due_date: item.dueDate,
          net_minor: item.netMinor,
          level_before: item.levelBefore,
          level_after: item.levelAfter,
        },
      },
      {
        table: 'items',
        key: { item_id: item.instalmentId },
        change: (row) => (row === undefined ? undefined : { ...row, level: item.levelAfter }),
      },
    ]),
  ];
}

function restriction(event: CloudEvent<AccountRestrictedV1 | AccountReleasedV1>, restricted: boolean): RowChange[] {
  return [
    {
      table: 'restrictions',
      put: {
        ...factOf(event, event.data.businessDate),
        ...ledgerOf(event.data),
        restriction: event.data.restriction,
        restricted,
      },
    },
  ];
}

export const dunningProjection: Projection = {
  name: 'dunning',
  version: 1,
  viewSchema: 'insights',
  tables: {
    ledger_lines: ledgerLines,
    items,
    overlay_facts: overlayFacts,
    cases,
    notices,
    notice_items: noticeItems,
    notice_documents: noticeDocuments,
    disputes,
    promises,
    restrictions,
  },
  views: dunningViews,
  on: {
    [itemOpened.type]: itemOpenedLines,
    [chargePosted.type]: chargePostedLines,
    [chargeReduced.type]: chargeReducedLines,
    [chargeWaived.type]: chargeWaivedLines,
    [paymentReceived.type]: paymentReceivedLines,
    [paymentAllocated.type]: paymentAllocatedLines,
    [paymentReversed.type]: paymentReversedLines,
    [creditNoteIssued.type]: creditNoteIssuedLines,
    [dunningCaseOpened.type]: (event: CloudEvent<DunningCaseOpenedV1>) => [
      overlay(event, 'case', event.data.caseId, 'opened'),
      {
        table: 'cases',
        put: {
          case_id: event.data.caseId,
          ...ledgerOf(event.data),
          policy_id: event.data.policyId,
          policy_version: event.data.policyVersion,
          ...begun(event),
        },
      },
    ],
    [dunningCaseClosed.type]: (event: CloudEvent<DunningCaseClosedV1>) => [
      overlay(event, 'case', event.data.caseId, 'closed'),
      ended('cases', { case_id: event.data.caseId }, event, {}),
    ],
    [dunningCaseReopened.type]: (event: CloudEvent<DunningCaseReopenedV1>) => [
      overlay(event, 'case', event.data.caseId, 'reopened'),
      {
        table: 'cases',
        key: { case_id: event.data.caseId },
        change: (row) => (row === undefined ? undefined : { ...row, ...NOT_ENDED }),
      },
    ],
    [dunningNoticeIssued.type]: noticeIssued,
    [noticeRendered.type]: (event: CloudEvent<NoticeRenderedV1>) => [
      {
        table: 'notice_documents',
        put: {
          notice_id: event.data.noticeId,
          account_id: event.data.accountId,
          contact_id: event.data.contactId,
          content_hash: event.data.contentHash,
          media_type: event.data.mediaType,
          released_on: null,
        },
      },
    ],
    [noticeReleased.type]: (event: CloudEvent<NoticeReleasedV1>) => [
      {
        table: 'notice_documents',
        key: { notice_id: event.data.noticeId },
        change: (row) => (row === undefined ? undefined : { ...row, released_on: event.data.businessDate }),
      },
    ],
    [disputeRaised.type]: (event: CloudEvent<DisputeRaisedV1>) => [
      overlay(event, 'dispute', event.data.disputeId, 'raised'),
      {
        table: 'disputes',
        put: {
          dispute_id: event.data.disputeId,
          ...ledgerOf(event.data),
          item_id: event.data.instalmentId,
          amount_minor: event.data.amountMinor,
          outcome: null,
          ...begun(event),
        },
      },
    ],
    [disputeResolved.type]: (event: CloudEvent<DisputeResolvedV1>) => [
      overlay(event, 'dispute', event.data.disputeId, 'resolved'),
      ended('disputes', { dispute_id: event.data.disputeId }, event, { outcome: event.data.outcome }),
    ],
    [promiseMade.type]: (event: CloudEvent<PromiseMadeV1>) => [
      overlay(event, 'promise', event.data.promiseId, 'made'),
      {
        table: 'promises',
        put: {
          promise_id: event.data.promiseId,
          ...ledgerOf(event.data),
          amount_minor: event.data.amount.amountMinor,
          promised_on: event.data.promisedOn,
          grace_days: event.data.graceDays,
          outcome: null,
          ...begun(event),
        },
      },
    ],
    [promiseKept.type]: (event: CloudEvent<PromiseKeptV1>) => [
      overlay(event, 'promise', event.data.promiseId, 'kept'),
      ended('promises', { promise_id: event.data.promiseId }, event, { outcome: 'kept' }),
    ],
    [promiseBroken.type]: (event: CloudEvent<PromiseBrokenV1>) => [
      overlay(event, 'promise', event.data.promiseId, 'broken'),
      ended('promises', { promise_id: event.data.promiseId }, event, { outcome: 'broken' }),
    ],
    [dunningPaused.type]: (event: CloudEvent<DunningPausedV1>) => [
      overlay(event, 'pause', event.data.instalmentId, 'paused', event.data.until),
    ],
    [dunningResumed.type]: (event: CloudEvent<DunningResumedV1>) => [
      overlay(event, 'pause', event.data.instalmentId, 'resumed'),
    ],
    [accountRestricted.type]: (event: CloudEvent<AccountRestrictedV1>) => restriction(event, true),
    [accountReleased.type]: (event: CloudEvent<AccountReleasedV1>) => restriction(event, false),
  },
};
