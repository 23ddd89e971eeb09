import { StoreTimeout, StoreUnavailable } from '../errors.ts';
import type { AllPage, SubscribeOptions, SubscriptionBatch } from '../event-store.ts';
import { pause, unlessAborted, type LogSignal } from './log-signal.ts';
import type { StoreLimits } from './store.config.ts';
import type { Tail } from './tail.ts';

/**
 * Pulled: a page is read when the one before has been taken. Says `caughtUp` with the page that reached the head, and is
 * silent then until the log has grown. A store that is away is waited for; every other error is the consumer's to see.
 */
export async function* subscription(
  tail: Pick<Tail, 'page'>,
  /** The store is closing. */
  stopping: AbortSignal,
  log: Pick<LogSignal, 'above' | 'use'>,
  limits: Pick<StoreLimits, 'maxPageEvents' | 'minReconnectDelayMs' | 'maxReconnectDelayMs'>,
  { after, filter, batchSize, signal }: SubscribeOptions,
): AsyncGenerator<SubscriptionBatch, void, undefined> {
  const stopUsing = log.use();
  let position = after;
  let saidCaughtUp = false;
  let delayMs = limits.minReconnectDelayMs;
  try {
    while (!signal.aborted) {
      const page = await unlessAborted(
        available(
          tail.page({ after: position, limit: batchSize ?? limits.maxPageEvents, ...(filter && { filter }) }, stopping),
        ),
        signal,
      );
      // Aborted, and perhaps in the middle of a read: that one is nobody's any more.
      if (page === undefined || isAborted(signal)) return;
      if (page === 'away') {
        await pause(delayMs, signal);
        delayMs = Math.min(delayMs * 2, limits.maxReconnectDelayMs);
        continue;
      }
      delayMs = limits.minReconnectDelayMs;
      const moved = page.position > position;
      position = page.position;
      if (moved || (page.atHead && !saidCaughtUp)) {
        saidCaughtUp = page.atHead;
        yield { ...page, caughtUp: page.atHead };
      }
      if (page.atHead) await log.above(position, signal);
    }
  } finally {
    stopUsing();
  }
}

async function available(read: Promise<AllPage>): Promise<AllPage | 'away'> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof StoreUnavailable || error instanceof StoreTimeout) return 'away';
    throw error;
  }
}

/** Asked through a function: between two awaits the compiler would not believe that it changed. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
