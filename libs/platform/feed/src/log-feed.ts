import { knownTypes, type LogSource } from './contract-reader.ts';
import { UnknownService } from './errors.ts';
import { Feed, type FeedBatch, type FeedHead, type FeedOptions } from './feed.ts';
import { openLog } from './log-reader.ts';

/** The feed of the embedded platform: the log itself is the bus. It reads what the history route reads, in process. */
export class LogFeed extends Feed {
  readonly #sources: ReadonlyMap<string, LogSource>;

  constructor(sources: Iterable<LogSource>) {
    super();
    this.#sources = new Map(Array.from(sources, (source) => [source.publication.service, source]));
    // A codec that lacks an upcast is a mistake in the program: it is better met at the start than in the log.
    for (const { codecs } of this.#sources.values()) knownTypes(codecs);
  }

  async *read(options: FeedOptions): AsyncIterable<FeedBatch> {
    yield* await openLog(this.#sourceOf(options.service), options);
  }

  async head(service: string): Promise<FeedHead> {
    return this.#sourceOf(service).store.head();
  }

  #sourceOf(service: string): LogSource {
    const source = this.#sources.get(service);
    if (source === undefined) throw new UnknownService(service);
    return source;
  }
}
