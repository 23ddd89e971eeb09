import type {
  ChargePostedV1,
  ChargeReducedV1,
  ChargeWaivedV1,
  CreditNoteIssuedV1,
  ItemOpenedV1,
  PaymentAllocatedV1,
  PaymentReceivedV1,
  PaymentReversedV1,
} from '@kontor/receivables-contracts';
import type { CloudEvent } from '@kontor/kernel';
import type { Row, RowChange } from '@kontor/projections';
import { factOf } from '../facts.ts';

export interface LedgerData {
  readonly accountId: string;
  readonly entityId: string;
  readonly currency: string;
  readonly businessDate: string;
}

interface Movement {
  readonly component: 'principal' | 'fee' | 'interest' | 'unallocated';
  readonly itemId: string | null;
  readonly deltaMinor: number;
}

interface Allocation {
  readonly component: 'principal' | 'fee' | 'interest';
  readonly instalmentId: string | null;
  readonly chargeId: string | null;
  readonly amountMinor: number;
}

export function ledgerOf(data: LedgerData): Row {
  return { account_id: data.accountId, entity_id: data.entityId, currency: data.currency };
}

/** A line per movement that is not zero, and the new open amount of every item moved. */
function lines(
  event: CloudEvent<LedgerData>,
  movement: string,
  documentId: string,
  all: readonly Movement[],
): RowChange[] {
  const moved = all.filter((one) => one.deltaMinor !== 0);
  return moved.flatMap((one, line): RowChange[] => [
    {
      table: 'ledger_lines',
      put: {
        ...factOf(event, event.data.businessDate),
        line,
        ...ledgerOf(event.data),
        component: one.component,
        item_id: one.itemId,
        delta_minor: one.deltaMinor,
        movement,
        document_id: documentId,
      },
    },
    ...(one.itemId === null
      ? []
      : [
          {
            table: 'items',
            key: { item_id: one.itemId },
            change: (item: Row | undefined) =>
              item === undefined
                ? undefined
                : { ...item, open_minor: BigInt(String(item['open_minor'])) + BigInt(one.deltaMinor) },
          },
        ]),
  ]);
}

/** Settling takes an amount off what is owed (sign −1); undoing gives it back (+1). */
function settled(allocations: readonly Allocation[], sign: 1 | -1): Movement[] {
  return allocations.map((allocation) => ({
    component: allocation.component,
    itemId: allocation.component === 'principal' ? allocation.instalmentId : allocation.chargeId,
    deltaMinor: sign * allocation.amountMinor,
  }));
}

const credit = (deltaMinor: number): Movement => ({ component: 'unallocated', itemId: null, deltaMinor });

export function itemOpenedLines(event: CloudEvent<ItemOpenedV1>): RowChange[] {
  const { data } = event;
  return [
    {
      table: 'items',
      put: {
        item_id: data.instalmentId,
        ...ledgerOf(data),
        component: 'principal',
        due_date: data.dueDate,
        invoice_date: data.invoiceDate,
        invoice_id: data.invoiceId,
        invoice_number: data.invoiceNumber,
        ordinal: data.ordinal,
        external_id: data.externalId,
        notice_id: null,
        amount_minor: data.amountMinor,
        open_minor: 0,
        level: 0,
      },
    },
    ...lines(event, 'invoice', data.invoiceId, [
      { component: 'principal', itemId: data.instalmentId, deltaMinor: data.amountMinor },
    ]),
  ];
}

export function chargePostedLines(event: CloudEvent<ChargePostedV1>): RowChange[] {
  const { data } = event;
  return [
    {
      table: 'items',
      put: {
        item_id: data.chargeId,
        ...ledgerOf(data),
        component: data.component,
        due_date: data.dueDate,
        invoice_date: null,
        invoice_id: null,
        invoice_number: null,
        ordinal: null,
        external_id: null,
        notice_id: data.noticeId,
        amount_minor: data.amountMinor,
        open_minor: 0,
        level: 0,
      },
    },
    ...lines(event, 'charge', data.chargeId, [
      { component: data.component, itemId: data.chargeId, deltaMinor: data.amountMinor },
    ]),
  ];
}

export function paymentReceivedLines(event: CloudEvent<PaymentReceivedV1>): RowChange[] {
  const { data } = event;
  return lines(event, 'payment', data.paymentId, [...settled(data.allocations, -1), credit(data.unallocatedMinor)]);
}

export function paymentAllocatedLines(event: CloudEvent<PaymentAllocatedV1>): RowChange[] {
  const { data } = event;
  return lines(event, 'allocation', data.paymentId, [...settled(data.allocations, -1), credit(-data.allocatedMinor)]);
}

export function paymentReversedLines(event: CloudEvent<PaymentReversedV1>): RowChange[] {
  const { data } = event;
  return lines(event, 'reversal', data.paymentId, [...settled(data.allocations, 1), credit(-data.unallocatedMinor)]);
}

export function creditNoteIssuedLines(event: CloudEvent<CreditNoteIssuedV1>): RowChange[] {
  const { data } = event;
  return lines(event, 'credit-note', data.creditNoteId, [
    ...settled(data.allocations, -1),
    credit(data.unallocatedMinor),
  ]);
}

/** The part that had been paid becomes credit on account; the part still open is taken off its charge. */
export function chargeReducedLines(event: CloudEvent<ChargeReducedV1>): RowChange[] {
  const { data } = event;
  return lines(event, 'reduction', data.instalmentId, [
    ...data.reductions.map((reduction) => ({
      component: data.component,
      itemId: reduction.chargeId,
      deltaMinor: -reduction.amountMinor,
    })),
    credit(data.unallocatedMinor),
  ]);
}

export function chargeWaivedLines(event: CloudEvent<ChargeWaivedV1>): RowChange[] {
  const { data } = event;
  return lines(event, 'waiver', data.chargeId, [
    { component: data.component, itemId: data.chargeId, deltaMinor: -data.amountMinor },
  ]);
}
