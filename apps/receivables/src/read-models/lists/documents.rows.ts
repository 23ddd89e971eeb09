import type { CloudEvent } from '@kontor/kernel';
import type { RowChange } from '@kontor/projections';
import type { CreditNoteDraftedV1, InvoiceDraftedV1 } from '@kontor/receivables-contracts';

/** A draft has no number yet. */
export function invoiceRow(event: CloudEvent<InvoiceDraftedV1>, number: string | null): readonly RowChange[] {
  const { data, recordedat } = event;
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
        recorded_at: row?.recorded_at ?? recordedat,
        changed_at: recordedat,
      }),
    },
  ];
}

export function creditNoteRow(event: CloudEvent<CreditNoteDraftedV1>, number: string | null): readonly RowChange[] {
  const { data, recordedat } = event;
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
        recorded_at: row?.recorded_at ?? recordedat,
        changed_at: recordedat,
      }),
    },
  ];
}
