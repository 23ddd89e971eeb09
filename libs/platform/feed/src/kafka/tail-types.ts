import type { Kafka } from 'kafkajs';
import type { Feed } from '../feed.ts';
import type { KafkaDeadLetters } from './dead-letters.ts';
import type { PoisonNotice } from './record-reader.ts';

export interface OutageNotice {
  /**
   * down: no consumer of the topic, another try follows. back-to-history: the topic lacks something, what it is the error
   * says.
   */
  readonly kind: 'down' | 'back-to-history';
  readonly topic: string;
  readonly error: unknown;
}

export type TailNotice = OutageNotice | PoisonNotice;

export interface TopicTailOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly service: string;
  readonly group?: string;
  /** The service's history: where the tail begins, and what it is compared with. */
  readonly history: Feed;
  readonly deadLetters?: KafkaDeadLetters;
  readonly report: (notice: TailNotice) => void;
  readonly watchdogMs?: number;
  readonly silenceMs?: number;
  readonly sessionTimeoutMs?: number;
  readonly capacity?: number;
}
