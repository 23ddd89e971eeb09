import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PARTITIONS, partitionOf } from '@kontor/kernel';
import { dice, eventually, seedOfRun, testDatabase, type TestDatabase } from '@kontor/testing';
import { note, notesSource } from '@kontor/testing/feed-contract';
import { LogFeed } from '../log-feed.ts';
import type { FeedHead, FeedOptions } from '../feed.ts';
import { KafkaDeadLetters } from './dead-letters.ts';
import { toBeLive, toHaveSeen, type Wiring, wiring } from './kafka.scenarios.ts';
import { toRecord } from './records.ts';
import { KafkaRelay } from './relay.ts';

const SEED = seedOfRun();
const QUICK = { watchdogMs: 300, silenceMs: 10_000 };

let db: TestDatabase;
let wired: Wiring;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => {
  await db.drop();
});
beforeEach(() => {
  wired = wiring(db.pool);
});
afterEach(async () => {
  await wired.close();
});

/** History as it is, and how often it was read behind the first time. */
class CountedHistory extends LogFeed {
  reads = 0;
  heads = 0;

  override async *read(options: FeedOptions) {
    this.reads += 1;
    yield* super.read(options);
  }

  override async head(service: string): Promise<FeedHead> {
    this.heads += 1;
    return super.head(service);
  }
}

const reasons = () =>
  wired.notices.filter(({ kind }) => kind === 'back-to-history').map(({ error }) => (error as Error).message);

describe('X-02: from history to the topic', () => {
  it(`seed ${SEED}: readers that begin anywhere, while events come, see each event once and in order`, async () => {
    const { int } = dice(SEED);
    const all = await wired.append(300);
    await wired.relay.start();
    const feed = wired.feed();
    const readers: { from: number; reader: ReturnType<Wiring['follow']> }[] = [];
    for (let round = 0; round < 12; round += 1) {
      const from = int(all.length);
      const reader = wired.follow(feed, from === 0 ? 0n : BigInt(all[from - 1] as string), 1 + int(50));
      readers.push({ from, reader });
      all.push(...(await wired.append(int(120))));
      // Some begin before the topic serves, some after.
      if (round === 5) await toBeLive(feed);
    }
    await toBeLive(feed);
    all.push(...(await wired.append(50)));
    for (const { from, reader } of readers) await toHaveSeen(reader, all.slice(from));
  });

  it('once it has met the topic it leaves history alone', async () => {
    const history = new CountedHistory([wired.source]);
    const all = await wired.append(10);
    await wired.relay.start();
    const feed = wired.feed({ history });
    const reader = wired.follow(feed);
    await toBeLive(feed);
    await toHaveSeen(reader, all);
    all.push(...(await wired.append(1)));
    await toHaveSeen(reader, all);
    const { reads } = history;
    for (let round = 0; round < 10; round += 1) {
      all.push(...(await wired.append(20)));
      await toHaveSeen(reader, all);
    }
    expect(history.reads).toBe(reads);
    expect(reasons()).toEqual([]);
  });

  it('a topic that does not exist yet is no hindrance, and is gone over to when it does', async () => {
    const all = await wired.append(5);
    const feed = wired.feed();
    const reader = wired.follow(feed);
    await toHaveSeen(reader, all);
    await wired.relay.start();
    await toBeLive(feed);
    all.push(...(await wired.append(5)));
    await toHaveSeen(reader, all);
  });
});

describe('the relay', () => {
  it('names the true record before in the partition, also after a restart, and brings nothing twice', async () => {
    await wired.relay.start();
    await wired.append(40);
    await eventually(
      'the relay is at the head',
      async () => (await wired.relay.status()).position === (await wired.log.head('notes')).position,
    );
    await wired.relay.stop();
    await wired.append(40);
    await wired.relay.start();
    const { position } = await wired.log.head('notes');
    await eventually('the relay is at the head', async () => (await wired.relay.status()).position === position);
    await wired.relay.stop();

    const consumer = wired.kafka.consumer({ groupId: `${wired.topic}.test` });
    await consumer.connect();
    await consumer.subscribe({ topic: wired.topic, fromBeginning: true });
    const last = Array.from({ length: PARTITIONS }, () => '0');
    const seen: string[] = [];
    const wrong: string[] = [];
    const watermarks = new Set<number>();
    await consumer.run({
      eachMessage: async ({ partition, message: { key, headers } }) => {
        const at = String(headers?.ce_position);
        if (String(headers?.ce_previousposition) !== last[partition]) wrong.push(`${partition}: ${at}`);
        if (key === null) {
          if (at === String(position)) watermarks.add(partition);
          return;
        }
        if (partitionOf(String(key), PARTITIONS) !== partition) wrong.push(`${partition}: ${String(key)}`);
        last[partition] = at;
        seen.push(at);
      },
    });
    await eventually('every partition has heard how far the log is', () => watermarks.size === PARTITIONS, 20_000);
    await consumer.disconnect();
    const published: string[] = [];
    const { signal } = new AbortController();
    for await (const { events } of wired.log.read({ service: 'notes', after: 0n, follow: false, signal }))
      published.push(...events.map((event) => event.position));
    expect(seen.toSorted((a, b) => Number(a) - Number(b))).toEqual(published);
    expect(wrong).toEqual([]);
  });

  it('refuses a topic with another count of partitions at its start', async () => {
    await wired.admin((admin) => admin.createTopics({ topics: [{ topic: wired.topic, numPartitions: 3 }] }));
    await eventually('the topic is known', () => wired.admin((admin) => admin.fetchTopicOffsets(wired.topic)));
    await expect(wired.relay.start()).rejects.toMatchObject({ name: 'PartitionsDiffer', partitions: 3 });
  });

  it('of two of them, one works and the other stands by', async () => {
    await wired.relay.start();
    const second = new KafkaRelay({
      kafka: { brokers: (process.env.KONTOR_TEST_KAFKA ?? '').split(','), clientId: 'second' },
      service: 'notes',
      feed: wired.log,
      pool: db.pool,
      topicPrefix: wired.prefix,
      schema: wired.schema,
    });
    await eventually('the first one works', async () => (await wired.relay.status()).state === 'running');
    await second.start();
    await eventually('the second one stands by', async () => (await second.status()).state === 'standing-by');
    await wired.relay.stop();
    await wired.append(3);
    const { position } = await wired.log.head('notes');
    await eventually('the second one has taken over', async () => (await second.status()).position === position);
    await second.stop();
  });
});

describe('a relay that has lost its lock and does not know it', () => {
  it('sends its stretch once more, moves no checkpoint, and stands by', async () => {
    let held = 0;
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const stale = wiring(db.pool, {
      watch: async (_about, send) => {
        held += 1;
        await gate;
        return send();
      },
    });
    const second = new KafkaRelay({
      kafka: { brokers: (process.env.KONTOR_TEST_KAFKA ?? '').split(','), clientId: 'second' },
      ...{ service: 'notes', feed: stale.log, pool: db.pool, topicPrefix: stale.prefix, schema: stale.schema },
    });
    try {
      const all = await stale.append(20);
      await stale.relay.start();
      await eventually('it is about to send', () => held > 0);
      await db.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'kontor relay'`,
      );
      await second.start();
      all.push(...(await stale.append(40)));
      const { position } = await stale.log.head('notes');
      await eventually('the second one is at the head', async () => (await second.status()).position === position);
      letGo();
      await eventually('the first one stands by', async () => (await stale.relay.status()).state === 'standing-by');
      expect((await second.status()).position).toBe(position);
      expect(await stale.firstOccurrences()).toEqual(all);
    } finally {
      letGo();
      await second.stop();
      await stale.close();
    }
  });
});

describe('a topic that lacks something is noticed, and history has it', () => {
  it('records that never came: the next one names them', async () => {
    const all = await wired.append(10);
    await wired.relay.start();
    const feed = wired.feed();
    const reader = wired.follow(feed);
    await toBeLive(feed);
    await toHaveSeen(reader, all);
    // Records that name a predecessor which never came: what a reader meets behind a hole of any cause.
    await wired.relay.stop();
    await wired.source.store.append('note-1', 'any', [note('lost')]);
    const lost = String((await wired.log.head('notes')).position);
    const partition = partitionOf('note-1', PARTITIONS);
    await db.pool.query(
      `update ${wired.schema}.relay
       set position = $1, previous = case when partition = $2 then $1 else previous end`,
      [lost, partition],
    );
    await wired.relay.start();
    all.push(lost, ...(await wired.append(30)));
    await toHaveSeen(reader, all);
    expect(reasons()[0]).toMatch(new RegExp(`^partition ${partition} lacks the record before`));
  });

  it('records that are gone from the topic before its reader came to them', async () => {
    const all = await wired.append(10);
    await wired.relay.start();
    let blocked = false;
    let letIn = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letIn = resolve;
    });
    // What a reader does who hangs in one record for longer than the topic keeps the next ones.
    class Slow extends KafkaDeadLetters {
      override async add(): Promise<void> {
        blocked = true;
        await gate;
      }
    }
    // Nobody else looks: what the next record names must tell.
    const feed = wired.feed({ deadLetters: new Slow(), tail: { watchdogMs: 600_000 } });
    const reader = wired.follow(feed);
    await toBeLive(feed);
    await toHaveSeen(reader, all);
    for (let partition = 0; partition < PARTITIONS; partition += 1)
      await wired.producer((producer) =>
        producer.send({ topic: wired.topic, messages: [{ partition, value: 'what is this?' }] }),
      );
    await eventually('the reader hangs', () => blocked);
    all.push(...(await wired.append(60)));
    const { position } = await wired.log.head('notes');
    await eventually('the relay is at the head', async () => (await wired.relay.status()).position === position);
    await wired.admin(async (admin) => {
      const ends = await admin.fetchTopicOffsets(wired.topic);
      const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
      await admin.deleteTopicRecords({ topic: wired.topic, partitions });
    });
    letIn();
    await eventually(
      'the hole was noticed',
      async () => {
        all.push(...(await wired.append(3)));
        return reasons().length > 0;
      },
      30_000,
    );
    await toHaveSeen(reader, all);
    expect(reasons()[0]).toMatch(/^partition \d+ lacks the record before/);
    await toBeLive(feed);
    all.push(...(await wired.append(20)));
    await toHaveSeen(reader, all);
  });

  it('a topic that was deleted and made anew', async () => {
    const all = await wired.append(10);
    await wired.relay.start();
    const feed = wired.feed({ tail: QUICK });
    const reader = wired.follow(feed);
    await toBeLive(feed);
    await wired.admin((admin) => admin.deleteTopics({ topics: [wired.topic] }));
    all.push(...(await wired.append(10)));
    await wired.relay.stop();
    await wired.relay.start();
    all.push(...(await wired.append(10)));
    await toHaveSeen(reader, all, 25_000);
    await toBeLive(feed, 25_000);
    all.push(...(await wired.append(10)));
    await toHaveSeen(reader, all);
  });

  it('a topic with another count of partitions', async () => {
    const all = await wired.append(10);
    await wired.admin((admin) => admin.createTopics({ topics: [{ topic: wired.topic, numPartitions: 5 }] }));
    const feed = wired.feed();
    const reader = wired.follow(feed);
    await toHaveSeen(reader, all);
    await eventually('the count was noticed', () =>
      wired.notices.some(({ kind, error }) => kind === 'down' && (error as Error).name === 'PartitionsDiffer'),
    );
    all.push(...(await wired.append(10)));
    await toHaveSeen(reader, all);
    expect(feed.live('notes')).toBe(false);
  });

  it('a topic that is compacted, which takes no watermarks: its relay says so', async () => {
    const all = await wired.append(10);
    const compacted = {
      topic: wired.topic,
      numPartitions: PARTITIONS,
      configEntries: [{ name: 'cleanup.policy', value: 'compact' }],
    };
    await wired.admin((admin) => admin.createTopics({ topics: [compacted] }));
    await wired.relay.start();
    const feed = wired.feed({ tail: QUICK });
    const reader = wired.follow(feed);
    await toHaveSeen(reader, all);
    await eventually('the relay says so', async () => (await wired.relay.status()).state === 'retrying');
    expect((await wired.relay.status()).error).toContain('failed the validation on broker');
    all.push(...(await wired.append(10)));
    await toHaveSeen(reader, all);
  });

  it('a relay that is dead', async () => {
    const all = await wired.append(10);
    await wired.relay.start();
    const feed = wired.feed({ tail: QUICK });
    const reader = wired.follow(feed);
    await toBeLive(feed);
    await wired.relay.stop();
    all.push(...(await wired.append(10)));
    await toHaveSeen(reader, all);
    expect(reasons()[0]).toMatch(/^the topic ends at \d+, the log at \d+$/);
  });

  it('records of another log are passed over when they are old, and stop the reader when the log has changed', async () => {
    const all = await wired.append(10);
    await wired.relay.start();
    const feed = wired.feed({ tail: QUICK });
    const reader = wired.follow(feed);
    await toBeLive(feed);
    const other = notesSource();
    await other.store.append('note-1', 'any', [note('of another log')]);
    const { signal } = new AbortController();
    for await (const { events } of new LogFeed([other]).read({ service: 'notes', after: 0n, follow: false, signal }))
      await wired.producer((producer) => producer.send({ topic: wired.topic, messages: events.map(toRecord) }));
    all.push(...(await wired.append(10)));
    await toHaveSeen(reader, all);
    await eventually('the stranger was met', () => reasons()[0]);
    expect(reasons()).toEqual([`the topic holds records of the log ${other.store.logId}`]);

    // The service's log is another one now.
    Object.assign(wired.source.store, { logId: other.store.logId });
    await eventually('the reader was stopped', () => reader.error());
    expect(reader.error()).toMatchObject({ name: 'LogChanged', logId: other.store.logId });
  });
});
