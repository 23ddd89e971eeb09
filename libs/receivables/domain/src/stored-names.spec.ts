import { expect, it } from '@jest/globals';
import { storedNames } from '@kontor/testing/pure';
import { creditNoteAggregate } from './credit-note/credit-note.codec.ts';
import { dunningCalendarAggregate } from './dunning-calendar/dunning-calendar.codec.ts';
import { dunningPolicyAggregate } from './dunning-policy/dunning-policy.codec.ts';
import { invoiceAggregate } from './invoice/invoice.codec.ts';
import { ledgerAggregate } from './ledger/ledger.codec.ts';
import { noticeAggregate } from './notice/notice.codec.ts';
import { numberRangeAggregate } from './number-range/number-range.codec.ts';

const aggregates = [
  creditNoteAggregate,
  dunningCalendarAggregate,
  dunningPolicyAggregate,
  invoiceAggregate,
  ledgerAggregate,
  noticeAggregate,
  numberRangeAggregate,
];

it('X-01, X-08: streams, stored names, versions and sealed fields are what they always were', () => {
  expect(storedNames(aggregates)).toEqual([
    ['creditNote', ['receivables.CreditNoteDrafted.v1', 'receivables.CreditNoteNumbered.v1']],
    [
      'dunningCalendar',
      ['receivables.DunningRunBegun.v1', 'receivables.DunningDateDecided.v1', 'receivables.DunningRunFinished.v1'],
    ],
    ['dunningPolicy', ['receivables.DunningPolicyStored.v1']],
    [
      'invoice',
      [
        'receivables.InvoiceDrafted.v1',
        'receivables.InvoiceIssued.v1',
        'receivables.InvoiceSourceNoted.v1',
        'receivables.InvoiceCredited.v1',
      ],
    ],
    [
      'ledger',
      [
        'receivables.CreditLimitSet.v1',
        'receivables.CreditReserved.v1',
        'receivables.CreditRefused.v1',
        'receivables.CreditReleased.v1',
        'receivables.DeliveryEntered.v1',
        'receivables.ItemOpened.v1',
        'receivables.PaymentReceived.v1',
        'receivables.PaymentAllocated.v1',
        'receivables.PaymentReversed.v1',
        'receivables.CreditNoteApplied.v1',
        'receivables.ChargePosted.v1',
        'receivables.ChargeReduced.v1',
        'receivables.ChargeWaived.v1',
        'receivables.DisputeRaised.v1',
        'receivables.DisputeResolved.v1',
        'receivables.PromiseMade.v1',
        'receivables.PromiseKept.v1',
        'receivables.PromiseBroken.v1',
        'receivables.DunningPaused.v1',
        'receivables.DunningResumed.v1',
        'receivables.DunningCaseOpened.v1',
        'receivables.DunningCaseClosed.v1',
        'receivables.DunningCaseReopened.v1',
        'receivables.DunningNoticeIssued.v1',
        'receivables.AccountRestricted.v1',
        'receivables.AccountReleased.v1',
        'receivables.StatementConfirmed.v1',
        'receivables.EntryRefused.v1',
      ],
    ],
    [
      'notice',
      [
        'receivables.NoticeRendered.v1: subjectId seals content',
        'receivables.NoticeReleased.v1',
        'receivables.NoticeDispatchBegun.v1: contactId seals address',
        'receivables.NoticeDispatchFailed.v1',
        'receivables.NoticeDispatched.v1',
        'receivables.NoticeWithdrawn.v1',
      ],
    ],
    ['numberRange', ['receivables.NumberAssigned.v1']],
  ]);
});
