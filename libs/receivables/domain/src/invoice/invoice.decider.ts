import { accept, type Decider, type Decision, refuse } from '@kontor/kernel';
import { derivedId } from '../derived-id.ts';
import { planInstalments } from './instalments.ts';
import type { InvoiceCommand, InvoiceCommandOf } from './invoice.commands.ts';
import type { ImportedFrom, InvoiceEvent, InvoiceFacts } from './invoice.events.ts';

export type InvoiceState =
  | { readonly status: 'none' }
  | { readonly status: 'drafted'; readonly invoice: InvoiceFacts }
  | {
      readonly status: 'issued';
      readonly invoice: InvoiceFacts;
      readonly number: string;
      readonly source: ImportedFrom | null;
      readonly credits: { readonly [creditNoteId: string]: number };
    };

export function instalmentIdOf(invoiceId: string, ordinal: number): string {
  return derivedId(invoiceId, `instalment|${ordinal}`);
}

function draftInvoice(command: InvoiceCommandOf<'DraftInvoice'>, state: InvoiceState): Decision<InvoiceEvent> {
  if (state.status !== 'none') return accept();
  const { type: _type, terms, ...facts } = command;
  const totalMinor = command.lines.reduce((sum, line) => sum + line.amountMinor, 0);
  if (!Number.isSafeInteger(totalMinor))
    return refuse('AmountTooLarge', 'The lines sum to more than can be counted exactly.', {
      maximumMinor: Number.MAX_SAFE_INTEGER,
    });
  if (totalMinor <= 0) return refuse('NothingToInvoice', 'An invoice must be about more than nothing.', { totalMinor });
  const tooEarly = terms.parts.find((part) => 'dueDate' in part && part.dueDate < command.invoiceDate);
  if (tooEarly !== undefined && 'dueDate' in tooEarly)
    return refuse('DueBeforeInvoice', 'An instalment cannot be due before its invoice date.', {
      dueDate: tooEarly.dueDate,
      invoiceDate: command.invoiceDate,
    });
  const instalments = planInstalments(totalMinor, command.invoiceDate, terms).map((part) => ({
    instalmentId: instalmentIdOf(command.invoiceId, part.ordinal),
    ...part,
  }));
  return accept({
    type: 'InvoiceDrafted',
    data: { ...facts, totalMinor, instalments, externalId: null, businessDate: command.invoiceDate },
  });
}

function issueInvoice(command: InvoiceCommandOf<'IssueInvoice'>, state: InvoiceState): Decision<InvoiceEvent> {
  if (state.status === 'issued') return accept();
  if (state.status === 'none')
    return refuse('UnknownInvoice', 'There is no draft that the number is for.', { number: command.number });
  return accept({
    type: 'InvoiceIssued',
    data: { ...state.invoice, number: command.number, source: null },
  });
}

/** credit notes are decided one after the other on their invoice, so that together they never exceed it. */
function creditInvoice(command: InvoiceCommandOf<'CreditInvoice'>, state: InvoiceState): Decision<InvoiceEvent> {
  const { creditNoteId, amountMinor, reason, businessDate } = command;
  if (state.status !== 'issued')
    return refuse('InvoiceNotIssued', 'Only an issued invoice can be credited.', { status: state.status });
  if (state.credits[creditNoteId] !== undefined) return accept();
  const { invoiceId, accountId, entityId, currency, totalMinor } = state.invoice;
  const creditableMinor = Object.values(state.credits).reduce((rest, credited) => rest - credited, totalMinor);
  if (amountMinor > creditableMinor || amountMinor <= 0)
    return refuse('CreditNoteExceedsInvoice', 'No more can be credited than was invoiced.', {
      amountMinor,
      creditableMinor,
    });
  return accept({
    type: 'InvoiceCredited',
    data: { creditNoteId, invoiceId, accountId, entityId, currency, amountMinor, reason, businessDate },
  });
}

/** An imported invoice brings its number. The same identity with other content is not silently taken for the same. */
function recordImportedInvoice(
  command: InvoiceCommandOf<'RecordImportedInvoice'>,
  state: InvoiceState,
): Decision<InvoiceEvent> {
  const { invoiceId, accountId, entityId, currency, invoiceDate, number, dueDate, amountMinor, source } = command;
  if (state.status !== 'none') {
    const known = state.status === 'issued' ? (state.source?.content ?? {}) : {};
    const fields = differingFields(known, source.content);
    if (fields.length === 0) return accept();
    if (fields.every((field) => command.mayAdvance.includes(field) && isBlank(known[field])))
      return accept({ type: 'InvoiceSourceNoted', data: { invoiceId, source } });
    return refuse('DiffersFromKnown', `Invoice ${number} is known with another ${fields.join(', ')}.`, {
      number,
      fields,
    });
  }
  if (dueDate < invoiceDate)
    return refuse('DueBeforeInvoice', 'The due date lies before the invoice date.', { dueDate, invoiceDate });
  if (amountMinor <= 0)
    return refuse('NothingToInvoice', 'An invoice must be about more than nothing.', { amountMinor });
  return accept({
    type: 'InvoiceIssued',
    data: {
      invoiceId,
      accountId,
      entityId,
      currency,
      orderId: null,
      deliveryId: null,
      invoiceDate,
      lines: [
        {
          lineId: 1,
          sku: null,
          description: 'imported',
          quantity: { value: 1, scale: 0 },
          amountMinor,
        },
      ],
      totalMinor: amountMinor,
      instalments: [{ instalmentId: instalmentIdOf(invoiceId, 1), ordinal: 1, dueDate, amountMinor }],
      externalId: source.identity,
      businessDate: invoiceDate,
      number,
      source,
    },
  });
}

/** The fields of an import that say something else than what is known. */
export function differingFields(
  known: { readonly [field: string]: string },
  content: { readonly [field: string]: string },
): readonly string[] {
  return Object.keys(content).filter((field) => known[field] !== content[field]);
}

function isBlank(value: string | undefined): boolean {
  return value === undefined || value === '' || value === 'No';
}

/** none → drafted → issued. A draft is no receivable; issued is issued, and corrected by credit notes only. */
export const invoiceDecider: Decider<InvoiceState, InvoiceCommand, InvoiceEvent> = {
  initial: { status: 'none' },
  evolve: {
    InvoiceDrafted: (_state, invoice) => ({ status: 'drafted', invoice }),
    InvoiceIssued: (_state, { number, source, ...invoice }) => ({
      status: 'issued',
      invoice,
      number,
      source,
      credits: {},
    }),
    InvoiceSourceNoted: (state, { source }) => (state.status === 'issued' ? { ...state, source } : state),
    InvoiceCredited: (state, { creditNoteId, amountMinor }) =>
      state.status === 'issued' ? { ...state, credits: { ...state.credits, [creditNoteId]: amountMinor } } : state,
  },
  decide: {
    DraftInvoice: draftInvoice,
    IssueInvoice: issueInvoice,
    RecordImportedInvoice: recordImportedInvoice,
    CreditInvoice: creditInvoice,
  },
};
