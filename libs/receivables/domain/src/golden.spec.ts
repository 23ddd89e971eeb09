import { join } from 'node:path';
import { describe } from '@jest/globals';
import { goldenFiles } from '@kontor/testing/pure';
import { creditNoteAggregate } from './credit-note/credit-note.codec.ts';
import { dunningCalendarAggregate } from './dunning-calendar/dunning-calendar.codec.ts';
import { dunningPolicyAggregate } from './dunning-policy/dunning-policy.codec.ts';
import { invoiceAggregate } from './invoice/invoice.codec.ts';
import { ledgerAggregate } from './ledger/ledger.codec.ts';
import { noticeAggregate } from './notice/notice.codec.ts';
import { numberRangeAggregate } from './number-range/number-range.codec.ts';

const golden = (folder: string) => join(import.meta.dirname, folder, 'golden');

describe('X-01, X-03: fault row 15: the stored events of receivables stay readable', () => {
  goldenFiles(golden('ledger'), [ledgerAggregate]);
  goldenFiles(golden('invoice'), [invoiceAggregate]);
  goldenFiles(golden('credit-note'), [creditNoteAggregate]);
  goldenFiles(golden('number-range'), [numberRangeAggregate]);
  goldenFiles(golden('dunning-policy'), [dunningPolicyAggregate]);
  goldenFiles(golden('dunning-calendar'), [dunningCalendarAggregate]);
  goldenFiles(golden('notice'), [noticeAggregate]);
});
