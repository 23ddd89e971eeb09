import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PARTITIONS } from '@kontor/kernel';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import type { IHeaders } from 'kafkajs';
import { Feed, type FeedBatch, type FeedHead, type FeedOptions } from '../feed.ts';
import { pause } from '../retry.ts';
import { type Wiring, wiring } from './kafka.scenarios.ts';
import { WATERMARK_TYPE } from './records.ts';
import type { TopicReplay } from './topic-replay-rows.ts';
import { TopicReplays, type TopicReplaysOptions } from './topic-replays.ts';

const DEADLINE_MS = 40_000;
const who = { actor: 'ada', reason: 'a new warehouse' };
const told: string[] = [];
const tell = async (_client: unknown, { state }: TopicReplay) => {
  told.push(state);
};

let db: TestDatabase;
let wired: Wiring;
let stops: (() => Promise<void>)[];
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => {
  await db.drop();
});
beforeEach(() => {
  wired = wiring(db.pool);
  stops = [];
  told.length = 0;
});
afterEach(async () => {
  for (const stop of stops) await stop();
  await wired.close();
  await db.pool.query('drop schema if exists replay_feed cascade');
});

async function started(more: Partial<TopicReplaysOptions> = {}): Promise<TopicReplays> {
  const replays = new TopicReplays({
    kafka: { brokers: (process.env.KONTOR_TEST_KAFKA ?? '').split(','), clientId: 'replay' },
    feed: wired.log,
    services: ['notes'],
    pool: db.pool,
    schema: 'replay_feed',
    topicPrefix: wired.prefix,
    batchSize: 10,
    ended: tell,
    ...more,
  });
  stops.push(() => replays.stop());
  await replays.start();
  return replays;
}

interface Seen {
  readonly partition: number;
  readonly position: string;
  readonly previous: string;
  readonly replay: string | undefined;
  readonly group: string | undefined;
  readonly watermark: boolean;
}

/** Every record of a topic up to the watermarks behind it. */
async function recordsOf(topic: string, replays = 1): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const text = (headers: IHeaders | undefined, name: string) => headers?.[name]?.toString();
  // The coordinator of the first group of a fresh broker keeps one waiting.
  const retry = { initialRetryTime: 200, maxRetryTime: 1_000, retries: 30, restartOnFailure: async () => true };
  const consumer = wired.kafka.consumer({ groupId: `${topic}.check`, retry });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message: { headers } }) => {
      seen.push({
        partition,
        position: String(text(headers, 'ce_position')),
        previous: String(text(headers, 'ce_previousposition')),
        replay: text(headers, 'ce_replayid'),
        group: text(headers, 'ce_replaygroup'),
        watermark: text(headers, 'ce_type') === WATERMARK_TYPE,
      });
    },
  });
  try {
    const whole = () => seen.filter(({ watermark }) => watermark).length === PARTITIONS * replays;
    await eventually('the topic was read', whole, DEADLINE_MS);
  } finally {
    await consumer.disconnect();
  }
  return seen;
}
const ended = (replays: TopicReplays, id: string) =>
  eventually(
    'the replay has ended',
    async () => {
      const status = await replays.status(id);
      return status.state === 'running' ? undefined : status;
    },
    DEADLINE_MS,
  );

/** A feed that breaks once it has given so many batches: the process is gone. */
class Breaks extends Feed {
  constructor(
    private readonly feed: Feed,
    private left: number,
  ) {
    super();
  }
  override async *read(options: FeedOptions): AsyncIterable<FeedBatch> {
    for await (const batch of this.feed.read(options)) {
      if (this.left === 0) return pause(60_000, options.signal);
      this.left -= 1;
      yield batch;
    }
  }
  override head(service: string): Promise<FeedHead> {
    return this.feed.head(service);
  }
}

describe('X-03: the history of a service in a topic of its own', () => {
  it(
    'holds each event once and in order, marked, with a watermark behind it; the live topic is untouched',
    async () => {
      const all = await wired.append(60);
      await wired.relay.start();
      const liveEnds = () => wired.admin((admin) => admin.fetchTopicOffsets(wired.topic));
      await eventually(
        'the relay is done',
        async () => (await wired.relay.status()).position >= BigInt(all.at(-1) ?? 0),
      );
      const topic = `${wired.prefix}.notes.replay`;
      const replays = await started();
      const request = { service: 'notes', topic, group: 'warehouse' };
      const before = await liveEnds();
      const plan = await replays.plan(request);
      expect([plan.from, plan.exists]).toEqual([1n, false]);
      const begun = await replays.begin(request, who, tell);
      expect(begun).toMatchObject({ ...request, state: 'running', startedBy: 'ada', reason: 'a new warehouse' });
      expect(await ended(replays, begun.id)).toMatchObject({ state: 'done', events: 60, position: plan.to });
      const records = await recordsOf(topic);
      const events = records.filter(({ watermark }) => !watermark);
      expect(events.map(({ position }) => position).sort((left, right) => Number(left) - Number(right))).toEqual(all);
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const mine = records.filter((record) => record.partition === partition);
        // Each names the one before it, the watermark the last one; the first what lies before the replay.
        expect(mine.map(({ previous }) => previous)).toEqual([
          '0',
          ...mine.slice(0, -1).map(({ position }) => position),
        ]);
        expect(mine.at(-1)).toMatchObject({ watermark: true, position: String(plan.to) });
      }
      expect(new Set(records.map(({ replay }) => replay))).toEqual(new Set([begun.id]));
      expect(new Set(records.map(({ group }) => group))).toEqual(new Set(['warehouse']));
      expect(await liveEnds()).toEqual(before);
      expect(told).toEqual(['running', 'done']);
    },
    3 * DEADLINE_MS,
  );

  it(
    'may be a stretch; what cannot be is said before anything is written',
    async () => {
      const all = await wired.append(30);
      const replays = await started();
      const topic = `${wired.prefix}.notes.stretch`;
      const [from, to] = [BigInt(all[9] ?? 0), BigInt(all[19] ?? 0)];
      const { id } = await replays.begin({ service: 'notes', topic, from, to }, who, tell);
      expect(await ended(replays, id)).toMatchObject({ state: 'done', events: 11, from, to });
      const refused = (request: object, name: string) =>
        expect(replays.begin({ service: 'notes', topic, ...request }, who, tell)).rejects.toMatchObject({ name });
      await refused({}, 'TopicNotEmpty');
      await refused({ topic: wired.topic }, 'LiveTopic');
      await refused({ topic: `${wired.prefix}.letters` }, 'LiveTopic');
      await refused({ topic: `${wired.prefix}.x.y`, to: 10_000n }, 'PositionNotYetReached');
      await wired.admin((admin) =>
        admin.createTopics({ topics: [{ topic: `${wired.prefix}.few.partitions`, numPartitions: 3 }] }),
      );
      await refused({ topic: `${wired.prefix}.few.partitions` }, 'PartitionsDiffer');
      expect(await replays.list()).toHaveLength(1);
      const again = await replays.begin({ service: 'notes', topic, from, to, intoExisting: true }, who, tell);
      await ended(replays, again.id);
      expect(new Set((await recordsOf(topic, 2)).map(({ replay }) => replay))).toEqual(new Set([id, again.id]));
    },
    3 * DEADLINE_MS,
  );

  it(
    'goes on in another process where the first was; one at a time into a topic; cancelled it stays where it is',
    async () => {
      await wired.append(60);
      const topic = `${wired.prefix}.notes.killed`;
      const first = await started({ feed: new Breaks(wired.log, 3) });
      const { id } = await first.begin({ service: 'notes', topic }, who, tell);
      await eventually('it has come so far', async () => (await first.status(id)).events > 0);
      await expect(first.begin({ service: 'notes', topic, intoExisting: true }, who, tell)).rejects.toMatchObject({
        name: 'TopicReplayUnderWay',
      });
      const stopped = (await stops.pop()?.(), await first.status(id));
      expect(stopped.state).toBe('running');
      const second = await started();
      expect(await ended(second, id)).toMatchObject({ state: 'done', events: 60 });
      const events = (await recordsOf(topic)).filter(({ watermark }) => !watermark);
      expect(new Set(events.map(({ position }) => position)).size).toBe(60);

      const third = await started({ feed: new Breaks(wired.log, 1) });
      const cancelled = await third.begin({ service: 'notes', topic: `${wired.prefix}.notes.not` }, who, tell);
      expect(await third.cancel(cancelled.id, tell)).toMatchObject({ state: 'cancelled' });
      await expect(third.cancel(cancelled.id, tell)).rejects.toMatchObject({ name: 'NoSuchTopicReplay' });
    },
    3 * DEADLINE_MS,
  );
});
