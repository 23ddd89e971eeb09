import { setTimeout as delay } from 'node:timers/promises';
import { connectKafka } from '@kontor/feed/kafka';

/** A group of one process of the platform: `<topic>.reader.<uuid>`. */
const READERS = '.reader.';
const SESSION_MS = 6_000;

/**
 * A stranger joins the group in which a process reads a topic, and leaves it after a while: two rebalances, the first of which
 * takes partitions away from the process. False: there was no such group, or the broker was not there to join it.
 */
export async function joinAndLeave(brokers: readonly string[], which: number, forMs: number): Promise<boolean> {
  const kafka = connectKafka({ brokers, clientId: 'stranger' });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { groups } = await admin.listGroups();
    const ids = groups.map(({ groupId }) => groupId).filter((id) => id.includes(READERS));
    if (ids.length === 0) return false;
    // Those of processes that were killed are empty.
    const read = (await admin.describeGroups(ids)).groups.filter(({ members }) => members.length > 0);
    const groupId = read[which % read.length]?.groupId;
    if (groupId === undefined) return false;
    const consumer = kafka.consumer({ groupId, sessionTimeout: SESSION_MS });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: groupId.slice(0, groupId.indexOf(READERS)), fromBeginning: false });
      await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
      await delay(forMs);
    } finally {
      await consumer.disconnect();
    }
    return true;
  } catch {
    // Another fault is made to the broker just now.
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
