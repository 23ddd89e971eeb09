import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type Prepared, prepared } from '../prepared.ts';
import { inTransaction } from '../transaction.ts';

/** A record of a topic that could not be read, whole, as the broker gave it. */
export interface KafkaDeadLetter {
  readonly service: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly headers: { readonly [name: string]: string | readonly string[] };
  readonly value: Buffer | null;
  readonly error: string;
}

/** One that was kept. Nothing waits behind it: its partition went on. */
export interface KeptDeadLetter extends KafkaDeadLetter {
  /** Derived from the place and the content, so that every process gives it the same. */
  readonly id: string;
  readonly metAt: string;
}

/** Where records go that nobody can read. */
export abstract class KafkaDeadLetters {
  abstract add(letter: KafkaDeadLetter): Promise<void>;
}

const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

/** Rows beside the read models: one per place in a topic, however many processes meet it. */
export class PostgresKafkaDeadLetters extends KafkaDeadLetters {
  readonly #pool: pg.Pool;
  readonly #schema: string;
  readonly #add: Prepared;

  constructor(pool: pg.Pool, schema: string) {
    super();
    this.#pool = pool;
    this.#schema = schema;
    this.#add = prepared(`insert into ${schema}.kafka_dead_letters
        (id, service, topic, partition, "offset", key, headers, value, error, content)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`);
  }

  async prepare(): Promise<void> {
    const table = `${this.#schema}.kafka_dead_letters`;
    await inTransaction(this.#pool, 'begin', (client) =>
      client.query(`
        select pg_advisory_xact_lock(hashtextextended('kontor schema ${this.#schema}', 0));
        create schema if not exists ${this.#schema};
        create table if not exists ${table} (
          topic text not null, partition integer not null, "offset" bigint not null, key bytea, headers jsonb not null,
          value bytea, error text not null, met_at timestamptz not null default now(),
          -- A topic that was made anew counts from 0 again.
          content text not null,
          primary key (topic, partition, "offset", content)
        );
        alter table ${table}
          add column if not exists id uuid not null default gen_random_uuid(),
          add column if not exists service text not null default '',
          add column if not exists resolved_at timestamptz, add column if not exists resolution text;
        create unique index if not exists kafka_dead_letters_id on ${table} (id);
        comment on table ${table} is 'Records of topics that could not be read';
        comment on column ${table}.resolution is 'readable: a retry could read it; skipped: somebody has looked at it; null: open';`),
    );
  }

  async add(letter: KafkaDeadLetter): Promise<void> {
    const { service, topic, partition, offset, key, headers, value, error } = letter;
    const content = createHash('md5')
      .update(value ?? '')
      .digest('hex');
    await this.#pool.query({
      ...this.#add,
      values: [
        ...[idOf(`${topic} ${partition} ${offset} ${content}`), service, topic, partition, offset, key],
        // jsonb takes no NUL character.
        ...[
          JSON.stringify(headers).replaceAll('\\u0000', '\\ufffd'),
          value,
          error.replaceAll('\u0000', '\\0'),
          content,
        ],
      ],
    });
  }

  /** What nobody has dealt with yet, oldest first. */
  async open(topic: string, limit: number, id?: string): Promise<readonly KeptDeadLetter[]> {
    const { rows } = await this.#pool.query<KeptDeadLetter>(
      `select id, service, topic, partition, "offset"::text, key, headers, value, error,
              to_char(met_at at time zone 'UTC', ${UTC}) as "metAt"
       from ${this.#schema}.kafka_dead_letters
       where topic = $1 and resolved_at is null and ($3::uuid is null or id = $3)
       order by met_at, partition, kafka_dead_letters."offset" limit $2`,
      [topic, limit, id ?? null],
    );
    return rows;
  }

  async countOpen(topic: string): Promise<number> {
    const { rows } = await this.#pool.query<{ open: number }>(
      `select count(*)::int as open from ${this.#schema}.kafka_dead_letters where topic = $1 and resolved_at is null`,
      [topic],
    );
    return rows[0]?.open ?? 0;
  }

  /** False: somebody else was faster. */
  async resolve(client: pg.ClientBase, id: string, resolution: 'readable' | 'skipped'): Promise<boolean> {
    const { rowCount } = await client.query(
      `update ${this.#schema}.kafka_dead_letters set resolved_at = clock_timestamp(), resolution = $2
        where id = $1 and resolved_at is null`,
      [id, resolution],
    );
    return rowCount === 1;
  }

  async setError(id: string, error: string): Promise<void> {
    await this.#pool.query(`update ${this.#schema}.kafka_dead_letters set error = $2 where id = $1`, [id, error]);
  }
}

function idOf(place: string): string {
  const hex = createHash('sha256').update(`kontor dead letter ${place}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
