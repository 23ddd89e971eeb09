import { randomUUID } from 'node:crypto';
import { type NewEvent, PostgresEventStore } from '@kontor/event-store';
import { type Feed, type FeedHead, type FeedOptions, LogFeed, type LogSource } from '@kontor/feed';
import { connectKafka, KafkaFeed, type KafkaConnection, KafkaRelay, topicOf, toRecord } from '@kontor/feed/kafka';
import { defineCodec, PARTITIONS } from '@kontor/kernel';
import type { Message } from 'kafkajs';
import pg from 'pg';
import { startKafka } from '../tools/kafka/broker.mjs';
import { type Finding, interleave, perSecondText, summary } from './measure.ts';

const EVENTS = 30_000;
const APPENDED_AT_ONCE = 1_000;
const STREAMS = 500;
const ROUNDS = 3;
const SENT_AT_ONCE = 1_000;
/** Of what kafkajs alone moves with the same messages and acknowledgements. */
const GOAL = 0.5;
const SERVICE = 'notes';

/**
 * From the store over Kafka to a consumer, beside kafkajs alone: the same records of the same size, in batches of 1 000, acks
 * from all replicas, one broker on this machine. The consumer of either only receives.
 */
export async function kafkaBench(databaseUrl: string): Promise<Finding[]> {
  const own = process.env.KAFKA_BROKERS === undefined ? await startKafka() : undefined;
  const brokers = own?.brokers ?? (process.env.KAFKA_BROKERS ?? '').split(',');
  const kafka: KafkaConnection = { brokers, clientId: 'bench' };
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  try {
    const source = await filled(pool);
    const log = new LogFeed([source]);
    const records = await recordsOf(log);
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0) / records.length;
    const results = await interleave<number>(
      [
        { name: 'kontor', run: () => relayed(kafka, pool, log) },
        { name: 'kafkajs', run: () => bare(kafka, records) },
      ],
      ROUNDS,
    );
    await source.store.close();
    const of = (name: string) => summary(results.get(name) ?? []);
    const [ours, alone] = [of('kontor'), of('kafkajs')];
    const ratio = ours.median / alone.median;
    return [
      {
        subject: `store → Kafka → consumer, records of ${Math.round(bytes)} bytes with their headers`,
        ours: perSecondText(ours),
        against: `kafkajs alone ${perSecondText(alone)}`,
        ratio: ratio.toFixed(2),
        goal: `≥ ${GOAL.toFixed(2)}`,
        met: ratio >= GOAL,
      },
    ];
  } finally {
    await pool.end();
    await own?.stop();
  }
}

/** Events per second, from the start of the relay until the consumer was handed the last one. */
async function relayed(kafka: KafkaConnection, pool: pg.Pool, log: LogFeed): Promise<number> {
  const topicPrefix = `bench-${randomUUID()}`;
  const schema = `relay_${randomUUID().replaceAll('-', '')}`;
  const relay = new KafkaRelay({ kafka, service: SERVICE, feed: log, pool, topicPrefix, schema });
  await relay.prepare();
  const feed = new KafkaFeed({ kafka, history: new EmptyYet(log), topicPrefix });
  const abort = new AbortController();
  let seen = 0;
  const reading = (async () => {
    for await (const { events } of feed.read({ service: SERVICE, after: 0n, follow: true, signal: abort.signal })) {
      seen += events.length;
      if (seen === EVENTS) return performance.now();
    }
    throw new Error('the feed ended');
  })();
  while (!feed.live(SERVICE)) await new Promise((resolve) => setTimeout(resolve, 10));
  const startedAt = performance.now();
  await relay.start();
  const endedAt = await reading;
  abort.abort();
  await feed.close();
  await relay.stop();
  return EVENTS / ((endedAt - startedAt) / 1_000);
}

async function bare(connection: KafkaConnection, records: readonly Message[]): Promise<number> {
  const kafka = connectKafka(connection);
  const topic = topicOf(SERVICE, `bench-${randomUUID()}`);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] });
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: topic });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, () => {
      resolve();
    });
  });
  const last = new Promise<number>((resolve) => {
    void consumer.run({
      eachBatch: async ({ batch }) => {
        seen += batch.messages.length;
        if (seen === records.length) resolve(performance.now());
      },
    });
  });
  await joined;
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 5 } });
  await producer.connect();
  const startedAt = performance.now();
  for (let from = 0; from < records.length; from += SENT_AT_ONCE)
    await producer.send({ topic, acks: -1, messages: records.slice(from, from + SENT_AT_ONCE) });
  const endedAt = await last;
  await producer.disconnect();
  await consumer.disconnect();
  return records.length / ((endedAt - startedAt) / 1_000);
}

/** A history that has nothing yet, so that everything comes over the topic. */
class EmptyYet extends LogFeed {
  readonly #log: Feed;

  constructor(log: Feed) {
    super([]);
    this.#log = log;
  }

  override async head(service: string): Promise<FeedHead> {
    return { ...(await this.#log.head(service)), position: 0n, recordedAt: null };
  }

  override async *read({ service }: FeedOptions) {
    const { logId } = await this.#log.head(service);
    yield { service, logId, events: [], watermark: { position: 0n, recordedAt: null }, caughtUp: true };
  }
}

async function filled(pool: pg.Pool): Promise<LogSource> {
  await PostgresEventStore.migrate(pool, 'notes_log');
  const store = new PostgresEventStore({ pool, schema: 'notes_log' });
  for (let from = 0; from < EVENTS; from += APPENDED_AT_ONCE) {
    const appends = Array.from({ length: APPENDED_AT_ONCE }, (_, index) =>
      store.append(`note-${(from + index) % STREAMS}`, 'any', [noteEvent(from + index)]),
    );
    await Promise.all(appends);
  }
  return {
    store,
    codecs: [defineCodec(SERVICE, { NoteTaken: { version: 1 } })],
    publication: {
      service: SERVICE,
      publish: ({ data }) => ({ contract: 'kontor.notes.note-taken.v1', data }),
    },
  };
}

function noteEvent(number: number): NewEvent {
  return {
    id: randomUUID(),
    type: 'notes.NoteTaken.v1',
    data: Buffer.from(JSON.stringify({ number, text: 'x'.repeat(250) })),
    metadata: {
      occurredAt: '2026-11-21T10:00:00.000Z',
      actor: randomUUID(),
      origin: 'person',
      commandId: randomUUID(),
      requestHash: 'hash',
      correlationId: randomUUID(),
    },
  };
}

async function recordsOf(log: LogFeed): Promise<Message[]> {
  const records: Message[] = [];
  const { signal } = new AbortController();
  for await (const { events } of log.read({ service: SERVICE, after: 0n, follow: false, signal }))
    records.push(...events.map(toRecord));
  return records;
}

function sizeOf({ key, value, headers = {} }: Message): number {
  const ofHeaders = Object.entries(headers).reduce((sum, [name, text]) => sum + name.length + String(text).length, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders;
}
