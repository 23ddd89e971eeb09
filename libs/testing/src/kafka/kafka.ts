import { randomUUID } from 'node:crypto';

export interface TestKafka {
  readonly brokers: readonly string[];
  /** Topics of this test alone: `<prefix>.<service>`. */
  readonly prefix: string;
}

/** The broker that Jest's globalSetup started, and a name for topics that nobody else uses. */
export function testKafka(): TestKafka {
  const brokers = process.env.KONTOR_TEST_KAFKA;
  if (brokers === undefined) throw new Error('KONTOR_TEST_KAFKA is not set: name the file *.kafka.int.spec.ts');
  return { brokers: brokers.split(','), prefix: `test-${randomUUID().slice(0, 8)}` };
}
