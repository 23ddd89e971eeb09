import { join } from 'node:path';
import { describe } from '@jest/globals';
import { goldenFiles } from '@kontor/testing/pure';
import { accountAggregate } from './account/account.codec.ts';
import { erasureAggregate } from './erasure/erasure.decider.ts';
import { importRunAggregate } from './import-run/import-run.decider.ts';
import { numberClaimAggregate } from './number-claim/number-claim.decider.ts';
import { numberRangeAggregate } from './number-range/number-range.decider.ts';
import { opportunityAggregate } from './opportunity/opportunity.codec.ts';
import { pipelineAggregate } from './pipeline/pipeline.decider.ts';
import { staffAggregate } from './staff/staff.codec.ts';

const golden = (folder: string) => join(import.meta.dirname, folder, 'golden');

describe('X-01, X-03: fault row 15: the stored events of accounts stay readable', () => {
  goldenFiles(golden('account'), [accountAggregate]);
  goldenFiles(golden('opportunity'), [opportunityAggregate]);
  goldenFiles(golden('pipeline'), [pipelineAggregate]);
  goldenFiles(golden('staff'), [staffAggregate]);
  goldenFiles(golden('number-range'), [numberRangeAggregate]);
  goldenFiles(golden('number-claim'), [numberClaimAggregate]);
  goldenFiles(golden('import-run'), [importRunAggregate]);
  goldenFiles(golden('erasure'), [erasureAggregate]);
});
