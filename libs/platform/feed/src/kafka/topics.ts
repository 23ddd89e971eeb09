import { PARTITIONS } from '@kontor/kernel';
import type { Admin } from 'kafkajs';
import { backOff } from '../retry.ts';
import { TOPIC_ATTEMPTS, TOPIC_MAX_MESSAGE_BYTES, TOPIC_RETENTION_MS } from './kafka.config.ts';

/** One topic per service: `kontor.orders`. */
export function topicOf(service: string, prefix = 'kontor'): string {
  return `${prefix}.${service}`;
}

/** Whether a name is that of a live topic, of whichever service: `kontor.` and one word. */
export function isLiveTopic(topic: string, prefix = 'kontor'): boolean {
  return topic.startsWith(`${prefix}.`) && !topic.slice(prefix.length + 1).includes('.');
}

/** Keys would go to other partitions than the contract says, and their order would be lost. */
export class PartitionsDiffer extends Error {
  constructor(
    readonly topic: string,
    readonly partitions: number,
  ) {
    super(`the topic ${topic} has ${partitions} partitions, its contract has ${PARTITIONS}`);
    this.name = 'PartitionsDiffer';
  }
}

export class TopicMissing extends Error {
  constructor(readonly topic: string) {
    super(`there is no topic ${topic}`);
    this.name = 'TopicMissing';
  }
}

/** Makes the topic where it is missing. Throws PartitionsDiffer. */
export async function ensureTopic(admin: Admin, topic: string, replicationFactor: number): Promise<void> {
  if (!(await admin.listTopics()).includes(topic)) {
    // False when somebody else was faster, which is as good. Leaders are waited for below: the broker that answers may not
    // know the new topic yet, which kafkajs takes for an error.
    await admin.createTopics({
      waitForLeaders: false,
      topics: [
        {
          topic,
          numPartitions: PARTITIONS,
          replicationFactor,
          configEntries: [
            { name: 'cleanup.policy', value: 'delete' },
            { name: 'retention.ms', value: String(TOPIC_RETENTION_MS) },
            { name: 'max.message.bytes', value: String(TOPIC_MAX_MESSAGE_BYTES) },
            { name: 'min.insync.replicas', value: String(replicationFactor > 2 ? 2 : 1) },
          ],
        },
      ],
    });
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      await requireTopic(admin, topic);
      return;
    } catch (error) {
      if (error instanceof PartitionsDiffer || attempt === TOPIC_ATTEMPTS) throw error;
      await backOff(attempt, new AbortController().signal);
    }
  }
}

/** Throws TopicMissing, PartitionsDiffer, and TopicMissing too while a partition has no leader. */
export async function requireTopic(admin: Admin, topic: string): Promise<void> {
  if (!(await admin.listTopics()).includes(topic)) throw new TopicMissing(topic);
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]?.partitions ?? [];
  if (partitions.length !== PARTITIONS) throw new PartitionsDiffer(topic, partitions.length);
  if (partitions.some(({ leader }) => leader < 0)) throw new TopicMissing(topic);
}
