import { knownAs } from '@kontor/http';
import type { CloudEvent } from '@kontor/kernel';
import type { Row, RowChange } from '@kontor/projections';
import type {
  CreditNoteIssuedV1,
  DunningNoticeIssuedV1,
  ItemOpenedV1,
  PaymentAllocatedV1,
  PaymentReceivedV1,
  PaymentReversedV1,
} from '@kontor/receivables-contracts';
import { changed, ledgerOf } from './rows.ts';

type Allocations = PaymentReceivedV1['allocations'];

export function openedItem(event: CloudEvent<ItemOpenedV1>): readonly RowChange[] {
  const { data, recordedat } = event;
  return [
    {
      table: 'open_items',
      put: {
        instalment_id: data.instalmentId,
        invoice_id: data.invoiceId,
        ...ledgerOf(event),
        due_date: data.dueDate,
        amount_minor: data.amountMinor,
        open_minor: data.amountMinor,
        level: 0,
        recorded_at: recordedat,
        changed_at: recordedat,
      },
    },
  ];
}

/** An item as it is now, and beside it the row that says what became of it with this event. */
function itemChange(
  event: CloudEvent,
  instalmentId: string,
  settledMinor: number,
  level: number | null,
  change: (row: Row) => Row,
): readonly RowChange[] {
  const key = { instalment_id: instalmentId };
  return [
    changed('open_items', key, (row) => ({ ...row, ...change(row), changed_at: event.recordedat })),
    { table: 'item_changes', put: { ...key, ...knownAs(event), settled_minor: settledMinor, level } },
  ];
}

/** `sign` 1: money settles; −1: it is taken back. */
function settled(event: CloudEvent<{ readonly allocations: Allocations }>, sign: 1 | -1): readonly RowChange[] {
  const byItem = new Map<string, number>();
  for (const { component, instalmentId, amountMinor } of event.data.allocations)
    if (component === 'principal' && instalmentId !== null)
      byItem.set(instalmentId, (byItem.get(instalmentId) ?? 0) + sign * amountMinor);
  return [...byItem].flatMap(([instalmentId, minor]) =>
    itemChange(event, instalmentId, minor, null, (row) => ({
      open_minor: BigInt(row.open_minor as number | bigint) - BigInt(minor),
    })),
  );
}

export function risen(event: CloudEvent<DunningNoticeIssuedV1>): readonly RowChange[] {
  return event.data.items
    .filter(({ levelBefore, levelAfter }) => levelAfter !== levelBefore)
    .flatMap(({ instalmentId, levelAfter }) =>
      itemChange(event, instalmentId, 0, levelAfter, () => ({ level: levelAfter })),
    );
}

function creditOf(event: CloudEvent, sourceId: string, unallocatedMinor: number, reversedOn: string | null): RowChange {
  return {
    table: 'credit_changes',
    put: { source_id: sourceId, ...knownAs(event), unallocated_minor: unallocatedMinor, reversed_on: reversedOn },
  };
}

export function received(event: CloudEvent<PaymentReceivedV1>): readonly RowChange[] {
  const { data } = event;
  return [
    {
      table: 'payments',
      put: {
        payment_id: data.paymentId,
        ...ledgerOf(event),
        value_date: data.valueDate,
        amount_minor: data.amount.amountMinor,
        unallocated_minor: data.unallocatedMinor,
        reference: data.reference,
        reversed_on: null,
        recorded_at: event.recordedat,
      },
    },
    creditOf(event, data.paymentId, data.unallocatedMinor, null),
    ...settled(event, 1),
  ];
}

/** What is allocated later may come from a credit note, which has no row among the payments. */
export function allocated(event: CloudEvent<PaymentAllocatedV1>): readonly RowChange[] {
  const { paymentId, unallocatedMinor } = event.data;
  return [
    changed('payments', { payment_id: paymentId }, (row) => ({ ...row, unallocated_minor: unallocatedMinor })),
    creditOf(event, paymentId, unallocatedMinor, null),
    ...settled(event, 1),
  ];
}

export function reversed(event: CloudEvent<PaymentReversedV1>): readonly RowChange[] {
  const { paymentId, businessDate } = event.data;
  return [
    changed('payments', { payment_id: paymentId }, (row) => ({
      ...row,
      unallocated_minor: 0,
      reversed_on: businessDate,
    })),
    creditOf(event, paymentId, 0, businessDate),
    ...settled(event, -1),
  ];
}

export function credited(event: CloudEvent<CreditNoteIssuedV1>): readonly RowChange[] {
  const { creditNoteId, unallocatedMinor } = event.data;
  return [creditOf(event, creditNoteId, unallocatedMinor, null), ...settled(event, 1)];
}
