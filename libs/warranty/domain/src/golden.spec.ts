import { join } from 'node:path';
import { describe } from '@jest/globals';
import { goldenFiles } from '@kontor/testing/pure';
import { claimAggregate } from './claim/claim.decider.ts';
import { unitAggregate } from './unit/unit.decider.ts';
import { warrantyTermAggregate } from './warranty-term/warranty-term.decider.ts';

const golden = (folder: string) => join(import.meta.dirname, folder, 'golden');

describe('X-01, X-03: fault row 15: the stored events of warranty stay readable', () => {
  goldenFiles(golden('unit'), [unitAggregate]);
  goldenFiles(golden('warranty-term'), [warrantyTermAggregate]);
  goldenFiles(golden('claim'), [claimAggregate]);
});
