import { asItIs, contracted, type PublicationTable } from '@kontor/feed';
import {
  creditNoteDrafted,
  creditNoteNumbered,
  dunningDateDecided,
  dunningPolicyStored,
  invoiceCredited,
  invoiceDrafted,
  invoiceIssued,
  noticeDispatched,
  noticeDispatchFailed,
  noticeReleased,
  noticeRendered,
  noticeWithdrawn,
  numberAssigned,
} from '@kontor/receivables-contracts';
import type {
  CreditNoteEvent,
  DunningCalendarEvent,
  DunningPolicyEvent,
  InvoiceEvent,
  NoticeEvent,
  NumberRangeEvent,
} from '@kontor/receivables-domain';

export const invoicePublication: PublicationTable<InvoiceEvent> = {
  InvoiceDrafted: ({ totalMinor, ...data }) =>
    contracted(invoiceDrafted, { ...data, total: { amountMinor: totalMinor, currency: data.currency } }),
  InvoiceIssued: ({ totalMinor, source: _source, ...data }) =>
    contracted(invoiceIssued, { ...data, total: { amountMinor: totalMinor, currency: data.currency } }),
  InvoiceSourceNoted: null,
  InvoiceCredited: ({ amountMinor, ...data }) =>
    contracted(invoiceCredited, { ...data, amount: { amountMinor, currency: data.currency } }),
};

export const creditNotePublication: PublicationTable<CreditNoteEvent> = {
  CreditNoteDrafted: ({ amountMinor, ...data }) =>
    contracted(creditNoteDrafted, { ...data, amount: { amountMinor, currency: data.currency } }),
  CreditNoteNumbered: ({ amountMinor, ...data }) =>
    contracted(creditNoteNumbered, { ...data, amount: { amountMinor, currency: data.currency } }),
};

export const numberRangePublication: PublicationTable<NumberRangeEvent> = {
  NumberAssigned: asItIs(numberAssigned),
};

export const dunningPublication: PublicationTable<DunningPolicyEvent | DunningCalendarEvent> = {
  DunningPolicyStored: ({ minimumBalanceMinor, toleranceMinor, levels, ...data }) =>
    contracted(dunningPolicyStored, {
      ...data,
      minimumBalance: { amountMinor: minimumBalanceMinor, currency: data.currency },
      tolerance: { amountMinor: toleranceMinor, currency: data.currency },
      levels: levels.map(({ level, daysAfterDue, feeMinor, restriction }) => ({
        level,
        daysAfterDue,
        fee: { amountMinor: feeMinor, currency: data.currency },
        restriction,
      })),
    }),
  DunningRunBegun: null,
  DunningDateDecided: asItIs(dunningDateDecided),
  DunningRunFinished: null,
};

/** The text of a notice stays here: others get its hash. */
export const noticePublication: PublicationTable<NoticeEvent> = {
  NoticeRendered: ({ noticeId, accountId, contactId, contentHash, mediaType, templateVersion, businessDate }) =>
    contracted(noticeRendered, {
      noticeId,
      accountId,
      contactId,
      contentHash,
      mediaType,
      templateVersion,
      businessDate,
    }),
  NoticeReleased: asItIs(noticeReleased),
  // It names the recipient; what came of it is told.
  NoticeDispatchBegun: null,
  NoticeDispatched: asItIs(noticeDispatched),
  NoticeDispatchFailed: asItIs(noticeDispatchFailed),
  NoticeWithdrawn: asItIs(noticeWithdrawn),
};
