import type { CloudEvent } from '@kontor/kernel';
import type { Projection } from '@kontor/projections';
import {
  creditNoteDrafted,
  type CreditNoteDraftedV1,
  creditNoteIssued,
  creditNoteNumbered,
  type CreditNoteNumberedV1,
  disputeRaised,
  disputeResolved,
  dunningCaseClosed,
  type DunningCaseClosedV1,
  dunningCaseOpened,
  dunningCaseReopened,
  type DunningCaseReopenedV1,
  dunningNoticeIssued,
  invoiceDrafted,
  type InvoiceDraftedV1,
  invoiceIssued,
  type InvoiceIssuedV1,
  itemOpened,
  paymentAllocated,
  paymentReceived,
  paymentReversed,
  promiseBroken,
  promiseKept,
  promiseMade,
  type PromiseMadeV1,
} from '@kontor/receivables-contracts';
import { endOfCase, noticed, openedCase } from './cases.rows.ts';
import { creditNoteRow, invoiceRow } from './documents.rows.ts';
import { allocated, credited, openedItem, received, reversed } from './items.rows.ts';
import {
  caseChanges,
  creditChanges,
  creditNotes,
  disputes,
  dunningCases,
  invoices,
  itemChanges,
  notices,
  openItems,
  payments,
  promiseChanges,
  promises,
} from './lists.tables.ts';
import { promised, raised, resolved } from './overlays.rows.ts';

/**
 * What the lists of receivables show: invoices, payments, credit notes, disputes, promises, notices and cases as they are now,
 * and beside them validity rows of what changes more than once, so that a list can be asked as of any recorded moment.
 */
export const receivablesLists: Projection = {
  name: 'receivables_lists',
  version: 2,
  viewSchema: 'receivables',
  tables: {
    invoices,
    open_items: openItems,
    item_changes: itemChanges,
    payments,
    credit_changes: creditChanges,
    credit_notes: creditNotes,
    disputes,
    promises,
    promise_changes: promiseChanges,
    notices,
    dunning_cases: dunningCases,
    case_changes: caseChanges,
  },
  on: {
    [invoiceDrafted.type]: (event: CloudEvent<InvoiceDraftedV1>) => invoiceRow(event, null),
    [invoiceIssued.type]: (event: CloudEvent<InvoiceIssuedV1>) => invoiceRow(event, event.data.number),
    [itemOpened.type]: openedItem,
    [paymentReceived.type]: received,
    [paymentAllocated.type]: allocated,
    [paymentReversed.type]: reversed,
    [creditNoteDrafted.type]: (event: CloudEvent<CreditNoteDraftedV1>) => creditNoteRow(event, null),
    [creditNoteNumbered.type]: (event: CloudEvent<CreditNoteNumberedV1>) => creditNoteRow(event, event.data.number),
    [creditNoteIssued.type]: credited,
    [disputeRaised.type]: raised,
    [disputeResolved.type]: resolved,
    [promiseMade.type]: (event: CloudEvent<PromiseMadeV1>) => promised(event, 'open'),
    [promiseKept.type]: (event: CloudEvent<PromiseMadeV1>) => promised(event, 'kept'),
    [promiseBroken.type]: (event: CloudEvent<PromiseMadeV1>) => promised(event, 'broken'),
    [dunningCaseOpened.type]: openedCase,
    [dunningCaseClosed.type]: (event: CloudEvent<DunningCaseClosedV1>) => endOfCase(event, event.data.businessDate),
    [dunningCaseReopened.type]: (event: CloudEvent<DunningCaseReopenedV1>) => endOfCase(event, null),
    [dunningNoticeIssued.type]: noticed,
  },
};
