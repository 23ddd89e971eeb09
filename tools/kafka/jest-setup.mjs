// Jest's globalSetup for the suites that need Kafka: PostgreSQL as the others have it, and one broker for the whole run,
// its address in KONTOR_TEST_KAFKA. KAFKA_BROKERS given from outside is used as it is. Topics are each test's own.
import setupDatabase from '../jest-pg-setup.mjs';
import { startKafka } from './broker.mjs';

export default async function setup() {
  await setupDatabase();
  if (process.env.KAFKA_BROKERS) {
    process.env.KONTOR_TEST_KAFKA = process.env.KAFKA_BROKERS;
    return;
  }
  const kafka = await startKafka();
  process.env.KONTOR_TEST_KAFKA = kafka.brokers.join(',');
  globalThis.kontorTestKafka = kafka;
}
