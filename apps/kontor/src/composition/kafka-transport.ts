import { type Feed, OwnLogFeed } from '@kontor/feed';
import { KafkaFeed, KafkaRelay, PostgresKafkaDeadLetters } from '@kontor/feed/kafka';
import type pg from 'pg';
import type { Logger } from 'pino';

/** Where dead letters of topics lie. */
const DEAD_LETTERS_SCHEMA = 'kontor_feed';

export interface KafkaTransportOptions {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly replicationFactor: number;
}

/** How services hear each other. */
export interface Transport {
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
}

/** A relay for each service's topic, and one reader of the topics for all; each service hears itself from its own log. */
export function kafkaTransport(
  options: KafkaTransportOptions,
  { services, log, history }: Logs,
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
  const deadLetters = new PostgresKafkaDeadLetters(pool, DEAD_LETTERS_SCHEMA);
  const feed = new KafkaFeed({ kafka, history, topicPrefix, deadLetters, report });
  const relays = services.map(
    (service) => new KafkaRelay({ kafka, service, feed: log, pool, topicPrefix, replicationFactor, report }),
  );
  return {
    feedOf: (service) => new OwnLogFeed(service, log, feed),
    async start() {
      await deadLetters.prepare();
      // Refuses topics with another count of partitions; brokers that are away are waited for in the background.
      await Promise.all(relays.map((relay) => relay.start()));
    },
    async stop() {
      await Promise.all([feed.close(), ...relays.map((relay) => relay.stop())]);
    },
  };
}
