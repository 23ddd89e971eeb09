import type { CloudEvent } from '@kontor/kernel';
import type { Projection, Row, RowChange } from '@kontor/projections';
import {
  creditNoteDrafted,
  type CreditNoteDraftedV1,
  creditNoteIssued,
  type CreditNoteIssuedV1,
  creditNoteNumbered,
  type CreditNoteNumberedV1,
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
  type DunningNoticeIssuedV1,
  invoiceDrafted,
  type InvoiceDraftedV1,
  invoiceIssued,
  type InvoiceIssuedV1,
  itemOpened,
  type ItemOpenedV1,
  paymentAllocated,
  type PaymentAllocatedV1,
  paymentReceived,
  type PaymentReceivedV1,
  paymentReversed,
  type PaymentReversedV1,
  promiseBroken,
  promiseKept,
  promiseMade,
  type PromiseMadeV1,
} from '@kontor/receivables-contracts';
import { idOfSubject } from '../../receivables.streams.ts';
import {
  creditNotes,
  disputes,
  dunningCases,
  invoices,
  notices,
  openItems,
  payments,
  promises,
} from './lists.tables.ts';

interface LedgerFacts {
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
}

function ledgerOf(event: CloudEvent<LedgerFacts>): Row {
  const { accountId, entityId, currency } = event.data;
  return { ledger_id: idOfSubject(event.subject), account_id: accountId, entity_id: entityId, currency };
}

/** A change to a row that is there; an event about a row that is not changes nothing. */
function changed(table: string, key: Row, change: (row: Row) => Row): RowChange {
  return { table, key, change: (row) => (row === undefined ? undefined : change(row)) };
}

function settled(allocations: PaymentReceivedV1['allocations'], sign: 1 | -1): readonly RowChange[] {
  return allocations
    .filter(({ component, instalmentId }) => component === 'principal' && instalmentId !== null)
    .map(({ instalmentId, amountMinor }) =>
      changed('open_items', { instalment_id: instalmentId }, (row) => ({
        ...row,
        open_minor: BigInt(row.open_minor as number | bigint) - BigInt(amountMinor * sign),
      })),
    );
}

function invoiceRow(event: CloudEvent<InvoiceDraftedV1>, number: string | null): readonly RowChange[] {
  const { data } = event;
  return [
    {
      table: 'invoices',
      key: { invoice_id: data.invoiceId },
      change: (row) => ({
        invoice_id: data.invoiceId,
        number,
        account_id: data.accountId,
        entity_id: data.entityId,
        currency: data.currency,
        order_id: data.orderId,
        delivery_id: data.deliveryId,
        invoice_date: data.invoiceDate,
        total_minor: data.total.amountMinor,
        external_id: data.externalId,
        recorded_at: row?.recorded_at ?? event.recordedat,
      }),
    },
  ];
}

function creditNoteRow(event: CloudEvent<CreditNoteDraftedV1>, number: string | null): readonly RowChange[] {
  const { data } = event;
  return [
    {
      table: 'credit_notes',
      key: { credit_note_id: data.creditNoteId },
      change: (row) => ({
        credit_note_id: data.creditNoteId,
        number,
        invoice_id: data.invoiceId,
        account_id: data.accountId,
        entity_id: data.entityId,
        currency: data.currency,
        business_date: data.businessDate,
        amount_minor: data.amount.amountMinor,
        reason: data.reason,
        recorded_at: row?.recorded_at ?? event.recordedat,
      }),
    },
  ];
}

function promiseRow(event: CloudEvent<PromiseMadeV1>, status: string): readonly RowChange[] {
  const { data } = event;
  return [
    {
      table: 'promises',
      key: { promise_id: data.promiseId },
      change: (row) => ({
        promise_id: data.promiseId,
        ...ledgerOf(event),
        amount_minor: data.amount.amountMinor,
        made_on: row?.made_on ?? data.businessDate,
        promised_on: data.promisedOn,
        grace_days: data.graceDays,
        status,
        recorded_at: row?.recorded_at ?? event.recordedat,
      }),
    },
  ];
}

function noticeRows(event: CloudEvent<DunningNoticeIssuedV1>): readonly RowChange[] {
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
    ...data.items.map((item) =>
      changed('open_items', { instalment_id: item.instalmentId }, (row) => ({ ...row, level: item.levelAfter })),
    ),
  ];
}

/** What the lists of receivables show: invoices, payments, credit notes, disputes, notices and cases. */
export const receivablesLists: Projection = {
  name: 'receivables_lists',
  version: 1,
  viewSchema: 'receivables',
  tables: {
    invoices,
    open_items: openItems,
    payments,
    credit_notes: creditNotes,
    disputes,
    promises,
    notices,
    dunning_cases: dunningCases,
  },
  on: {
    [invoiceDrafted.type]: (event: CloudEvent<InvoiceDraftedV1>) => invoiceRow(event, null),
    [invoiceIssued.type]: (event: CloudEvent<InvoiceIssuedV1>) => invoiceRow(event, event.data.number),
    [itemOpened.type]: (event: CloudEvent<ItemOpenedV1>) => [
      {
        table: 'open_items',
        put: {
          instalment_id: event.data.instalmentId,
          invoice_id: event.data.invoiceId,
          ...ledgerOf(event),
          due_date: event.data.dueDate,
          amount_minor: event.data.amountMinor,
          open_minor: event.data.amountMinor,
          level: 0,
        },
      },
    ],
    [paymentReceived.type]: (event: CloudEvent<PaymentReceivedV1>) => [
      {
        table: 'payments',
        put: {
          payment_id: event.data.paymentId,
          ...ledgerOf(event),
          value_date: event.data.valueDate,
          amount_minor: event.data.amount.amountMinor,
          unallocated_minor: event.data.unallocatedMinor,
          reference: event.data.reference,
          reversed_on: null,
          recorded_at: event.recordedat,
        },
      },
      ...settled(event.data.allocations, 1),
    ],
    [paymentAllocated.type]: (event: CloudEvent<PaymentAllocatedV1>) => [
      changed('payments', { payment_id: event.data.paymentId }, (row) => ({
        ...row,
        unallocated_minor: event.data.unallocatedMinor,
      })),
      ...settled(event.data.allocations, 1),
    ],
    [paymentReversed.type]: (event: CloudEvent<PaymentReversedV1>) => [
      changed('payments', { payment_id: event.data.paymentId }, (row) => ({
        ...row,
        unallocated_minor: 0,
        reversed_on: event.data.businessDate,
      })),
      ...settled(event.data.allocations, -1),
    ],
    [creditNoteDrafted.type]: (event: CloudEvent<CreditNoteDraftedV1>) => creditNoteRow(event, null),
    [creditNoteNumbered.type]: (event: CloudEvent<CreditNoteNumberedV1>) => creditNoteRow(event, event.data.number),
    [creditNoteIssued.type]: (event: CloudEvent<CreditNoteIssuedV1>) => settled(event.data.allocations, 1),
    [disputeRaised.type]: (event: CloudEvent<DisputeRaisedV1>) => [
      {
        table: 'disputes',
        put: {
          dispute_id: event.data.disputeId,
          ...ledgerOf(event),
          instalment_id: event.data.instalmentId,
          amount_minor: event.data.amountMinor,
          reason: event.data.reason,
          raised_on: event.data.businessDate,
          resolved_on: null,
          outcome: null,
          recorded_at: event.recordedat,
        },
      },
    ],
    [disputeResolved.type]: (event: CloudEvent<DisputeResolvedV1>) => [
      changed('disputes', { dispute_id: event.data.disputeId }, (row) => ({
        ...row,
        resolved_on: event.data.businessDate,
        outcome: event.data.outcome,
      })),
    ],
    [promiseMade.type]: (event: CloudEvent<PromiseMadeV1>) => promiseRow(event, 'open'),
    [promiseKept.type]: (event: CloudEvent<PromiseMadeV1>) => promiseRow(event, 'kept'),
    [promiseBroken.type]: (event: CloudEvent<PromiseMadeV1>) => promiseRow(event, 'broken'),
    [dunningCaseOpened.type]: (event: CloudEvent<DunningCaseOpenedV1>) => [
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
    ],
    [dunningCaseClosed.type]: (event: CloudEvent<DunningCaseClosedV1>) => [
      changed('dunning_cases', { case_id: event.data.caseId }, (row) => ({
        ...row,
        closed_on: event.data.businessDate,
      })),
    ],
    [dunningCaseReopened.type]: (event: CloudEvent<DunningCaseReopenedV1>) => [
      changed('dunning_cases', { case_id: event.data.caseId }, (row) => ({ ...row, closed_on: null })),
    ],
    [dunningNoticeIssued.type]: noticeRows,
  },
};
