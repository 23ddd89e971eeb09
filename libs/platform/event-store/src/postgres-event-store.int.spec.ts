import { afterAll, beforeAll } from '@jest/globals';
import { pgProxy, testDatabase, type TestDatabase } from '@kontor/testing';
import { eventStoreContract } from '@kontor/testing/event-store-contract';
import pg from 'pg';
import { PostgresEventStore } from './postgres-event-store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

let logs = 0;
const APPEND_TIMEOUT_MS = 1_500;

eventStoreContract('PostgresEventStore', async () => {
  logs += 1;
  const schema = `log_${logs}`;
  await PostgresEventStore.migrate(database.pool, schema);
  const proxy = await pgProxy(database.url);
  const pool = new pg.Pool({ connectionString: proxy.url, max: 5 });
  pool.on('error', () => undefined);
  // Two appends at once are two batches under way, so that the few of a test race each other as hundreds do.
  const limits = {
    ...{ appendTimeoutMs: APPEND_TIMEOUT_MS, connectTimeoutMs: 1_000, maxLookedAtPerRead: 500 },
    minBatchBeside: 1,
  };
  const store = new PostgresEventStore({ pool, schema, limits });
  return {
    store,
    open: () => Promise.resolve(new PostgresEventStore({ pool: database.pool, schema, limits })),
    faults: {
      loseNextAnswer: () => {
        proxy.loseNextAnswerTo('kontor_append');
      },
      silence: proxy.silence,
      breakConnections: proxy.breakConnections,
    },
    appendTimeoutMs: APPEND_TIMEOUT_MS,
    async close() {
      await store.close();
      await proxy.close();
      await pool.end();
    },
  };
});
