import type { CreditNoteNumberedV1, InvoiceIssuedV1 } from '@kontor/receivables-contracts';
import type { ProcessManager } from '@kontor/kernel';
import type { LedgerCommand } from '../ledger/ledger.commands.ts';
import { ledgerKey } from './inputs.ts';

/** An issued invoice becomes open items on the ledger; a numbered credit note is set off there. */
export const itemsOnInvoice: ProcessManager<null, LedgerCommand> = {
  name: 'ItemsOnInvoice',
  initial: null,
  reactions: {
    'kontor.receivables.invoice-issued.v1': {
      // An import opens the items itself, in the order of its steps.
      correlate: (event) => (event.origin === 'import' ? null : (event.data as InvoiceIssuedV1).invoiceId),
      react: (_state, event) => {
        const invoice = event.data as InvoiceIssuedV1;
        const { accountId, entityId, currency, invoiceId, invoiceDate, deliveryId, orderId, externalId } = invoice;
        return one('open-items', {
          type: 'OpenItems',
          accountId,
          entityId,
          currency,
          businessDate: invoiceDate,
          invoiceId,
          invoiceNumber: invoice.number,
          invoiceDate,
          deliveryId,
          orderId,
          externalId,
          instalments: invoice.instalments,
          recordsRefusal: true,
        });
      },
    },
    'kontor.receivables.credit-note-numbered.v1': {
      correlate: (event) => (event.data as CreditNoteNumberedV1).creditNoteId,
      react: (_state, event) => {
        const { accountId, entityId, currency, businessDate, creditNoteId, number, invoiceId, amount, reason } =
          event.data as CreditNoteNumberedV1;
        return one('apply-credit-note', {
          type: 'ApplyCreditNote',
          accountId,
          entityId,
          currency,
          businessDate,
          creditNoteId,
          number,
          invoiceId,
          amountMinor: amount.amountMinor,
          reason,
          // The service puts its own day here: a process knows none.
          today: businessDate,
          recordsRefusal: true,
        });
      },
    },
  },
};

function one(step: string, command: LedgerCommand) {
  const key = ledgerKey(command.entityId, command.currency, command.accountId);
  return { state: null, commands: [{ step, aggregate: 'ledger', key, command }] };
}
