import { afterAll, beforeAll } from '@jest/globals';
import { testDatabase, type TestDatabase, testKafka } from '@kontor/testing';
import { feedContract } from '@kontor/testing/feed-contract';
import { LogFeed } from '../log-feed.ts';
import { KafkaFeed } from './kafka-feed.ts';
import { KafkaRelay } from './relay.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => {
  await db.drop();
});

feedContract('kafka', async (source) => {
  const { brokers, prefix } = testKafka();
  const kafka = { brokers, clientId: 'contract' };
  const log = new LogFeed([source]);
  // The suite appends again when it hears an idle watermark first: events must not wait a second for the others' watermarks.
  const often = { watermarkEveryMs: 20 };
  const relay = new KafkaRelay({ kafka, service: 'notes', feed: log, pool: db.pool, topicPrefix: prefix, ...often });
  await relay.start();
  const feed = new KafkaFeed({ kafka, history: log, topicPrefix: prefix });
  return {
    feed,
    async close() {
      await feed.close();
      await relay.stop();
      await source.store.close();
    },
  };
});
