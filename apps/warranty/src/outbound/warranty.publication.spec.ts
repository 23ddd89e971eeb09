import { join } from 'node:path';
import { describe } from '@jest/globals';
import { contracts } from '@kontor/warranty-contracts';
import { claimAggregate, unitAggregate, warrantyTermAggregate } from '@kontor/warranty-domain';
import { publishedContracts } from '@kontor/testing/published-contracts';
import { warrantyPublication } from './warranty.publication.ts';

const golden = (folder: string) => join(import.meta.dirname, '../../../../libs/warranty/domain/src', folder, 'golden');

describe('X-01: what after-sales publishes', () => {
  publishedContracts(warrantyPublication, contracts, {
    stored: [
      [golden('unit'), unitAggregate],
      [golden('warranty-term'), warrantyTermAggregate],
      [golden('claim'), claimAggregate],
    ],
    inside: ['CoverUsed'],
  });
});
