import { setTimeout as delay } from 'node:timers/promises';
import type { AllPage, EventStore } from '@kontor/event-store';
import type { CloudEvent } from '@kontor/kernel';
import { ContractReader, type LogSource } from './contract-reader.ts';
import { LogChanged, PositionNotYetReached } from './errors.ts';
import { FEED_BATCH_EVENTS, IDLE_WATERMARK_MS } from './feed.config.ts';
import type { FeedBatch, FeedOptions, Watermark } from './feed.ts';

export type LogReadOptions = Omit<FeedOptions, 'service'>;

/** Opened, that is checked: throws LogChanged and PositionNotYetReached before anything is read. */
export async function openLog(source: LogSource, options: LogReadOptions): Promise<AsyncIterable<FeedBatch>> {
  const { service } = source.publication;
  const head = await source.store.head();
  if (typeof options.logId === 'string' && options.logId !== head.logId)
    throw new LogChanged(service, options.logId, head.logId);
  if (options.after > head.position) throw new PositionNotYetReached(service, options.after, head.position);
  const recordedAt = options.after === head.position ? head.recordedAt : null;
  return readLog(source, options, head.logId, recordedAt);
}

async function* readLog(
  source: LogSource,
  options: LogReadOptions,
  logId: string,
  recordedAtOfAfter: string | null,
): AsyncGenerator<FeedBatch> {
  const { service } = source.publication;
  const reader = new ContractReader(source, logId, options.after, options.follow);
  let watermark: Watermark = { position: options.after, recordedAt: recordedAtOfAfter };
  const pages = options.follow
    ? followedPages(source.store, options)
    : pagesToHead(source.store, options.after, options.batchSize ?? FEED_BATCH_EVENTS, options.signal);
  for await (const page of pages) {
    if (options.signal.aborted) return;
    if (page === 'idle') {
      yield { service, logId, events: [], watermark, caughtUp: true };
      continue;
    }
    const events: CloudEvent[] = [];
    for (const stored of page.events) {
      const event = reader.read(stored);
      if (event !== undefined) events.push(event);
    }
    watermark = { position: page.position, recordedAt: page.recordedAt ?? watermark.recordedAt };
    yield { service, logId, events, watermark, caughtUp: page.atHead };
  }
}

async function* pagesToHead(
  store: EventStore,
  after: bigint,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<AllPage> {
  let position = after;
  while (!signal.aborted) {
    const page = await store.readAll({ after: position, limit });
    yield page;
    if (page.atHead) return;
    position = page.position;
  }
}

/** The subscription's batches, and 'idle' whenever it had nothing to say for a second. */
async function* followedPages(store: EventStore, options: LogReadOptions): AsyncGenerator<AllPage | 'idle'> {
  // Leaving the loop in any way ends the subscription at once, even while it waits for the next event.
  const inner = new AbortController();
  const signal = AbortSignal.any([options.signal, inner.signal]);
  const batchSize = options.batchSize ?? FEED_BATCH_EVENTS;
  const iterator = store.subscribe({ after: options.after, batchSize, signal })[Symbol.asyncIterator]();
  let reachedHead = false;
  let next = iterator.next();
  try {
    while (!signal.aborted) {
      const idle = new AbortController();
      const first = await Promise.race([next, idleTick(AbortSignal.any([signal, idle.signal]))]);
      idle.abort();
      if (signal.aborted) return;
      if (first === 'idle') {
        // Before the head was reached, silence is slowness: a watermark would claim what is not so.
        if (reachedHead) yield 'idle';
        continue;
      }
      if (first.done === true) return;
      reachedHead = first.value.caughtUp;
      yield { ...first.value, atHead: first.value.caughtUp };
      next = iterator.next();
    }
  } finally {
    inner.abort();
    await Promise.allSettled([next, iterator.return?.()]);
  }
}

async function idleTick(signal: AbortSignal): Promise<'idle'> {
  await delay(IDLE_WATERMARK_MS, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return 'idle';
}
