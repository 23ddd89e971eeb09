export { connectKafka, type KafkaConnection } from './client.ts';
export { type KafkaDeadLetter, KafkaDeadLetters, PostgresKafkaDeadLetters } from './dead-letters.ts';
export { KafkaFeed, type KafkaFeedOptions } from './kafka-feed.ts';
export { KafkaRelay, type KafkaRelayOptions, type RelayNotice, type RelayStatus } from './relay.ts';
export { fromRecord, toRecord, toWatermark, UnreadableRecord, WATERMARK_TYPE } from './records.ts';
export type { TailNotice } from './topic-tail.ts';
export { ensureTopic, PartitionsDiffer, TopicMissing, topicOf } from './topics.ts';
