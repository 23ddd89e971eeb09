import { defineAggregate, defineCodec } from '@kontor/kernel';
import { invoiceDecider } from './invoice.decider.ts';
import type { InvoiceEvent } from './invoice.events.ts';

const invoiceCodec = defineCodec<InvoiceEvent>('receivables', {
  InvoiceDrafted: { version: 1 },
  InvoiceIssued: { version: 1 },
  InvoiceSourceNoted: { version: 1 },
  InvoiceCredited: { version: 1 },
});

export const invoiceAggregate = defineAggregate({
  category: 'invoice',
  decider: invoiceDecider,
  codec: invoiceCodec,
});
