import { type Checkpoint, lowestPosition } from './checkpoints.ts';
import { LogChanged, NotReached, PositionNotYetReached, UnknownService, UnknownStoredEvent } from './errors.ts';
import { CATCH_UP_ATTEMPTS } from './feed.config.ts';
import type { Feed, FeedBatch } from './feed.ts';
import { backOff } from './retry.ts';

export interface ConsumeOptions {
  readonly feed: Feed;
  readonly service: string;
  readonly follow: boolean;
  readonly batchSize?: number;
  readonly signal: AbortSignal;
  /** Where to go on: asked for at the start and after every fault, for a fault may have left the outcome unknown. */
  readonly checkpoint: () => Promise<Checkpoint>;
  /** Handles a batch in one transaction with its checkpoint and returns the new one. */
  readonly apply: (batch: FeedBatch, checkpoint: Checkpoint) => Promise<Checkpoint>;
  readonly progress: (batch: FeedBatch, checkpoint: Checkpoint) => void;
  /** At the head, asked before the next batch is: what happens until it resolves is handled together. */
  readonly gather?: () => Promise<void>;
  /** A fault that is tried again from the checkpoint, after a wait. */
  readonly retrying: (error: unknown) => void;
}

/**
 * Reads a service's feed from the checkpoint on and hands over its batches, one after the other, until aborted (or, without
 * `follow`, until the head). Faults are retried, each time from the checkpoint: without end by a follower, for some
 * seconds by who wants to reach the head, who is told by NotReached. What waiting cannot mend is thrown at once: LogChanged, PositionNotYetReached, UnknownService, UnknownStoredEvent.
 */
export async function consume(options: ConsumeOptions): Promise<void> {
  let failures = 0;
  while (!options.signal.aborted) {
    try {
      await readOnce(options, () => {
        failures = 0;
      });
      if (!options.follow) return;
    } catch (error) {
      if (options.signal.aborted) return;
      if (isHopeless(error)) throw error;
      failures += 1;
      options.retrying(error);
      if (!options.follow && failures >= CATCH_UP_ATTEMPTS)
        throw new NotReached(options.service, failures, { cause: error });
      await backOff(failures, options.signal);
    }
  }
}

function isHopeless(error: unknown): boolean {
  return (
    error instanceof LogChanged ||
    error instanceof PositionNotYetReached ||
    error instanceof UnknownService ||
    error instanceof UnknownStoredEvent
  );
}

async function readOnce(options: ConsumeOptions, succeeded: () => void): Promise<void> {
  const inner = new AbortController();
  const signal = AbortSignal.any([options.signal, inner.signal]);
  let checkpoint = await options.checkpoint();
  const batches = options.feed.read({
    service: options.service,
    after: lowestPosition(checkpoint),
    logId: checkpoint.logId,
    follow: options.follow,
    signal,
    ...(options.batchSize !== undefined && { batchSize: options.batchSize }),
  });
  const iterator = batches[Symbol.asyncIterator]();
  const ask = () => {
    const asked = iterator.next();
    // It may fail while the batch before is still being written. It is heard when it is waited for, and not as an error
    // that nobody handles, which would end the process.
    asked.catch(() => undefined);
    return asked;
  };
  // One batch is read while the one before is written: the database works on both at once, and memory stays bounded.
  let next = ask();
  try {
    for (;;) {
      const result = await next;
      if (result.done === true || signal.aborted) return;
      const gathers = options.gather !== undefined && result.value.caughtUp;
      if (!gathers) next = ask();
      checkpoint = await options.apply(result.value, checkpoint);
      succeeded();
      options.progress(result.value, checkpoint);
      if (!gathers) continue;
      await options.gather();
      next = ask();
    }
  } finally {
    inner.abort();
    await Promise.allSettled([next, iterator.return?.()]);
  }
}
