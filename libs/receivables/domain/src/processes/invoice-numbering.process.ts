import type {
  CreditNoteDraftedV1,
  InvoiceCreditedV1,
  InvoiceDraftedV1,
  NumberAssignedV1,
} from '@kontor/receivables-contracts';
import type { ProcessManager } from '@kontor/kernel';
import type { CreditNoteCommand } from '../credit-note/credit-note.commands.ts';
import type { InvoiceCommand } from '../invoice/invoice.commands.ts';
import type { AssignNumber, DocumentKind } from '../number-range/number-range.decider.ts';
import { numberRangeKey } from './inputs.ts';

type Command = AssignNumber | InvoiceCommand | CreditNoteCommand;

/** a draft asks its range for the next number; the number issues the draft. Numbers are unbroken per range. */
export const invoiceNumbering: ProcessManager<null, Command> = {
  name: 'InvoiceNumbering',
  initial: null,
  reactions: {
    'kontor.receivables.invoice-drafted.v1': {
      correlate: (event) => (event.data as InvoiceDraftedV1).invoiceId,
      react: (_state, event) => {
        const { invoiceId, entityId, invoiceDate } = event.data as InvoiceDraftedV1;
        return assign('invoice', invoiceId, entityId, invoiceDate);
      },
    },
    // Who granted it drafts it in the same request; killed in between, it is drafted here.
    'kontor.receivables.invoice-credited.v1': {
      correlate: (event) => (event.data as InvoiceCreditedV1).creditNoteId,
      react: (_state, event) => {
        const { amount, ...facts } = event.data as InvoiceCreditedV1;
        const command: Command = { type: 'DraftCreditNote', ...facts, amountMinor: amount.amountMinor };
        return {
          state: null,
          commands: [{ step: 'draft-credit-note', aggregate: 'creditNote', key: facts.creditNoteId, command }],
        };
      },
    },
    'kontor.receivables.credit-note-drafted.v1': {
      correlate: (event) => (event.data as CreditNoteDraftedV1).creditNoteId,
      react: (_state, event) => {
        const { creditNoteId, entityId, businessDate } = event.data as CreditNoteDraftedV1;
        return assign('credit-note', creditNoteId, entityId, businessDate);
      },
    },
    'kontor.receivables.number-assigned.v1': {
      correlate: (event) => (event.data as NumberAssignedV1).documentId,
      react: (_state, event) => {
        const { kind, documentId, number } = event.data as NumberAssignedV1;
        const commands: { readonly [Kind in DocumentKind]: { aggregate: string; command: Command } } = {
          invoice: { aggregate: 'invoice', command: { type: 'IssueInvoice', number } },
          'credit-note': { aggregate: 'creditNote', command: { type: 'NumberCreditNote', number } },
        };
        return { state: null, commands: [{ step: 'issue', key: documentId, ...commands[kind] }] };
      },
    },
  },
};

function assign(kind: DocumentKind, documentId: string, entityId: string, date: string) {
  const year = Number(date.slice(0, 4));
  const command: AssignNumber = { type: 'AssignNumber', entityId, kind, year, documentId };
  const key = numberRangeKey(entityId, kind, year);
  return { state: null, commands: [{ step: 'assign-number', aggregate: 'numberRange', key, command }] };
}
