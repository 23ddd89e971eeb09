import type { Kafka } from 'kafkajs';
import { FEED_BATCH_EVENTS, IDLE_WATERMARK_MS } from '../feed.config.ts';
import { Feed, type FeedBatch, type FeedHead, type FeedOptions, type Watermark } from '../feed.ts';
import { connectKafka, type KafkaConnection } from './client.ts';
import type { KafkaDeadLetters } from './dead-letters.ts';
import type { TailNotice, TopicTailOptions } from './tail-types.ts';
import { TopicTail } from './topic-tail.ts';
import { topicOf } from './topics.ts';

export interface KafkaFeedOptions {
  readonly kafka: KafkaConnection;
  /** Where everything begins, and where every consumer returns to that the topic cannot serve. */
  readonly history: Feed;
  readonly topicPrefix?: string;
  /** The consumer group of a service's topic; without it, one for each process. */
  readonly group?: (service: string) => string;
  readonly deadLetters?: KafkaDeadLetters;
  readonly report?: (notice: TailNotice) => void;
  readonly tail?: Pick<TopicTailOptions, 'watchdogMs' | 'silenceMs' | 'sessionTimeoutMs' | 'capacity'>;
}

export interface TailStatus {
  readonly service: string;
  readonly topic: string;
  /** Whether the topic serves consumers here; otherwise history does. */
  readonly live: boolean;
  readonly end: bigint | null;
  readonly error: string | null;
  /** Of the log; null while nobody can say. */
  readonly head: FeedHead | null;
}

/**
 * The feed over Kafka. A consumer reads history from its checkpoint until it meets the topic's tail, which this process
 * holds once for all its consumers, and goes on there: the same events in the same order, handed over by position. Whoever
 * only wants to reach the head reads history alone.
 *
 * `caughtUp` says that the topic's end was reached; how far that is behind the log, `head` tells.
 */
export class KafkaFeed extends Feed {
  readonly #options: KafkaFeedOptions;
  readonly #kafka: Kafka;
  readonly #tails = new Map<string, TopicTail>();

  constructor(options: KafkaFeedOptions) {
    super();
    this.#options = options;
    this.#kafka = connectKafka(options.kafka);
  }

  async *read(options: FeedOptions): AsyncIterable<FeedBatch> {
    if (options.follow) yield* this.#follow(options, this.#tailOf(options.service));
    else yield* this.#options.history.read(options);
  }

  async head(service: string): Promise<FeedHead> {
    return this.#options.history.head(service);
  }

  /** True while the service's topic serves this process, false while history does. */
  live(service: string): boolean {
    return this.#tails.get(service)?.live ?? false;
  }

  /** The topics that this process reads, each once for all its consumers. */
  async tails(): Promise<readonly TailStatus[]> {
    return Promise.all(
      Array.from(this.#tails, async ([service, { live, end, error }]) => {
        const head = await this.head(service).catch(() => null);
        return { service, topic: topicOf(service, this.#options.topicPrefix), live, end, error, head };
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#tails.values()].map((tail) => tail.close()));
    this.#tails.clear();
  }

  async *#follow(options: FeedOptions, tail: TopicTail): AsyncGenerator<FeedBatch> {
    const { service, signal, batchSize = FEED_BATCH_EVENTS } = options;
    let logId = options.logId ?? null;
    let at: Watermark = { position: options.after, recordedAt: null };
    let silent = true;
    // An idle watermark claims that nothing came: it is given after a wait and another look, never instead of one.
    let waited = false;
    const batch = (events: FeedBatch['events'], watermark: Watermark, caughtUp: boolean): FeedBatch => {
      silent = false;
      waited = false;
      at = { position: watermark.position, recordedAt: watermark.recordedAt ?? at.recordedAt };
      return { service, logId: String(logId), events, watermark: at, caughtUp };
    };
    while (!signal.aborted) {
      const before = at.position;
      const page = tail.after(at.position, batchSize);
      // A position beyond the topic's end is waited for, but only after history has said that it exists.
      if (page !== undefined && !(page.ahead && silent) && (logId ?? page.logId) === page.logId) {
        logId = page.logId;
        if (silent || page.position > at.position) {
          yield batch(page.events, page, page.atEnd);
          continue;
        }
      } else {
        // Opened anew each time: it is history that knows a changed log and a position that does not exist yet.
        for await (const past of this.#options.history.read({ ...options, after: at.position, logId, follow: false })) {
          logId = past.logId;
          if (silent || past.watermark.position > at.position) yield batch(past.events, past.watermark, past.caughtUp);
          if (signal.aborted) return;
        }
        if (at.position > before) continue;
      }
      if (waited) yield batch([], at, true);
      waited = !(await tail.change(IDLE_WATERMARK_MS, signal));
    }
  }

  #tailOf(service: string): TopicTail {
    let tail = this.#tails.get(service);
    if (tail === undefined) {
      const { topicPrefix, group, history, deadLetters, report } = this.#options;
      tail = new TopicTail({
        kafka: this.#kafka,
        topic: topicOf(service, topicPrefix),
        service,
        history,
        report: (notice) => report?.(notice),
        ...(group !== undefined && { group: group(service) }),
        ...(deadLetters !== undefined && { deadLetters }),
        ...this.#options.tail,
      });
      this.#tails.set(service, tail);
    }
    return tail;
  }
}
