import { join } from 'node:path';
import { describe } from '@jest/globals';
import { goldenFiles } from '@kontor/testing/pure';
import { installationAggregate } from './installation.decider.ts';
import { subscriptionAggregate } from './subscription.decider.ts';

describe('X-01, X-03: fault row 15: what administrators did stays readable', () => {
  goldenFiles(join(import.meta.dirname, 'golden'), [installationAggregate, subscriptionAggregate]);
});
