import type { Contracted, Publication } from '@kontor/feed';
import { service } from '@kontor/receivables-contracts';
import {
  creditNotePublication,
  dunningPublication,
  invoicePublication,
  noticePublication,
  numberRangePublication,
} from './documents.publication.ts';
import { ledgerPublication } from './ledger.publication.ts';

// Each entry takes the data of its own event; here the type of an event is only known as text.
const table = {
  ...ledgerPublication,
  ...invoicePublication,
  ...creditNotePublication,
  ...numberRangePublication,
  ...dunningPublication,
  ...noticePublication,
} as unknown as { readonly [type: string]: ((data: unknown) => Contracted) | null | undefined };

export const receivablesPublication: Publication = {
  service,
  publish: ({ type, data }) => {
    const entry = table[type];
    if (entry === undefined) throw new TypeError(`${type} is no event of this service`);
    return entry?.(data);
  },
};
