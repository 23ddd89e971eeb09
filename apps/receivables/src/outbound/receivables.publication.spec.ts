import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { contracts } from '@kontor/receivables-contracts';
import {
  creditNoteAggregate,
  dunningCalendarAggregate,
  dunningPolicyAggregate,
  invoiceAggregate,
  ledgerAggregate,
  noticeAggregate,
  numberRangeAggregate,
} from '@kontor/receivables-domain';
import { publishedContracts, storedEvents } from '@kontor/testing/published-contracts';
import { receivablesPublication } from './receivables.publication.ts';

const golden = (folder: string) =>
  join(import.meta.dirname, '../../../../libs/receivables/domain/src', folder, 'golden');

describe('X-01: what receivables publish', () => {
  publishedContracts(receivablesPublication, contracts, {
    stored: [
      [golden('ledger'), ledgerAggregate],
      [golden('invoice'), invoiceAggregate],
      [golden('credit-note'), creditNoteAggregate],
      [golden('number-range'), numberRangeAggregate],
      [golden('dunning-policy'), dunningPolicyAggregate],
      [golden('dunning-calendar'), dunningCalendarAggregate],
      [golden('notice'), noticeAggregate],
    ],
    inside: ['InvoiceSourceNoted', 'EntryRefused', 'DunningRunBegun', 'DunningRunFinished', 'NoticeDispatchBegun'],
  });

  it('X-08: the text of a notice is not published, its hash is', () => {
    const rendered = storedEvents(golden('notice'), noticeAggregate.codec).find(
      ({ type }) => type === 'NoticeRendered',
    );
    const published = rendered === undefined ? undefined : receivablesPublication.publish(rendered);
    expect(Object.keys(published?.data as object)).not.toContain('content');
    expect(Object.keys(published?.data as object)).toContain('contentHash');
  });
});
