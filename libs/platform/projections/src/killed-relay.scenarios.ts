import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { LogFeed } from '@kontor/feed';
import { KafkaRelay } from '@kontor/feed/kafka';
import { DeadlyPool, toldToGo } from '@kontor/testing/deadly-pool';
import { notesLog } from './notes.scenarios.ts';

/**
 * A process of its own that relays to the head and kills itself (SIGKILL) before the n-th statement on its checkpoint, or,
 * with "during", as soon as the n-th was sent: what it had sent to Kafka before was acknowledged. Prints "done" when it was
 * not killed.
 *
 * Arguments: connection string, brokers, prefix of the topic, n, "before" or "during".
 */
const [url, brokers, topicPrefix, nth, moment] = process.argv.slice(2) as [
  ...[string, string, string, string],
  'before' | 'during',
];
const log = new pg.Pool({ connectionString: url, max: 3 });
const checkpoints = new DeadlyPool({ connectionString: url, max: 3 }, Number(nth), moment);
const source = notesLog(log);
const relay = new KafkaRelay({
  kafka: { brokers: brokers.split(','), clientId: 'killed-relay' },
  service: 'notes',
  feed: new LogFeed([source]),
  pool: checkpoints,
  topicPrefix,
  batchSize: 15,
});
await toldToGo();
await relay.start();
const { position: head } = await source.store.head();
for (let at = -1n; at < head; await delay(10)) {
  const { rows } = await log.query<{ position: string }>(
    'select min(position)::text as position from notes_relay.relay',
  );
  at = BigInt(rows[0]?.position ?? 0);
}
await relay.stop();
await source.store.close();
await Promise.all([log.end(), checkpoints.end()]);
console.log('done');
