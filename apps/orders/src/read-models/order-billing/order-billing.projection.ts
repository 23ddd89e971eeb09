import type { CloudEvent } from '@kontor/kernel';
import type { Projection, RowChange } from '@kontor/projections';
import {
  creditNoteIssued,
  invoiceIssued,
  paymentAllocated,
  paymentReceived,
  paymentReversed,
  type InvoiceIssuedV1,
  type PaymentReceivedV1,
} from '@kontor/receivables-contracts';

type Settling = CloudEvent<Pick<PaymentReceivedV1, 'allocations'>>;

/** What was invoiced of the lines of our orders, and what of it is settled: the billing and payment facets of a line. */
export const orderBilling: Projection = {
  name: 'order_billing',
  version: 1,
  viewSchema: 'orders',
  tables: {
    invoiced_lines: {
      comment: 'Lines of issued invoices that bill a line of an order.',
      key: ['invoice_id', 'line_id'],
      columns: {
        invoice_id: { type: 'uuid', comment: 'Invoice.' },
        line_id: { type: 'integer', comment: 'Line of the order.' },
        order_id: { type: 'uuid', comment: 'Order.' },
        amount_minor: { type: 'bigint', comment: 'What was billed, minor units of the order’s currency.' },
      },
      indexes: ['order_id'],
    },
    invoiced_instalments: {
      comment: 'Instalments of issued invoices that bill an order.',
      key: ['instalment_id'],
      columns: {
        instalment_id: { type: 'uuid', comment: 'Instalment.' },
        invoice_id: { type: 'uuid', comment: 'Invoice.' },
        order_id: { type: 'uuid', comment: 'Order.' },
        amount_minor: { type: 'bigint', comment: 'What is due, minor units.' },
      },
      indexes: ['order_id'],
    },
    settled_instalments: {
      comment: 'What was settled of instalments, by payments and credit notes.',
      key: ['instalment_id'],
      columns: {
        instalment_id: { type: 'uuid', comment: 'Instalment.' },
        settled_minor: { type: 'bigint', comment: 'Principal settled, minor units.' },
      },
    },
  },
  on: {
    [invoiceIssued.type]: ({ data }: CloudEvent<InvoiceIssuedV1>) => {
      const { orderId, invoiceId } = data;
      if (orderId === null) return [];
      return [
        ...data.lines.map((line) => ({
          table: 'invoiced_lines',
          put: {
            invoice_id: invoiceId,
            line_id: line.lineId,
            order_id: orderId,
            amount_minor: line.amountMinor,
          },
        })),
        ...data.instalments.map((instalment) => ({
          table: 'invoiced_instalments',
          put: {
            instalment_id: instalment.instalmentId,
            invoice_id: invoiceId,
            order_id: orderId,
            amount_minor: instalment.amountMinor,
          },
        })),
      ];
    },
    [paymentReceived.type]: (event: Settling) => settle(event, 1),
    [paymentAllocated.type]: (event: Settling) => settle(event, 1),
    [creditNoteIssued.type]: (event: Settling) => settle(event, 1),
    [paymentReversed.type]: (event: Settling) => settle(event, -1),
  },
};

/** Fees and interest are settled beside the principal, and are no part of an order. */
function settle({ data }: Settling, sign: 1 | -1): readonly RowChange[] {
  return data.allocations.flatMap(({ component, instalmentId, amountMinor }) =>
    component !== 'principal' || instalmentId === null
      ? []
      : [
          {
            table: 'settled_instalments',
            key: { instalment_id: instalmentId },
            change: (row) => ({
              instalment_id: instalmentId,
              settled_minor: Number(row?.['settled_minor'] ?? 0) + sign * amountMinor,
            }),
          } satisfies RowChange,
        ],
  );
}
