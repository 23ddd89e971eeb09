import { Feed, type FeedBatch, type FeedHead, type FeedOptions } from './feed.ts';

/** What a service hears: itself from its own log, at once, and the others over the transport between services. */
export class OwnLogFeed extends Feed {
  readonly #service: string;
  readonly #own: Feed;
  readonly #others: Feed;

  constructor(service: string, own: Feed, others: Feed) {
    super();
    this.#service = service;
    this.#own = own;
    this.#others = others;
  }

  read(options: FeedOptions): AsyncIterable<FeedBatch> {
    return this.#feedOf(options.service).read(options);
  }

  async head(service: string): Promise<FeedHead> {
    return this.#feedOf(service).head(service);
  }

  #feedOf(service: string): Feed {
    return service === this.#service ? this.#own : this.#others;
  }
}
