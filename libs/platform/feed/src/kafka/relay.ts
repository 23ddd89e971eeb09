import { PARTITIONS } from '@kontor/kernel';
import type { Kafka, Message } from 'kafkajs';
import type pg from 'pg';
import type { Checkpoint } from '../checkpoints.ts';
import { consume } from '../consume.ts';
import type { Feed, FeedBatch } from '../feed.ts';
import { backOff, errorText, pause, sqlState } from '../retry.ts';
import { inTransaction } from '../transaction.ts';
import type { Watch } from '../watch.ts';
import { connectKafka, type KafkaConnection, leave } from './client.ts';
import {
  CLOSE_WITHIN_MS,
  RELAY_BATCH_EVENTS,
  RELAY_STANDBY_MS,
  WATERMARK_BURST,
  WATERMARK_EVERY_MS,
} from './kafka.config.ts';
import { toRecord, toWatermark } from './records.ts';
import { RelayCheckpoint, type RelayPosition } from './relay-checkpoint.ts';
import { lockRelay } from './relay-lock.ts';
import { TopicWriter } from './topic-writer.ts';
import { ensureTopic, PartitionsDiffer, topicOf } from './topics.ts';
import { WatermarkPace } from './watermark-pace.ts';

export interface RelayNotice {
  /** retrying: tried again from the checkpoint; failed: waiting does not mend it, the relay has ended. */
  readonly kind: 'retrying' | 'failed';
  readonly topic: string;
  readonly error: unknown;
}

export interface KafkaRelayOptions {
  readonly kafka: KafkaConnection;
  readonly service: string;
  /** The service's own log, as contracts. */
  readonly feed: Feed;
  readonly pool: pg.Pool;
  /** Where the checkpoint lies: `<service>_relay`. */
  readonly schema?: string;
  readonly topicPrefix?: string;
  readonly replicationFactor?: number;
  readonly batchSize?: number;
  readonly watermarkEveryMs?: number;
  readonly watermarkBurst?: number;
  readonly sendTimeoutMs?: number;
  /** Stands around the sending of events. */
  readonly watch?: Watch;
  readonly report?: (notice: RelayNotice) => void;
}

export interface RelayStatus {
  readonly topic: string;
  readonly state: 'stopped' | 'standing-by' | 'running' | 'retrying' | 'failed';
  readonly error: string | null;
  readonly position: bigint;
  readonly recordedAt: string | null;
  /** Events that this process has brought, repetitions included. */
  readonly relayed: number;
}

/**
 * Brings a service's publications to its topic: in the order of the log, each stretch acknowledged by all replicas before
 * the checkpoint in PostgreSQL moves. A relay that is killed in between sends a stretch again, byte for byte; what comes
 * for the first time comes in rising positions, and that is all that consumers rely on.
 */
export class KafkaRelay {
  readonly topic: string;
  readonly #options: KafkaRelayOptions;
  readonly #kafka: Kafka;
  readonly #checkpoint: RelayCheckpoint;
  readonly #writer: TopicWriter;
  readonly #pace: WatermarkPace;
  #state: RelayStatus['state'] = 'stopped';
  #error: string | null = null;
  #relayed = 0;
  #at: RelayPosition | undefined;
  #watermarked: bigint | undefined;
  #trailing: NodeJS.Timeout | undefined;
  #sendingTrailing: Promise<void> = Promise.resolve();
  #running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  constructor(options: KafkaRelayOptions) {
    this.topic = topicOf(options.service, options.topicPrefix);
    this.#options = options;
    this.#kafka = connectKafka(options.kafka);
    this.#checkpoint = new RelayCheckpoint(options.schema ?? `${options.service}_relay`, this.topic);
    this.#writer = new TopicWriter(this.#kafka, this.topic, options.sendTimeoutMs);
    const { watermarkEveryMs = WATERMARK_EVERY_MS, watermarkBurst = WATERMARK_BURST } = options;
    this.#pace = new WatermarkPace(watermarkEveryMs, watermarkBurst, performance.now());
  }

  /** Makes checkpoint and topic. Idempotent. Throws PartitionsDiffer for a topic that was made with another count. */
  async prepare(): Promise<void> {
    await inTransaction(this.#options.pool, 'begin', (client) => this.#checkpoint.prepare(client));
    await this.#prepareTopic();
  }

  /**
   * Relays until `stop`, as soon as no other process does. Throws PartitionsDiffer; brokers that do not answer yet are
   * waited for.
   */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    try {
      await this.prepare();
    } catch (error) {
      if (error instanceof PartitionsDiffer || sqlState(error) !== undefined) throw error;
      this.#retrying(error);
    }
    const abort = new AbortController();
    this.#running = { abort, done: this.#keepRunning(abort.signal) };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.abort.abort();
    await running?.done;
    clearTimeout(this.#trailing);
    await this.#sendingTrailing;
    await this.#writer.close();
  }

  async status(): Promise<RelayStatus> {
    const { position, recordedAt } = await this.#checkpoint.read(this.#options.pool);
    return {
      ...{ topic: this.topic, state: this.#state, error: this.#error },
      ...{ position, recordedAt, relayed: this.#relayed },
    };
  }

  async #keepRunning(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const lock = await lockRelay(this.#options.pool, this.topic);
        if (lock === undefined) {
          failures = 0;
          this.#state = 'standing-by';
          await pause(RELAY_STANDBY_MS, signal);
          continue;
        }
        try {
          // A topic that somebody has removed in the meantime is made again.
          await this.#prepareTopic();
          failures = 0;
          await this.#relay(AbortSignal.any([signal, lock.lost]));
        } finally {
          await lock.release();
        }
      } catch (error) {
        failures += 1;
        this.#retrying(error);
        await backOff(failures, signal);
      }
      if (this.#state === 'failed') return;
    }
    this.#state = 'stopped';
  }

  async #prepareTopic(): Promise<void> {
    const admin = this.#kafka.admin();
    try {
      await admin.connect();
      await ensureTopic(admin, this.topic, this.#options.replicationFactor ?? 1);
    } finally {
      await leave(admin.disconnect(), CLOSE_WITHIN_MS);
    }
  }

  async #relay(signal: AbortSignal): Promise<void> {
    const { feed, service, batchSize = RELAY_BATCH_EVENTS } = this.#options;
    try {
      await consume({
        feed,
        service,
        follow: true,
        batchSize,
        signal,
        checkpoint: async () => {
          clearTimeout(this.#trailing);
          await this.#sendingTrailing;
          this.#at = await this.#checkpoint.read(this.#options.pool);
          this.#state = 'running';
          return asCheckpoint(this.#at);
        },
        apply: async (batch) => asCheckpoint(await this.#send(batch)),
        progress: () => {
          this.#state = 'running';
          this.#error = null;
        },
        retrying: (error) => {
          this.#retrying(error);
        },
      });
    } catch (error) {
      this.#state = 'failed';
      this.#error = errorText(error);
      this.#options.report?.({ kind: 'failed', topic: this.topic, error });
    }
  }

  async #send(batch: FeedBatch): Promise<RelayPosition> {
    clearTimeout(this.#trailing);
    // A watermark that its timer is sending right now goes first.
    await this.#sendingTrailing;
    const from = this.#at as RelayPosition;
    const previous = [...from.previous];
    const messages = batch.events.map((event): Message => {
      // The feed knows what was read, the checkpoint what lies in the topic.
      const record = toRecord({ ...event, previousposition: previous[event.partition] as string });
      previous[event.partition] = event.position;
      return record;
    });
    const { position } = batch.watermark;
    const to = { logId: batch.logId, position, recordedAt: batch.watermark.recordedAt ?? from.recordedAt, previous };
    const dueInMs = this.#watermarkDueInMs(position);
    const send = () => this.#writer.send(dueInMs <= 0 ? [...messages, ...this.#watermarks(to)] : messages);
    const { watch } = this.#options;
    if (watch === undefined || messages.length === 0) await send();
    else await watch({ consumer: this.topic, events: batch.events }, send);
    this.#relayed += messages.length;
    if (dueInMs <= 0) this.#noteWatermark(position);
    if (position > from.position || from.logId !== batch.logId)
      this.#at = await this.#checkpoint.advance(this.#options.pool, from, batch.logId, batch.watermark, previous);
    if (dueInMs > 0 && dueInMs < Number.POSITIVE_INFINITY) this.#sendWatermarkIn(dueInMs, to);
    return this.#at as RelayPosition;
  }

  /** When the position moved, as the pace allows; infinite where it did not: an idle log costs nothing. */
  #watermarkDueInMs(position: bigint): number {
    return position === this.#watermarked ? Number.POSITIVE_INFINITY : this.#pace.dueInMs(performance.now());
  }

  /** What was held back is sent as soon as it may be, unless a batch comes first. */
  #sendWatermarkIn(ms: number, at: RelayPosition): void {
    this.#trailing = setTimeout(() => {
      this.#sendingTrailing = (async () => {
        try {
          await this.#writer.send(this.#watermarks(at));
          this.#noteWatermark(at.position);
        } catch (error) {
          // The next batch brings it; a feed that idles gives one each second.
          this.#retrying(error);
        }
      })();
    }, ms);
  }

  #watermarks({ logId, position, previous, recordedAt }: RelayPosition): Message[] {
    return previous.map((last, partition) =>
      toWatermark(this.#options.service, partition, {
        logId: String(logId),
        position: String(position),
        previous: last,
        recordedAt,
      }),
    );
  }

  #noteWatermark(position: bigint): void {
    this.#watermarked = position;
    this.#pace.note(performance.now());
  }

  #retrying(error: unknown): void {
    this.#state = 'retrying';
    this.#error = errorText(error);
    this.#options.report?.({ kind: 'retrying', topic: this.topic, error });
  }
}

function asCheckpoint({ logId, position, recordedAt }: RelayPosition): Checkpoint {
  return { logId, recordedAt, epoch: '', positions: Array.from({ length: PARTITIONS }, () => position) };
}
