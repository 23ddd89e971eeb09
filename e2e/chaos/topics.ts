import { setTimeout as delay } from 'node:timers/promises';
import { connectKafka, topicOf, WATERMARK_TYPE } from '@kontor/feed/kafka';
import type { Published } from './oracle.ts';

const READ_WITHIN_MS = 120_000;
const POLL_MS = 50;

interface Passed {
  readonly id: string;
  readonly position: string;
  readonly previous: string;
}

/**
 * What does not hold of a service's topic: every published event lies in its partition, for the first time in the order of the
 * log, and names the one before; what a relay that was killed sent again is the same record.
 */
export async function topicFaults(
  brokers: readonly string[],
  service: string,
  events: readonly Published[],
): Promise<readonly string[]> {
  const topic = topicOf(service);
  const partitions = await contents(brokers, topic);
  const wrong: string[] = [];
  for (const [partition, records] of partitions) {
    const first = new Map<string, Passed>();
    let last = '0';
    for (const record of records) {
      const known = first.get(record.id);
      const previous = known?.previous ?? last;
      if (record.previous !== previous)
        wrong.push(`${topic}/${partition}: ${record.id} names ${record.previous}, not ${previous}`);
      if (known !== undefined) continue;
      first.set(record.id, record);
      last = record.position;
    }
    const wanted = events.filter((event) => event.partition === partition).map(({ id }) => id);
    const found = [...first.keys()];
    const at = wanted.findIndex((id, index) => id !== found[index]);
    if (at >= 0) wrong.push(`${topic}/${partition}: ${found[at]} where ${wanted[at]} belongs`);
    else if (found.length > wanted.length)
      wrong.push(`${topic}/${partition}: ${found[wanted.length]} is in no history of ${service}`);
  }
  return wrong;
}

/** Events by partition in the order of the topic, repetitions included. */
async function contents(brokers: readonly string[], topic: string): Promise<ReadonlyMap<number, readonly Passed[]>> {
  const kafka = connectKafka({ brokers, clientId: 'chaos' });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect());
  const left = new Map(
    ends.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, BigInt(high)]),
  );
  const records = new Map(ends.map(({ partition }): [number, Passed[]] => [partition, []]));
  // The coordinator of the first group of a broker keeps one waiting.
  const retry = { initialRetryTime: 200, maxRetryTime: 1_000, retries: 30, restartOnFailure: async () => true };
  const consumer = kafka.consumer({ groupId: `${topic}.judged`, retry });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message: { offset, headers = {} } }) => {
        const { ce_type: type, ce_id: id, ce_position: position, ce_previousposition: previous } = headers;
        if (String(type) !== WATERMARK_TYPE)
          records.get(partition)?.push({ id: String(id), position: String(position), previous: String(previous) });
        if (BigInt(offset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
      },
    });
    const deadline = Date.now() + READ_WITHIN_MS;
    while (left.size > 0) {
      if (Date.now() > deadline) throw new Error(`${topic} could not be read to its end`);
      await delay(POLL_MS);
    }
  } finally {
    await consumer.disconnect();
  }
  return records;
}
