import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { contracts } from '@kontor/accounts-contracts';
import {
  accountAggregate,
  erasureAggregate,
  importRunAggregate,
  numberClaimAggregate,
  numberRangeAggregate,
  opportunityAggregate,
  pipelineAggregate,
  staffAggregate,
} from '@kontor/accounts-domain';
import { publishedContracts, storedEvents } from '@kontor/testing/published-contracts';
import { accountsPublication } from './accounts.publication.ts';

const golden = (folder: string) => join(import.meta.dirname, '../../../../libs/accounts/domain/src', folder, 'golden');

describe('X-01: what accounts publishes', () => {
  publishedContracts(accountsPublication, contracts, {
    stored: [
      [golden('account'), accountAggregate],
      [golden('opportunity'), opportunityAggregate],
      [golden('pipeline'), pipelineAggregate],
      [golden('staff'), staffAggregate],
      [golden('number-range'), numberRangeAggregate],
      [golden('number-claim'), numberClaimAggregate],
      [golden('import-run'), importRunAggregate],
      [golden('erasure'), erasureAggregate],
    ],
    inside: ['AccountSourceNoted', 'OpportunitySourceNoted', 'NumbersReserved', 'NumberClaimed', 'ImportBegun'],
  });

  it('X-09: what a source said word for word is not published', () => {
    const events = [
      ...storedEvents(golden('account'), accountAggregate.codec),
      ...storedEvents(golden('opportunity'), opportunityAggregate.codec),
    ];
    expect(events.map((event) => JSON.stringify(event.data)).join()).toContain('content');
    expect(events.map((event) => JSON.stringify(accountsPublication.publish(event) ?? null)).join()).not.toContain(
      'content',
    );
  });
});
