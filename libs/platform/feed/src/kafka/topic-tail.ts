import { randomUUID } from 'node:crypto';
import { PARTITIONS } from '@kontor/kernel';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { backOff, errorText, pause } from '../retry.ts';
import { leave } from './client.ts';
import {
  CLOSE_WITHIN_MS,
  COMMIT_EVERY_MS,
  FETCH_WAIT_MS,
  HEARTBEAT_MS,
  REBALANCE_TIMEOUT_MS,
  REQUEST_RETRIES,
  SESSION_TIMEOUT_MS,
  SILENCE_MS,
  TAIL_EVENTS,
  TAIL_WAITING_EVENTS,
  WATCHDOG_MS,
} from './kafka.config.ts';
import { RecordReader } from './record-reader.ts';
import type { FeedRecord } from './records.ts';
import type { TailPage } from './tail-buffer.ts';
import type { TopicTailOptions } from './tail-types.ts';
import { TailWindow } from './tail-window.ts';
import { requireTopic } from './topics.ts';

/**
 * The end of one topic, held in memory for all consumers of this process. It begins at the head of the log, and whenever the
 * topic turns out to lack something (a predecessor that was never seen, another log, partitions taken away, silence) it
 * begins there anew: what lies between is for each consumer to read from history. So there is no state of a topic
 * that makes a gap, only states that make history work harder; each of them is reported.
 *
 * Why nothing is missed at the beginning: offsets are taken first and the head after them, so whatever lies below the
 * offsets is at or below the head.
 */
export class TopicTail {
  readonly #options: TopicTailOptions;
  readonly #group: string;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  readonly #window: TailWindow;
  readonly #reader: RecordReader;
  /** Ends the consumer that is running; set while there is one. */
  #giveUp: ((error: unknown) => void) | undefined;
  #lastSign = 0;
  #error: string | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  /** Logs whose remnants the topic holds. */
  readonly #strangers = new Set<string>();

  constructor(options: TopicTailOptions) {
    this.#options = options;
    // A group of its own: every process reads all partitions. The name is for monitoring.
    this.#group = options.group ?? `${options.topic}.reader.${randomUUID()}`;
    this.#window = new TailWindow(options.capacity ?? TAIL_EVENTS);
    this.#reader = new RecordReader(options, this.#abort.signal);
    this.#done = this.#keepRunning(this.#abort.signal);
  }

  get live(): boolean {
    return this.#window.buffer !== undefined;
  }

  /** How far this process has the topic; null while history serves. */
  get end(): bigint | null {
    return this.#window.buffer?.end ?? null;
  }

  /** What was last amiss; null since the topic serves. */
  get error(): string | null {
    return this.live ? null : this.#error;
  }

  /** What comes after a position, if it is here. */
  after(position: bigint, limit: number): TailPage | undefined {
    return this.#window.buffer?.after(position, limit);
  }

  /** Resolves at the next change, after this time, or when aborted: true for a change. */
  async change(withinMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#window.change(withinMs, signal);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#giveUp?.(new Error('closed'));
    await this.#done;
  }

  async #keepRunning(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const startedAt = performance.now();
      try {
        await this.#runOnce(signal);
      } catch (error) {
        if (!signal.aborted) {
          this.#error = errorText(error);
          this.#options.report({ kind: 'down', topic: this.#options.topic, error });
        }
      }
      this.#window.begin(undefined);
      // One that worked for a while starts the count anew.
      failures = performance.now() - startedAt > SESSION_TIMEOUT_MS ? 1 : failures + 1;
      await backOff(failures, signal);
    }
  }

  /** One consumer from its start to its end, which is always an error or the abort. */
  async #runOnce(signal: AbortSignal): Promise<void> {
    const ended = new Promise<never>((_resolve, reject) => {
      this.#giveUp = reject;
    });
    // Heard below, unless starting fails first.
    ended.catch(() => undefined);
    const consumer = this.#options.kafka.consumer({
      groupId: this.#group,
      sessionTimeout: this.#options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { retries: REQUEST_RETRIES, restartOnFailure: async () => false },
    });
    const stopped = new AbortController();
    const starting = this.#start(consumer, stopped.signal);
    try {
      await Promise.race([ended, starting]);
      await Promise.race([ended, this.#watch(AbortSignal.any([signal, stopped.signal]))]);
    } finally {
      this.#giveUp = undefined;
      stopped.abort();
      // A start that is still under way would run on behind a goodbye that came too early.
      const goodbye = starting.catch(() => undefined).then(() => consumer.disconnect());
      await leave(goodbye, CLOSE_WITHIN_MS);
      if (signal.aborted && this.#options.group === undefined) await this.#removeGroup();
    }
  }

  async #start(consumer: Consumer, stopped: AbortSignal): Promise<void> {
    const { topic } = this.#options;
    const ends = await this.#ends();
    const { CRASH, GROUP_JOIN, HEARTBEAT, FETCH, REBALANCING } = consumer.events;
    // kafkajs leaves a live process without a consumer behind after an error that it does not retry.
    consumer.on(CRASH, ({ payload }) => this.#giveUp?.(payload.error));
    for (const sign of [HEARTBEAT, FETCH] as const)
      consumer.on(sign, () => {
        this.#lastSign = performance.now();
      });
    consumer.on(REBALANCING, () => {
      this.#window.begin(undefined);
    });
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#lastSign = performance.now();
      const assigned = payload.memberAssignment[topic]?.length ?? 0;
      void this.#inTurn(() => this.#assigned(assigned));
    });
    this.#lastSign = performance.now();
    stopped.throwIfAborted();
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: false });
    stopped.throwIfAborted();
    await consumer.run({
      autoCommit: true,
      autoCommitInterval: COMMIT_EVERY_MS,
      // Otherwise the last offset of a batch counts as handled, whatever became of the batch.
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: (payload) => this.#inTurn(() => this.#handle(payload)),
    });
    // The offsets that were taken before the head. What a fetch brings before this takes effect begins behind a hole or is
    // repeated, and either is noticed. (The admin client could set them for the group, but takes five seconds for it.)
    for (const { partition, high } of ends) consumer.seek({ topic, partition, offset: high });
  }

  async #ends(): Promise<readonly { readonly partition: number; readonly high: string }[]> {
    const { topic, kafka } = this.#options;
    const admin = kafka.admin();
    try {
      await admin.connect();
      await requireTopic(admin, topic);
      return await admin.fetchTopicOffsets(topic);
    } finally {
      await leave(admin.disconnect(), CLOSE_WITHIN_MS);
    }
  }

  async #assigned(count: number): Promise<void> {
    if (count === PARTITIONS) return this.#beginAtHead();
    this.#window.begin(undefined);
    this.#options.report({
      kind: 'back-to-history',
      topic: this.#options.topic,
      error: new Error(`the group gave ${count} of ${PARTITIONS} partitions`),
    });
    return undefined;
  }

  /** Never throws: kafkajs would repeat the batch without end and hold up every partition meanwhile. */
  async #handle({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    this.#lastSign = performance.now();
    for (const message of batch.messages) {
      if (!isRunning() || isStale() || this.#abort.signal.aborted) return;
      const record = await this.#reader.read(batch.partition, message);
      if (record !== undefined) await this.#take(batch.partition, record);
      resolveOffset(message.offset);
    }
    this.#window.release();
    if (this.#window.waiting > TAIL_WAITING_EVENTS)
      await this.#backToHistory(`more than ${TAIL_WAITING_EVENTS} events wait for other partitions`);
    await heartbeat();
  }

  async #take(partition: number, record: FeedRecord): Promise<void> {
    const taken = this.#window.take(partition, record);
    if (taken === 'hole')
      await this.#backToHistory(`partition ${partition} lacks the record before ${positionOf(record)}`);
    if (taken === 'foreign') await this.#meet(logIdOf(record));
  }

  /** A record of another log: either that log has taken the place of ours, or it is a remnant of an earlier one. */
  async #meet(logId: string): Promise<void> {
    if (this.#strangers.has(logId)) return;
    await this.#backToHistory(`the topic holds records of the log ${logId}`);
    if (this.#window.buffer?.logId !== logId) this.#strangers.add(logId);
  }

  async #backToHistory(reason: string): Promise<void> {
    this.#options.report({ kind: 'back-to-history', topic: this.#options.topic, error: new Error(reason) });
    await this.#beginAtHead();
  }

  async #beginAtHead(): Promise<void> {
    try {
      this.#window.begin(await this.#options.history.head(this.#options.service));
    } catch (error) {
      this.#window.begin(undefined);
      this.#giveUp?.(error);
    }
  }

  /** Progress, or an end: a consumer that is alive and brings nothing is the one thing that must not happen. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { history, service, watchdogMs = WATCHDOG_MS, silenceMs = SILENCE_MS } = this.#options;
    let headBefore: bigint | undefined;
    let roundsBehind = 0;
    while (!signal.aborted) {
      await pause(watchdogMs, signal);
      if (signal.aborted) return;
      if (performance.now() - this.#lastSign > silenceMs)
        throw new Error(`the consumer was silent for ${silenceMs} ms`);
      const { buffer } = this.#window;
      // No head, no comparison: readers meet the same fault and say so.
      const head = await history.head(service).catch(() => undefined);
      if (head === undefined || buffer === undefined || buffer !== this.#window.buffer) continue;
      if (head.logId !== buffer.logId) await this.#inTurn(() => this.#backToHistory('the log has changed'));
      else if (headBefore !== undefined && buffer.end < headBefore) {
        roundsBehind += 1;
        if (roundsBehind > 2) throw new Error(`the topic brought nothing for ${roundsBehind} rounds`);
        await this.#inTurn(() => this.#backToHistory(`the topic ends at ${buffer.end}, the log at ${head.position}`));
      } else roundsBehind = 0;
      headBefore = head.position;
    }
  }

  async #removeGroup(): Promise<void> {
    const admin = this.#options.kafka.admin();
    const remove = async () => {
      await admin.connect();
      await admin.deleteGroups([this.#group]);
    };
    // Brokers forget empty groups by themselves after a week.
    await leave(remove(), CLOSE_WITHIN_MS);
    await leave(admin.disconnect(), CLOSE_WITHIN_MS);
  }

  /** A batch, a rebalance and the watchdog take turns: each leaves the window fitting the topic. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch((error: unknown) => {
      this.#giveUp?.(error);
    });
    await this.#turn;
  }
}

function positionOf(record: FeedRecord): string {
  return record.kind === 'event' ? record.event.position : `the watermark ${record.watermark.position}`;
}

function logIdOf(record: FeedRecord): string {
  return record.kind === 'event' ? record.event.logid : record.watermark.logId;
}
