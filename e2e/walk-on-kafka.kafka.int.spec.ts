import { testKafka } from '@kontor/testing';

// The same walk, word for word; only the configuration differs. The platform is a child process and reads it there.
const { brokers, prefix } = testKafka();
Object.assign(process.env, {
  KONTOR_FEED: 'kafka',
  KAFKA_BROKERS: brokers.join(','),
  KONTOR_KAFKA_TOPIC_PREFIX: prefix,
});
await import('./walk.e2e.spec.ts');
