import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { PARTITIONS } from '@kontor/kernel';
import { eventually, testKafka } from '@kontor/testing';
import { note, notesSource, whisper } from '@kontor/testing/feed-contract';
import type { Admin, Kafka, Producer } from 'kafkajs';
import type pg from 'pg';
import type { Feed } from '../feed.ts';
import { LogFeed } from '../log-feed.ts';
import { connectKafka, type KafkaConnection } from './client.ts';
import { KafkaFeed, type KafkaFeedOptions } from './kafka-feed.ts';
import { WATERMARK_TYPE } from './records.ts';
import { KafkaRelay, type KafkaRelayOptions } from './relay.ts';
import type { TailNotice } from './tail-types.ts';
import { topicOf } from './topics.ts';

/** One service's log, its topic and readers of it, on the broker of the test run or another. */
export interface Wiring {
  readonly source: ReturnType<typeof notesSource>;
  readonly log: LogFeed;
  readonly topic: string;
  /** Where the relay keeps its checkpoint. */
  readonly schema: string;
  readonly prefix: string;
  readonly kafka: Kafka;
  readonly relay: KafkaRelay;
  readonly notices: TailNotice[];
  feed(options?: Partial<KafkaFeedOptions>): KafkaFeed;
  /** Appends published events and, at times, one that is not. Returns their positions. */
  append(count: number): Promise<string[]>;
  follow(feed: Feed, after?: bigint, batchSize?: number): Follower;
  admin<Result>(work: (admin: Admin) => Promise<Result>): Promise<Result>;
  producer<Result>(work: (producer: Producer) => Promise<Result>): Promise<Result>;
  /**
   * The whole topic up to the relay's position: positions of its events, repeated stretches left out. Within each partition
   * first occurrences must rise, which is asserted here.
   */
  firstOccurrences(): Promise<string[]>;
  close(): Promise<void>;
}

export interface Follower {
  readonly positions: string[];
  /** The highest watermark that was given. */
  readonly at: () => bigint;
  readonly error: () => unknown;
  stop(): Promise<void>;
}

const STREAMS = 20;

export function wiring(
  pool: pg.Pool,
  options: Partial<KafkaRelayOptions> & { brokers?: readonly string[] } = {},
): Wiring {
  const test = testKafka();
  const connection: KafkaConnection = { brokers: options.brokers ?? test.brokers, clientId: 'test' };
  const { prefix } = test;
  const schema = `relay_${prefix.replace('-', '_')}`;
  const source = notesSource();
  const log = new LogFeed([source]);
  const kafka = connectKafka(connection);
  const relay = new KafkaRelay({
    kafka: connection,
    service: 'notes',
    feed: log,
    pool,
    topicPrefix: prefix,
    schema,
    watermarkEveryMs: 20,
    ...options,
  });
  const feeds: KafkaFeed[] = [];
  const followers: Follower[] = [];
  const notices: TailNotice[] = [];
  let appended = 0;
  return {
    source,
    log,
    topic: topicOf('notes', prefix),
    schema,
    prefix,
    kafka,
    relay,
    notices,
    feed(more = {}) {
      const feed = new KafkaFeed({
        kafka: connection,
        history: log,
        topicPrefix: prefix,
        report: (notice) => notices.push(notice),
        ...more,
      });
      feeds.push(feed);
      return feed;
    },
    async append(count) {
      const positions: string[] = [];
      for (let index = 0; index < count; index += 1) {
        appended += 1;
        if (appended % 7 === 0) await source.store.append('whisper-1', 'any', [whisper()]);
        const { position } = await source.store.append(`note-${appended % STREAMS}`, 'any', [note(`note ${appended}`)]);
        positions.push(String(position));
      }
      return positions;
    },
    follow(feed, after = 0n, batchSize = 100) {
      const follower = followed(feed, after, batchSize);
      followers.push(follower);
      return follower;
    },
    async admin(work) {
      const admin = kafka.admin();
      await admin.connect();
      try {
        return await work(admin);
      } finally {
        await admin.disconnect();
      }
    },
    async producer(work) {
      const producer = kafka.producer();
      await producer.connect();
      try {
        return await work(producer);
      } finally {
        await producer.disconnect();
      }
    },
    async firstOccurrences() {
      return firstOccurrencesOf(kafka, topicOf('notes', prefix), (await relay.status()).position);
    },
    async close() {
      await Promise.all(followers.map((follower) => follower.stop()));
      await Promise.all(feeds.map((feed) => feed.close()));
      await relay.stop();
      await source.store.close();
    },
  };
}

/** Reads as a consumer does: after a fault again from its own checkpoint. */
function followed(feed: Feed, after: bigint, batchSize: number): Follower {
  const abort = new AbortController();
  const positions: string[] = [];
  let at = after;
  let failure: unknown;
  const done = (async () => {
    try {
      for await (const batch of feed.read({ service: 'notes', after, batchSize, follow: true, signal: abort.signal })) {
        positions.push(...batch.events.map(({ position }) => position));
        at = batch.watermark.position;
      }
    } catch (error) {
      failure = error;
    }
  })();
  return {
    positions,
    at: () => at,
    error: () => failure,
    async stop() {
      abort.abort();
      await done;
    },
  };
}

export async function toHaveSeen(follower: Follower, positions: readonly string[], withinMs = 20_000): Promise<void> {
  const last = positions.at(-1);
  await eventually(
    `${positions.length} events were seen`,
    () => {
      if (follower.error() !== undefined) return true;
      return follower.positions.includes(String(last));
    },
    withinMs,
  );
  expect(follower.error()).toBeUndefined();
  expect(follower.positions).toEqual(positions);
}

export async function toBeLive(feed: KafkaFeed, withinMs = 20_000): Promise<void> {
  await eventually('the topic serves the feed', () => feed.live('notes'), withinMs);
}

async function firstOccurrencesOf(kafka: Kafka, topic: string, upTo: bigint): Promise<string[]> {
  const passed = Array.from({ length: PARTITIONS }, () => 0n);
  const seen: bigint[] = [];
  const known = new Set<string>();
  const wrong: string[] = [];
  const last = Array.from({ length: PARTITIONS }, () => 0n);
  // The coordinator of the first group of a fresh broker keeps one waiting.
  const retry = { initialRetryTime: 200, maxRetryTime: 1_000, retries: 30, restartOnFailure: async () => true };
  const consumer = kafka.consumer({ groupId: `${topic}.check.${randomUUID()}`, retry });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message: { headers } }) => {
      const position = BigInt(String(headers?.ce_position));
      if (String(headers?.ce_type) !== WATERMARK_TYPE && !known.has(String(position))) {
        if (position < (last[partition] as bigint)) wrong.push(`${position} behind ${last[partition]}`);
        last[partition] = position;
        known.add(String(position));
        seen.push(position);
      }
      if (position > (passed[partition] as bigint)) passed[partition] = position;
    },
  });
  try {
    await eventually('the topic was read', () => passed.every((position) => position >= upTo), 30_000);
  } finally {
    await consumer.disconnect();
  }
  expect(wrong).toEqual([]);
  return seen.sort((left, right) => (left < right ? -1 : 1)).map(String);
}
