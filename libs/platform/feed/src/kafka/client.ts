import kafkajs, { type Kafka } from 'kafkajs';
import {
  CONNECT_TIMEOUT_MS,
  REQUEST_RETRIES,
  REQUEST_TIMEOUT_MS,
  RETRY_INITIAL_MS,
  RETRY_MAX_MS,
} from './kafka.config.ts';
import { mendRequestQueue } from './request-queue.ts';

export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** Says in the brokers' logs who this is. */
  readonly clientId: string;
  /** What kafkajs itself has to say, errors and warnings; without it, it says nothing. */
  readonly log?: (message: string, facts: object) => void;
}

/** kafkajs with retries that end: whoever uses it begins anew from its own checkpoint, and says so. */
export function connectKafka({ brokers, clientId, log }: KafkaConnection): Kafka {
  mendRequestQueue();
  const { Kafka, logLevel } = kafkajs;
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: {
      retries: REQUEST_RETRIES,
      initialRetryTime: RETRY_INITIAL_MS,
      maxRetryTime: RETRY_MAX_MS,
      // A crashed consumer is replaced by a new one; kafkajs's own restart has no bound.
      restartOnFailure: async () => false,
    },
    logLevel: log === undefined ? logLevel.NOTHING : logLevel.WARN,
    logCreator:
      () =>
      ({ log: { message, ...facts } }) =>
        log?.(message, facts),
  });
}

/** Waits for brokers that may never answer, but not for ever. Errors are those of somebody who is being left. */
export async function leave(goodbye: Promise<unknown>, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    goodbye.catch(() => undefined),
    new Promise((resolve) => {
      timer = setTimeout(resolve, withinMs);
    }),
  ]);
  clearTimeout(timer);
}
