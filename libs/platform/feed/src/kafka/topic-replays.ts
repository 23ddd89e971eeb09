import { randomUUID } from 'node:crypto';
import { PARTITIONS } from '@kontor/kernel';
import type { Kafka, Message } from 'kafkajs';
import type pg from 'pg';
import { consume } from '../consume.ts';
import { LogChanged, PositionNotYetReached, UnknownStoredEvent } from '../errors.ts';
import { FeedUpTo } from '../feed-up-to.ts';
import type { Feed, FeedBatch } from '../feed.ts';
import { backOff, errorText, pause, sqlState } from '../retry.ts';
import { inTransaction } from '../transaction.ts';
import { connectKafka, type KafkaConnection, leave } from './client.ts';
import { CLOSE_WITHIN_MS, RELAY_BATCH_EVENTS, RELAY_STANDBY_MS } from './kafka.config.ts';
import { REPLAY_HEADER, toRecord, toWatermark } from './records.ts';
import { lockRelay } from './relay-lock.ts';
import { LiveTopic, NoSuchTopicReplay, TopicNotEmpty, TopicReplayUnderWay } from './topic-replay-errors.ts';
import { type TopicReplay, TopicReplayRows } from './topic-replay-rows.ts';
import { TopicWriter } from './topic-writer.ts';
import { ensureTopic, isLiveTopic, PartitionsDiffer, requireTopic, TopicMissing } from './topics.ts';

export interface TopicReplayRequest {
  readonly service: string;
  readonly topic: string;
  readonly group?: string | null;
  /** First and last position; absent: from the first event to the present head. */
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  /** Write behind what an earlier replay has left in the topic. */
  readonly intoExisting?: boolean;
}

export interface TopicReplayPlan {
  readonly logId: string;
  readonly from: bigint;
  readonly to: bigint;
  /** Whether the topic is there already. */
  readonly exists: boolean;
}

export interface TopicReplaysOptions {
  readonly kafka: KafkaConnection;
  /** The services' own logs, as contracts. */
  readonly feed: Feed;
  /** Those whose logs this process reads. */
  readonly services: readonly string[];
  readonly pool: pg.Pool;
  readonly schema: string;
  readonly topicPrefix?: string;
  readonly replicationFactor?: number;
  readonly batchSize?: number;
  readonly report?: (notice: { readonly kind: string; readonly topic: string; readonly error: unknown }) => void;
  /** Writes down how one has ended, in the transaction of its end. */
  readonly ended?: (client: pg.ClientBase, replay: TopicReplay) => Promise<void>;
}

/**
 * Brings the history of a service to a topic that somebody has asked for, for one consumer group's sake: the same records as
 * on the live topic, each marked with the id of the replay, and a watermark behind them. It never writes to a live topic.
 * A process that is killed leaves a row; it or another one goes on there, and sends the last stretch again.
 */
export class TopicReplays {
  readonly #options: TopicReplaysOptions;
  readonly #kafka: Kafka;
  readonly #rows: TopicReplayRows;
  readonly #here = new Map<string, Promise<void>>();
  #wake: AbortController = new AbortController();
  #running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  constructor(options: TopicReplaysOptions) {
    this.#options = options;
    this.#kafka = connectKafka(options.kafka);
    this.#rows = new TopicReplayRows(options.pool, options.schema);
  }

  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    await this.#rows.prepare();
    const abort = new AbortController();
    this.#running = { abort, done: this.#look(abort.signal) };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.abort.abort();
    await running?.done;
    await Promise.all(this.#here.values());
  }

  /** Throws LiveTopic, TopicNotEmpty, PartitionsDiffer, PositionNotYetReached, LogChanged. */
  async plan({ service, topic, from = 1n, to, intoExisting }: TopicReplayRequest): Promise<TopicReplayPlan> {
    if (isLiveTopic(topic, this.#options.topicPrefix)) throw new LiveTopic(topic);
    const head = await this.#options.feed.head(service);
    const last = to ?? head.position;
    for (const position of [from - 1n, last])
      if (position > head.position) throw new PositionNotYetReached(service, position, head.position);
    const exists = await this.#admin(async (admin) => {
      if (!(await admin.listTopics()).includes(topic)) return false;
      await requireTopic(admin, topic);
      const records = (await admin.fetchTopicOffsets(topic)).reduce(
        (sum, { low, high }) => sum + BigInt(high) - BigInt(low),
        0n,
      );
      if (records > 0n && intoExisting !== true) throw new TopicNotEmpty(topic, records);
      return true;
    });
    return { logId: head.logId, from, to: last, exists };
  }

  /** Answers at once; the records follow. Throws what `plan` throws, and TopicReplayUnderWay. */
  async begin(
    request: TopicReplayRequest,
    who: { readonly actor: string; readonly reason?: string | null },
    tell: (client: pg.ClientBase, replay: TopicReplay) => Promise<void>,
  ): Promise<TopicReplay> {
    const { logId, from, to } = await this.plan(request);
    const { service, topic, group = null } = request;
    await this.#admin((admin) => ensureTopic(admin, topic, this.#options.replicationFactor ?? 1));
    const id = randomUUID();
    const replay = { id, service, topic, group, logId, from, to, startedBy: who.actor, reason: who.reason ?? null };
    try {
      await inTransaction(this.#options.pool, 'begin', async (client) => {
        await this.#rows.insert(client, replay);
        const fresh = { state: 'running', position: from - 1n, events: 0, previous: [], error: null } as const;
        await tell(client, { ...replay, ...fresh, startedAt: '', endedAt: null });
      });
    } catch (error) {
      if (sqlState(error) === '23505') throw new TopicReplayUnderWay(topic);
      throw error;
    }
    this.#wake.abort();
    return this.status(id);
  }

  /** What was sent stays in the topic. Throws NoSuchTopicReplay. */
  async cancel(id: string, tell: (client: pg.ClientBase, replay: TopicReplay) => Promise<void>): Promise<TopicReplay> {
    const replay = await this.status(id);
    await inTransaction(this.#options.pool, 'begin', async (client) => {
      if (!(await this.#rows.end(client, id, 'cancelled', null))) throw new NoSuchTopicReplay(id, replay.state);
      await tell(client, replay);
    });
    return this.status(id);
  }

  async status(id: string): Promise<TopicReplay> {
    const replay = await this.#rows.find(id);
    if (replay === undefined) throw new NoSuchTopicReplay(id, null);
    return replay;
  }

  /** The newest hundred, running or ended. */
  async list(): Promise<readonly TopicReplay[]> {
    return this.#rows.all();
  }

  async #look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for (const { id, topic } of await this.#rows.running(this.#options.services)) {
          if (this.#here.has(id)) continue;
          const done = this.#keepRunning(id, topic, signal).finally(() => this.#here.delete(id));
          this.#here.set(id, done);
        }
      } catch (error) {
        this.#options.report?.({ kind: 'retrying', topic: '*', error });
      }
      this.#wake = new AbortController();
      await pause(RELAY_STANDBY_MS, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** Until it has ended or this process does; faults of brokers and databases are waited out. */
  async #keepRunning(id: string, topic: string, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      try {
        const lock = await lockRelay(this.#options.pool, `replay ${id}`);
        if (lock === undefined) return;
        try {
          await this.#run(id, AbortSignal.any([signal, lock.lost]));
          return;
        } finally {
          await lock.release();
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#options.report?.({ kind: 'retrying', topic, error });
        const hopeless = [PartitionsDiffer, TopicMissing, LogChanged, PositionNotYetReached, UnknownStoredEvent];
        if (hopeless.some((kind) => error instanceof kind)) {
          // Not written, it counts as running, and the next look at the list tries it and ends it again.
          await this.#end(id, 'failed', errorText(error)).catch(() => undefined);
          return;
        }
        failures += 1;
        // It was reported; the row only repeats it for those who ask.
        await this.#rows.setError(id, errorText(error)).catch(() => undefined);
        await backOff(failures, signal);
      }
    }
  }

  async #run(id: string, signal: AbortSignal): Promise<void> {
    const replay = await this.status(id);
    if (replay.state !== 'running') return;
    const { service, topic, to } = replay;
    await this.#admin((admin) => requireTopic(admin, topic));
    const writer = new TopicWriter(this.#kafka, topic);
    const ended = new AbortController();
    let at = replay;
    try {
      await consume({
        feed: new FeedUpTo(this.#options.feed, new Map([[service, to]])),
        service,
        follow: false,
        batchSize: this.#options.batchSize ?? RELAY_BATCH_EVENTS,
        signal: AbortSignal.any([signal, ended.signal]),
        checkpoint: async () => {
          at = await this.status(id);
          return checkpointOf(at, at.position);
        },
        apply: async (batch) => {
          const next = await this.#send(writer, at, batch);
          if (next === undefined) ended.abort();
          else at = next;
          return checkpointOf(at, at.position);
        },
        progress: () => undefined,
        retrying: (error) => this.#options.report?.({ kind: 'retrying', topic, error }),
      });
      if (signal.aborted || ended.signal.aborted) return;
      if (at.position < to) throw new Error(`the history of ${service} ended at ${at.position}, before ${to}`);
      await writer.send(watermarks(at));
      await this.#end(id, 'done', null);
    } finally {
      await writer.close();
    }
  }

  /** Undefined: it was cancelled meanwhile. */
  async #send(writer: TopicWriter, at: TopicReplay, batch: FeedBatch): Promise<TopicReplay | undefined> {
    const previous = [...at.previous];
    const messages = batch.events.map((event) => {
      const record = toRecord({ ...event, previousposition: previous[event.partition] as string });
      previous[event.partition] = event.position;
      return marked(record, at);
    });
    await writer.send(messages);
    const { position } = batch.watermark;
    if (!(await this.#rows.advance(at.id, position, messages.length, previous))) return undefined;
    return { ...at, position, previous, events: at.events + messages.length };
  }

  async #end(id: string, state: 'done' | 'failed', error: string | null): Promise<void> {
    const replay = await this.status(id);
    await inTransaction(this.#options.pool, 'begin', async (client) => {
      if (await this.#rows.end(client, id, state, error))
        await this.#options.ended?.(client, { ...replay, state, error });
    });
  }

  async #admin<Result>(work: (admin: ReturnType<Kafka['admin']>) => Promise<Result>): Promise<Result> {
    const admin = this.#kafka.admin();
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await leave(admin.disconnect(), CLOSE_WITHIN_MS);
    }
  }
}

function marked(message: Message, { id, group }: TopicReplay): Message {
  return {
    ...message,
    headers: { ...message.headers, [REPLAY_HEADER]: id, ...(group !== null && { ce_replaygroup: group }) },
  };
}

function watermarks(replay: TopicReplay): Message[] {
  const { service, logId, to, previous } = replay;
  return previous.map((last, partition) =>
    marked(toWatermark(service, partition, { logId, position: String(to), previous: last, recordedAt: null }), replay),
  );
}

function checkpointOf({ logId }: TopicReplay, position: bigint) {
  return { logId, recordedAt: null, epoch: '', positions: Array.from({ length: PARTITIONS }, () => position) };
}
