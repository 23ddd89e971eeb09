import { Feed, type FeedBatch, type FeedHead, type FeedOptions } from '@kontor/feed';

/** The history of every service: from the log where that is in this process, else from the process that has it. */
export class ReachedFeed extends Feed {
  constructor(
    private readonly here: readonly string[],
    private readonly log: Feed,
    private readonly elsewhere: Feed,
  ) {
    super();
  }

  read(options: FeedOptions): AsyncIterable<FeedBatch> {
    return this.of(options.service).read(options);
  }

  head(service: string): Promise<FeedHead> {
    return this.of(service).head(service);
  }

  private of(service: string): Feed {
    return this.here.includes(service) ? this.log : this.elsewhere;
  }
}
