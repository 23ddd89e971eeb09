import type { KafkaMessage } from 'kafkajs';
import { backOff, errorText } from '../retry.ts';
import type { KafkaDeadLetters } from './dead-letters.ts';
import { DEAD_LETTER_ATTEMPTS } from './kafka.config.ts';
import { type FeedRecord, fromRecord } from './records.ts';

export interface PoisonNotice {
  /** poison: a record that nobody can read. poison-not-stored: and that could not be kept either. */
  readonly kind: 'poison' | 'poison-not-stored';
  readonly topic: string;
  readonly error: unknown;
}

export interface RecordReaderOptions {
  readonly service: string;
  readonly topic: string;
  readonly deadLetters?: KafkaDeadLetters;
  readonly report: (notice: PoisonNotice) => void;
}

/** Reads the records of one topic; what nobody can read is reported and kept, and does not hold up the others. */
export class RecordReader {
  readonly #options: RecordReaderOptions;
  readonly #signal: AbortSignal;

  /** @param signal after it nothing is tried again */
  constructor(options: RecordReaderOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async read(partition: number, message: KafkaMessage): Promise<FeedRecord | undefined> {
    const { service, topic } = this.#options;
    try {
      return fromRecord(service, partition, message);
    } catch (error) {
      this.#options.report({ kind: 'poison', topic, error });
      await this.#keep(partition, message, error);
      // If it was one of ours, the next record names a predecessor that was not seen, and history has it.
      return undefined;
    }
  }

  async #keep(partition: number, { offset, key, value, headers = {} }: KafkaMessage, cause: unknown): Promise<void> {
    const { service, topic, deadLetters } = this.#options;
    const letter = { service, topic, partition, offset, key, value, error: errorText(cause), headers: texts(headers) };
    for (let attempt = 1; deadLetters !== undefined; attempt += 1) {
      try {
        return await deadLetters.add(letter);
      } catch (error) {
        if (attempt >= DEAD_LETTER_ATTEMPTS || this.#signal.aborted) {
          this.#options.report({ kind: 'poison-not-stored', topic, error });
          return undefined;
        }
        await backOff(attempt, this.#signal);
      }
    }
    return undefined;
  }
}

function texts(headers: NonNullable<KafkaMessage['headers']>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(String) : value === undefined ? '' : value.toString(),
    ]),
  );
}
