import { publicationOf } from '@kontor/feed';
import { service } from '@kontor/receivables-contracts';
import {
  creditNotePublication,
  dunningPublication,
  invoicePublication,
  noticePublication,
  numberRangePublication,
} from './documents.publication.ts';
import { ledgerPublication } from './ledger.publication.ts';

export const receivablesPublication = publicationOf(
  service,
  ledgerPublication,
  invoicePublication,
  creditNotePublication,
  numberRangePublication,
  dunningPublication,
  noticePublication,
);
