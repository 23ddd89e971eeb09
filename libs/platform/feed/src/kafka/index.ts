export { connectKafka, type KafkaConnection } from './client.ts';
export {
  type KafkaDeadLetter,
  KafkaDeadLetters,
  type KeptDeadLetter,
  PostgresKafkaDeadLetters,
} from './dead-letters.ts';
export { KafkaFeed, type KafkaFeedOptions, type TailStatus } from './kafka-feed.ts';
export { KafkaRelay, type KafkaRelayOptions, type RelayNotice, type RelayStatus } from './relay.ts';
export { fromRecord, REPLAY_HEADER, toRecord, toWatermark, UnreadableRecord, WATERMARK_TYPE } from './records.ts';
export type { TailNotice } from './tail-types.ts';
export { LiveTopic, NoSuchTopicReplay, TopicNotEmpty, TopicReplayUnderWay } from './topic-replay-errors.ts';
export type { TopicReplay, TopicReplayState } from './topic-replay-rows.ts';
export { type TopicReplayPlan, type TopicReplayRequest, TopicReplays } from './topic-replays.ts';
export { ensureTopic, isLiveTopic, PartitionsDiffer, TopicMissing, topicOf } from './topics.ts';
