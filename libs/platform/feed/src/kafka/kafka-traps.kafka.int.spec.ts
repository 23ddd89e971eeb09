import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PARTITIONS, partitionOf } from '@kontor/kernel';
import { eventually, testDatabase, type TestDatabase } from '@kontor/testing';
import { note } from '@kontor/testing/feed-contract';
import type { Message } from 'kafkajs';
import { type KafkaDeadLetter, KafkaDeadLetters, PostgresKafkaDeadLetters } from './dead-letters.ts';
import { toBeLive, toHaveSeen, type Wiring, wiring } from './kafka.scenarios.ts';

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

const FOREIGN: readonly Message[] = [
  { key: 'note-1', value: 'hello' },
  { key: null, value: null },
  { key: 'note-1', value: '{"text":', headers: { ce_specversion: '1.0', ce_source: '/kontor/notes' } },
  { key: 'note-1', value: '{}', headers: { ce_specversion: ['1.0', '1.0'], other: 'a\u0000b' } },
  { key: 'note-1', value: '{}', headers: { ce_specversion: '1.0', ce_source: '/kontor/letters' } },
];

describe('fault row 10: a record that cannot be read', () => {
  it('becomes a dead letter with its bytes, once, and its partition moves on', async () => {
    const deadLetters = new PostgresKafkaDeadLetters(db.pool, 'notes_feed');
    await deadLetters.prepare();
    await deadLetters.prepare();
    const all = await wired.append(10);
    await wired.relay.start();
    const feeds = [wired.feed({ deadLetters }), wired.feed({ deadLetters })] as const;
    const readers = feeds.map((feed) => wired.follow(feed));
    for (const feed of feeds) await toBeLive(feed);
    for (let partition = 0; partition < PARTITIONS; partition += 1)
      await wired.producer((producer) =>
        producer.send({ topic: wired.topic, messages: FOREIGN.map((message) => ({ ...message, partition })) }),
      );
    all.push(...(await wired.append(40)));
    for (const reader of readers) await toHaveSeen(reader, all);
    await eventually('both have met them all', () => {
      const met = wired.notices.filter(({ kind }) => kind === 'poison').length;
      return met === 2 * PARTITIONS * FOREIGN.length;
    });
    const { rows } = await db.pool.query<{ n: number; partitions: number }>(
      `select count(*)::int n, count(distinct partition)::int partitions from notes_feed.kafka_dead_letters`,
    );
    expect(rows).toEqual([{ n: PARTITIONS * FOREIGN.length, partitions: PARTITIONS }]);
    const letters = await db.pool.query<{ value: Buffer | null; error: string; headers: object }>(
      `select value, error, headers from notes_feed.kafka_dead_letters where partition = 0 order by "offset"`,
    );
    expect(letters.rows.map(({ value, error }) => [value?.toString() ?? null, error])).toEqual([
      ['hello', 'the header ce_specversion is missing'],
      [null, 'the header ce_specversion is missing'],
      ['{"text":', 'the header ce_position is missing'],
      ['{}', 'the header ce_specversion is there 2 times'],
      ['{}', 'its source is not /kontor/notes'],
    ]);
    expect(wired.notices.filter(({ kind }) => kind === 'back-to-history')).toEqual([]);
  });

  it('of ours that was damaged is read from history: the record behind it names it', async () => {
    const all = await wired.append(10);
    await wired.relay.start();
    const feed = wired.feed();
    const reader = wired.follow(feed);
    await toBeLive(feed);
    await toHaveSeen(reader, all);
    await wired.relay.stop();
    await wired.source.store.append('note-1', 'any', [note('damaged on its way')]);
    const damaged = String((await wired.log.head('notes')).position);
    const partition = partitionOf('note-1', PARTITIONS);
    await wired.producer((producer) =>
      producer.send({ topic: wired.topic, messages: [{ key: 'note-1', partition, value: '{"te', headers: {} }] }),
    );
    await db.pool.query(
      `update ${wired.schema}.relay set position = $1,
         previous = case when partition = $2 then $1 else previous end`,
      [damaged, partition],
    );
    await wired.relay.start();
    all.push(damaged, ...(await wired.append(30)));
    await toHaveSeen(reader, all);
    expect(wired.notices.map(({ kind }) => kind)).toContain('poison');
  });

  it('is tried so many times to be kept, and then said aloud: a store that is away holds nothing up', async () => {
    let attempts = 0;
    class Away extends KafkaDeadLetters {
      override async add(_letter: KafkaDeadLetter): Promise<void> {
        attempts += 1;
        throw new Error('the store of dead letters is away');
      }
    }
    const all = await wired.append(3);
    await wired.relay.start();
    const feed = wired.feed({ deadLetters: new Away() });
    const reader = wired.follow(feed);
    await toBeLive(feed);
    await wired.producer((producer) => producer.send({ topic: wired.topic, messages: [{ value: 'x', partition: 4 }] }));
    all.push(...(await wired.append(20)));
    await toHaveSeen(reader, all);
    await eventually('it was given up', () => wired.notices.some(({ kind }) => kind === 'poison-not-stored'));
    expect(attempts).toBe(5);
  });
});

describe('fault row 11: the traps of kafkajs', () => {
  it('a fault in the handling of a batch is no endless loop: the consumer is replaced', async () => {
    const all = await wired.append(3);
    await wired.relay.start();
    let broken = true;
    const feed = wired.feed({
      report: (notice) => {
        wired.notices.push(notice);
        // The one piece of foreign code inside a batch.
        if (notice.kind === 'poison' && broken) throw new Error('the report broke');
      },
    });
    const reader = wired.follow(feed);
    await toBeLive(feed);
    await wired.producer((producer) => producer.send({ topic: wired.topic, messages: [{ value: 'x', partition: 4 }] }));
    await eventually('the consumer was given up', () => wired.notices.find(({ kind }) => kind === 'down'));
    all.push(...(await wired.append(20)));
    await toHaveSeen(reader, all);
    broken = false;
    await toBeLive(feed);
    all.push(...(await wired.append(20)));
    await toHaveSeen(reader, all);
  });

  it('a crash that kafkajs does not retry leaves no zombie: it is said, tried again, and history serves', async () => {
    const all = await wired.append(3);
    await wired.relay.start();
    // More than brokers allow: joining the group fails for good.
    const feed = wired.feed({ tail: { sessionTimeoutMs: 3_600_000 } });
    const reader = wired.follow(feed);
    await eventually('it was tried again', () => wired.notices.length > 2);
    expect(wired.notices.map(({ kind }) => kind)).toEqual(wired.notices.map(() => 'down'));
    expect((wired.notices.at(-1)?.error as { readonly type?: string }).type).toBe('INVALID_SESSION_TIMEOUT');
    all.push(...(await wired.append(20)));
    await toHaveSeen(reader, all);
    expect(feed.live('notes')).toBe(false);
  });

  it('nothing warns of timers of a negative length while a consumer idles', async () => {
    const warnings: string[] = [];
    const hear = ({ name }: Error) => void warnings.push(name);
    process.on('warning', hear);
    await wired.relay.start();
    const feed = wired.feed();
    const reader = wired.follow(feed);
    await toBeLive(feed);
    const all = await wired.append(5);
    await toHaveSeen(reader, all);
    process.off('warning', hear);
    expect(warnings.filter((name) => name === 'TimeoutNegativeWarning')).toEqual([]);
  });
});
