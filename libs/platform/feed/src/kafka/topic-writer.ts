import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';
import { leave } from './client.ts';
import { CLOSE_WITHIN_MS, RELAY_REQUEST_BYTES, RELAY_SEND_TIMEOUT_MS, REQUEST_RETRIES } from './kafka.config.ts';

/** What a record takes besides its value, roughly: headers, key, framing. */
const OVERHEAD_BYTES = 1_024;

/** An idempotent producer that is replaced after every fault: the sequence numbers of a failed one are in doubt. */
export class TopicWriter {
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #sendTimeoutMs: number;
  #producer: Promise<Producer> | undefined;

  constructor(kafka: Kafka, topic: string, sendTimeoutMs = RELAY_SEND_TIMEOUT_MS) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#sendTimeoutMs = sendTimeoutMs;
  }

  /** Resolves when all replicas in sync have the messages. In order within a partition, in requests of bounded size. */
  async send(messages: readonly Message[]): Promise<void> {
    for (const part of parts(messages)) await this.#sendPart(part);
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer !== undefined)
      await leave(
        producer.then((it) => it.disconnect()),
        CLOSE_WITHIN_MS,
      );
  }

  async #sendPart(messages: Message[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        this.#connected().then((producer) =>
          producer.sendBatch({ acks: -1, topicMessages: [{ topic: this.#topic, messages }] }),
        ),
        new Promise((_resolve, reject) => {
          timer = setTimeout(() => {
            reject(new Error(`the brokers did not acknowledge within ${this.#sendTimeoutMs} ms`));
          }, this.#sendTimeoutMs);
        }),
      ]);
    } catch (error) {
      const producer = this.#producer;
      this.#producer = undefined;
      // Not waited for: a broker that does not answer does not say goodbye either.
      if (producer !== undefined)
        void leave(
          producer.then((it) => it.disconnect()),
          CLOSE_WITHIN_MS,
        );
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #connected(): Promise<Producer> {
    this.#producer ??= (async () => {
      const producer = this.#kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        // The idempotent producer of kafkajs would otherwise retry without end, and nobody would hear of it.
        retry: { retries: REQUEST_RETRIES },
      });
      await producer.connect();
      return producer;
    })();
    return this.#producer;
  }
}

function* parts(messages: readonly Message[]): Generator<Message[]> {
  let part: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = (message.value?.length ?? 0) + OVERHEAD_BYTES;
    if (part.length > 0 && bytes + size > RELAY_REQUEST_BYTES) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(message);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
