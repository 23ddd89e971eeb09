import type { AllPage, EventStore } from '@kontor/event-store';
import type { CloudEvent } from '@kontor/kernel';
import { ContractReader, type LogSource } from './contract-reader.ts';
import { LogChanged, PositionNotYetReached } from './errors.ts';
import { FEED_BATCH_EVENTS, IDLE_WATERMARK_MS } from './feed.config.ts';
import type { FeedBatch, FeedOptions, Watermark } from './feed.ts';

export type LogReadOptions = Omit<FeedOptions, 'service'>;

/** Opened, that is checked: throws LogChanged, PositionNotYetReached and the store's NotAPosition before anything is given. */
export async function openLog(source: LogSource, options: LogReadOptions): Promise<AsyncIterable<FeedBatch>> {
  const { service } = source.publication;
  const head = await source.store.head();
  if (typeof options.logId === 'string' && options.logId !== head.logId)
    throw new LogChanged(service, options.logId, head.logId);
  if (options.after > head.position) throw new PositionNotYetReached(service, options.after, head.position);
  // Where positions have gaps only a read tells that nothing stands there, and the first one of the answer would be too late.
  if (options.after > 0n && options.after < head.position)
    await source.store.readAll({ after: options.after, limit: 1 });
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
  const reader = new ContractReader(source, logId, options.after);
  let atHead = false;
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
    atHead ||= options.follow && page.atHead;
    const events: CloudEvent[] = [];
    for (const stored of page.events) {
      const event = reader.read(stored, atHead);
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
  let next = new Pull(iterator.next());
  try {
    while (!signal.aborted) {
      const settled = await next.settles(IDLE_WATERMARK_MS);
      if (signal.aborted) return;
      if (!settled) {
        // Before the head was reached, silence is slowness: a watermark would claim what is not so.
        if (reachedHead) yield 'idle';
        continue;
      }
      const first = await next.result;
      if (first.done === true) return;
      reachedHead = first.value.caughtUp;
      yield { ...first.value, atHead: first.value.caughtUp };
      next = new Pull(iterator.next());
    }
  } finally {
    inner.abort();
    await Promise.allSettled([next.result, iterator.return?.()]);
  }
}

/**
 * Something asked for and waited for again and again. Not Promise.race with a timer's promise: each race would leave its
 * reaction at a promise that may take days, and an aborted timer costs an error with its stack for every page.
 */
class Pull<Result> {
  #settled = false;
  #wake: (() => void) | undefined;

  constructor(readonly result: Promise<Result>) {
    const settle = (): void => {
      this.#settled = true;
      this.#wake?.();
    };
    result.then(settle, settle);
  }

  /** False: not for so long. */
  settles(withinMs: number): Promise<boolean> {
    if (this.#settled) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#wake = undefined;
        resolve(false);
      }, withinMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
