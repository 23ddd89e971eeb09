import { setImmediate as turn } from 'node:timers/promises';
import { PARTITIONS } from '@kontor/kernel';
import type { Checkpoint } from './checkpoints.ts';
import { consume } from './consume.ts';
import { Feed, type FeedBatch, type FeedHead } from './feed.ts';

const LOG_ID = '6f1f7a0e-3c1c-4b6e-9a53-0c8f0a9f9d11';

function batchAt(position: bigint): FeedBatch {
  return {
    ...{ service: 'notes', logId: LOG_ID, events: [], caughtUp: false },
    watermark: { position, recordedAt: null },
  };
}

/** Gives one batch, and fails at once when it is asked for the next; the second time it gives both. */
class FailingOnce extends Feed {
  failed = false;

  override async *read(): AsyncGenerator<FeedBatch> {
    yield batchAt(1n);
    if (!this.failed) {
      this.failed = true;
      throw new Error('the feed is not available');
    }
    yield batchAt(2n);
  }

  override head(): Promise<FeedHead> {
    return Promise.reject(new Error('nobody asks'));
  }
}

/**
 * A process of its own, because an error that nobody hears ends a process: consumes a feed whose second batch fails while the
 * first is still being written. Prints what was handled, and how often it was tried again.
 */
const handled: bigint[] = [];
let retried = 0;
let checkpoint: Checkpoint = {
  ...{ logId: null, recordedAt: null, epoch: '' },
  positions: Array.from({ length: PARTITIONS }, () => 0n),
};
await consume({
  ...{ feed: new FailingOnce(), service: 'notes', follow: false },
  signal: new AbortController().signal,
  checkpoint: () => Promise.resolve(checkpoint),
  async apply({ watermark }) {
    // Longer than the next batch takes to fail.
    for (let round = 0; round < 10; round += 1) await turn();
    handled.push(watermark.position);
    checkpoint = { ...checkpoint, positions: checkpoint.positions.map(() => watermark.position) };
    return checkpoint;
  },
  progress: () => undefined,
  retrying: () => {
    retried += 1;
  },
});
console.log(`handled ${handled.join()}, retried ${retried}`);
