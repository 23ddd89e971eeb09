import { Feed, type FeedBatch, type FeedHead, type FeedOptions } from './feed.ts';

/** A feed that ends at given positions, as if nothing had been recorded after them. */
export class FeedUpTo extends Feed {
  readonly #feed: Feed;
  readonly #positions: ReadonlyMap<string, bigint>;
  readonly #deadline: AbortSignal | undefined;

  constructor(feed: Feed, positions: ReadonlyMap<string, bigint>, deadline?: AbortSignal) {
    super();
    this.#feed = feed;
    this.#positions = positions;
    this.#deadline = deadline;
  }

  async *read(options: FeedOptions): AsyncIterable<FeedBatch> {
    const last = this.#positions.get(options.service) ?? 0n;
    if (options.after >= last) return;
    const signal = this.#deadline === undefined ? options.signal : AbortSignal.any([options.signal, this.#deadline]);
    for await (const batch of this.#feed.read({ ...options, follow: false, signal })) {
      if (batch.watermark.position < last) {
        yield batch;
        continue;
      }
      const events = batch.events.filter(({ position }) => BigInt(position) <= last);
      const { recordedAt } = batch.watermark;
      yield {
        ...batch,
        events,
        watermark: {
          position: last,
          recordedAt: batch.watermark.position === last ? recordedAt : (events.at(-1)?.recordedat ?? null),
        },
        caughtUp: true,
      };
      return;
    }
  }

  async head(service: string): Promise<FeedHead> {
    const head = await this.#feed.head(service);
    const last = this.#positions.get(service) ?? 0n;
    return head.position > last ? { ...head, position: last } : head;
  }
}
