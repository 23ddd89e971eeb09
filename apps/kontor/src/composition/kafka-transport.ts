import { type Feed, OwnLogFeed, type Watch } from '@kontor/feed';
import {
  KafkaFeed,
  KafkaRelay,
  PostgresKafkaDeadLetters,
  type RelayStatus,
  type TailStatus,
  type TopicReplay,
  TopicReplays,
  topicOf,
} from '@kontor/feed/kafka';
import { RebuildRegistry } from '@kontor/projections';
import type pg from 'pg';
import type { Logger } from 'pino';

/** Where dead letters of topics and replays into topics lie. */
const FEED_SCHEMA = 'kontor_feed';

export interface KafkaTransportOptions {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly replicationFactor: number;
}

/** What an administrator sees and does of the topics. */
export interface Topics {
  readonly deadLetters: PostgresKafkaDeadLetters;
  readonly replays: TopicReplays;
  /** Of the services of this process. */
  topicOf(service: string): string;
  relay(service: string): Promise<RelayStatus | undefined>;
  tails(): Promise<readonly TailStatus[]>;
}

/** How services hear each other. */
export interface Transport {
  /** Absent: they hear each other from their logs. */
  readonly topics?: Topics;
  feedOf(service: string): Feed;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** In one process the logs themselves are the bus; between processes it is the history of each. */
export function logTransport(history: Feed): Transport {
  return { feedOf: () => history, start: async () => undefined, stop: async () => undefined };
}

export interface Logs {
  /** The services of this process, which have a relay each. */
  readonly services: readonly string[];
  /** Their logs. */
  readonly log: Feed;
  /** Every service's from the beginning. */
  readonly history: Feed;
  /** Stands around what the relays send. */
  readonly watch?: Watch | undefined;
}

/** A relay for each service's topic, and one reader of the topics for all; each service hears itself from its own log. */
export function kafkaTransport(
  options: KafkaTransportOptions,
  { services, log, history, watch }: Logs,
  pool: pg.Pool,
  logger: Logger,
): Transport {
  const { brokers, topicPrefix, replicationFactor } = options;
  const kafka = {
    brokers,
    clientId: 'kontor',
    log: (message: string, facts: object) => logger.debug({ kafka: facts }, message),
  };
  const report = (notice: { readonly kind: string; readonly topic: string; readonly error: unknown }) => {
    const { error, ...about } = notice;
    logger.warn({ err: error, ...about }, `Kafka: ${notice.kind}`);
  };
  const deadLetters = new PostgresKafkaDeadLetters(pool, FEED_SCHEMA);
  const feed = new KafkaFeed({ kafka, history, topicPrefix, deadLetters, report });
  const relaying = { kafka, feed: log, pool, topicPrefix, replicationFactor, report, ...(watch && { watch }) };
  const relays = services.map((service) => new KafkaRelay({ ...relaying, service }));
  const registry = new RebuildRegistry(pool);
  const replays = new TopicReplays({
    ...{ kafka, feed: log, services, pool, schema: FEED_SCHEMA, topicPrefix, replicationFactor, report },
    ended: (client, replay) => registry.tell(client, replayDeed('TopicReplayEnded', replay.startedBy, null, replay)),
  });
  const topics: Topics = {
    deadLetters,
    replays,
    topicOf: (service) => topicOf(service, topicPrefix),
    relay: async (service) => relays[services.indexOf(service)]?.status(),
    tails: () => feed.tails(),
  };
  return {
    topics,
    feedOf: (service) => new OwnLogFeed(service, log, feed),
    async start() {
      await deadLetters.prepare();
      await replays.start();
      // Refuses topics with another count of partitions; brokers that are away are waited for in the background.
      await Promise.all(relays.map((relay) => relay.start()));
    },
    async stop() {
      await Promise.all([feed.close(), replays.stop(), ...relays.map((relay) => relay.stop())]);
    },
  };
}

/** The subscription under which it is remembered what was done with the topic of a service. */
export function topicSubscription(service: string): string {
  return `topic-${service}`;
}

export function replayDeed(act: string, actor: string, reason: string | null, replay: TopicReplay) {
  const { id, service, topic, group, from, to, state, events, error } = replay;
  const details = {
    ...{ replayId: id, topic, group, from: from.toString(), to: to.toString() },
    ...(act === 'TopicReplayEnded' ? { state, events, error } : {}),
  };
  return { projection: topicSubscription(service), act, actor, reason, details };
}
