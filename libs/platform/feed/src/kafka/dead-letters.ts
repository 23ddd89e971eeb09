import type pg from 'pg';
import { inTransaction } from '../transaction.ts';

/** A record of a topic that could not be read, whole, as the broker gave it. */
export interface KafkaDeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly headers: { readonly [name: string]: string | readonly string[] };
  readonly value: Buffer | null;
  readonly error: string;
}

/** Where records go that nobody can read. */
export abstract class KafkaDeadLetters {
  abstract add(letter: KafkaDeadLetter): Promise<void>;
}

/** Rows beside the read models: one per place in a topic, however many processes meet it. */
export class PostgresKafkaDeadLetters extends KafkaDeadLetters {
  readonly #pool: pg.Pool;
  readonly #schema: string;

  constructor(pool: pg.Pool, schema: string) {
    super();
    this.#pool = pool;
    this.#schema = schema;
  }

  async prepare(): Promise<void> {
    await inTransaction(this.#pool, 'begin', (client) =>
      client.query(`
        select pg_advisory_xact_lock(hashtextextended('kontor schema ${this.#schema}', 0));
        create schema if not exists ${this.#schema};
        create table if not exists ${this.#schema}.kafka_dead_letters (
          topic text not null, partition integer not null, "offset" bigint not null, key bytea, headers jsonb not null,
          value bytea, error text not null, met_at timestamptz not null default now(),
          -- A topic that was made anew counts from 0 again.
          content text not null,
          primary key (topic, partition, "offset", content)
        );
        comment on table ${this.#schema}.kafka_dead_letters is 'Records of topics that could not be read';`),
    );
  }

  async add(letter: KafkaDeadLetter): Promise<void> {
    await this.#pool.query(
      `insert into ${this.#schema}.kafka_dead_letters
         (topic, partition, "offset", key, headers, value, error, content)
       values ($1, $2, $3, $4, $5, $6, $7, md5(coalesce($6::bytea, ''::bytea)))
       on conflict do nothing`,
      [
        ...[letter.topic, letter.partition, letter.offset, letter.key],
        // jsonb takes no NUL character.
        ...[JSON.stringify(letter.headers).replaceAll('\\u0000', '\\ufffd'), letter.value, letter.error],
      ],
    );
  }
}
