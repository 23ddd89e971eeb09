import { expect, it, jest } from '@jest/globals';
import { PARTITIONS } from '@kontor/kernel';
import { FeedUnavailable } from './errors.ts';
import { CATCH_UP_ATTEMPTS } from './feed.config.ts';
import { Feed, type FeedBatch, type FeedHead } from './feed.ts';
import * as retry from './retry.ts';

jest.unstable_mockModule('./retry.ts', () => ({ ...retry, backOff: async () => Promise.resolve() }));
const { consume } = await import('./consume.ts');

class Silent extends Feed {
  override read(): AsyncIterable<FeedBatch> {
    throw new FeedUnavailable('notes', 'it went silent');
  }

  override head(): Promise<FeedHead> {
    return Promise.reject(new Error('nobody asks'));
  }
}

it('who wants to reach the head and cannot is told after some attempts, and each of them is reported', async () => {
  const retrying = jest.fn();
  const reached = consume({
    ...{ feed: new Silent(), service: 'notes', follow: false, signal: new AbortController().signal },
    checkpoint: async () =>
      Promise.resolve({ logId: null, positions: new Array<bigint>(PARTITIONS).fill(0n), recordedAt: null, epoch: '' }),
    apply: async (_batch, checkpoint) => Promise.resolve(checkpoint),
    progress: () => undefined,
    retrying,
  });
  await expect(reached).rejects.toMatchObject({
    name: 'NotReached',
    message: `the head of notes was not reached in ${CATCH_UP_ATTEMPTS} attempts; the last one: the feed of notes is not available: it went silent`,
    cause: { name: 'FeedUnavailable' },
  });
  expect(retrying).toHaveBeenCalledTimes(CATCH_UP_ATTEMPTS);
});
