import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { EventStore, StoredEvent } from '../event-store.ts';
import { checkedSchemaName } from '../postgres/schema.ts';
import { NO_SEAL, runningOver, sealOf } from './seal-hash.ts';
import { migrateSeals } from './seals-schema.ts';
import { SEAL_BATCH_EVENTS, SEAL_INTERVAL_MS, SEAL_RETRY_MS } from './seals.config.ts';
import type { SealKey } from './signing.ts';

export interface SealerOptions {
  readonly pool: pg.Pool;
  readonly store: EventStore;
  /** `orders_seals`. */
  readonly schema: string;
  readonly key: SealKey;
  readonly report?: (error: unknown) => void;
}

export interface SealerStatus {
  readonly state: 'stopped' | 'running' | 'retrying' | 'failed';
  readonly error: string | null;
  readonly position: bigint;
}

interface Head {
  readonly position: bigint;
  readonly revision: bigint;
  readonly seal: Buffer;
}

interface Sealed {
  readonly position: bigint;
  readonly running: Buffer;
}

/** What was sealed does not belong to this log, or is longer than it: a verification says more. */
export class SealsDoNotFit extends Error {
  constructor(schema: string, why: string) {
    super(`${schema}: ${why}`);
    this.name = 'SealsDoNotFit';
  }
}

/** Another process has sealed these events. */
class AlreadySealed extends Error {}

/**
 * Chains the stored bytes of one log, an ordinary subscription with its checkpoint: appends know nothing of it. The root of
 * the day is signed again with every batch, and stays as it is when the first event of another day is sealed.
 */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #schema: string;
  #state: SealerStatus['state'] = 'stopped';
  #error: string | null = null;
  #running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  constructor(options: SealerOptions) {
    this.#options = options;
    this.#schema = checkedSchemaName(options.schema);
  }

  async prepare(): Promise<void> {
    await migrateSeals(this.#options.pool, this.#schema);
  }

  start(): void {
    const abort = new AbortController();
    this.#running ??= { abort, done: this.#follow(abort.signal) };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.abort.abort();
    await running?.done;
  }

  /** Seals up to the present end of the log. */
  async catchUp(progress: (position: bigint) => void = () => undefined): Promise<void> {
    await this.prepare();
    let { position } = await this.#load();
    for (;;) {
      const page = await this.#options.store.readAll({ after: position, limit: SEAL_BATCH_EVENTS });
      if (page.position > position) await this.#seal(page.events, position, page.position);
      position = page.position;
      progress(position);
      if (page.atHead) return;
    }
  }

  async status(): Promise<SealerStatus> {
    return { state: this.#state, error: this.#error, position: (await this.#read(this.#options.pool, '')).position };
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        let { position } = await this.#load();
        this.#state = 'running';
        const batches = this.#options.store.subscribe({ after: position, batchSize: SEAL_BATCH_EVENTS, signal });
        for await (const batch of batches) {
          if (batch.position > position) await this.#seal(batch.events, position, batch.position);
          position = batch.position;
          this.#error = null;
          if (batch.caughtUp) await rest(SEAL_INTERVAL_MS, signal);
        }
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof AlreadySealed)) this.#options.report?.(error);
        this.#error = error instanceof Error ? error.message : String(error);
        this.#state = error instanceof SealsDoNotFit ? 'failed' : 'retrying';
        if (error instanceof SealsDoNotFit) return;
        await rest(SEAL_RETRY_MS, signal);
      }
    }
    this.#state = 'stopped';
  }

  async #load(): Promise<Sealed> {
    const { logId, position: head } = await this.#options.store.head();
    const sealed = await this.#read(this.#options.pool, '');
    if (sealed.logId !== null && sealed.logId !== logId)
      throw new SealsDoNotFit(this.#schema, `the seals belong to the log ${sealed.logId}, and this one is ${logId}`);
    if (sealed.position > head)
      throw new SealsDoNotFit(this.#schema, `${sealed.position} is sealed, and the log ends at ${head}`);
    return sealed;
  }

  async #read(client: pg.Pool | pg.PoolClient, locking: '' | 'for update'): Promise<Sealed & { logId: string | null }> {
    const { rows } = await client.query<{ log_id: string | null; position: string; running: Buffer }>(
      `select log_id, position::text, running from ${this.#schema}.sealer ${locking}`,
    );
    const row = rows[0];
    if (row === undefined) throw new SealsDoNotFit(this.#schema, 'its own row is missing');
    return { logId: row.log_id, position: BigInt(row.position), running: row.running };
  }

  async #seal(events: readonly StoredEvent[], after: bigint, upto: bigint): Promise<void> {
    const { logId } = await this.#options.store.head();
    const client = await this.#options.pool.connect();
    try {
      await client.query('begin');
      const sealed = await this.#read(client, 'for update');
      if (sealed.position !== after) throw new AlreadySealed(`${this.#schema} is sealed by another process`);
      const { rows, heads, roots, running } = chained(events, await this.#heads(client, events), sealed.running);
      await client.query(
        `insert into ${this.#schema}.chain (position, stream, revision, previous, seal)
         select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bytea[])`,
        columns(rows, ['position', 'stream', 'revision', 'previous', 'seal']),
      );
      await client.query(
        `insert into ${this.#schema}.heads (stream, position, revision, seal)
         select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[])
         on conflict (stream) do update set position = excluded.position, revision = excluded.revision, seal = excluded.seal`,
        columns(
          Array.from(heads, ([stream, head]) => ({ stream, ...head })),
          ['stream', 'position', 'revision', 'seal'],
        ),
      );
      for (const [day, root] of roots) {
        const { key } = this.#options;
        await client.query(
          `insert into ${this.#schema}.roots (day, log_id, position, running, key_id, signature)
           values ($1, $2, $3, $4, $5, $6) on conflict (day) do update
           set position = excluded.position, running = excluded.running, key_id = excluded.key_id, signature = excluded.signature,
               log_id = excluded.log_id, position_now = null`,
          [day, logId, root.position, root.running, key.id, key.sign({ logId, day, ...root })],
        );
      }
      await client.query(`update ${this.#schema}.sealer set log_id = $1, position = $2, running = $3`, [
        logId,
        upto,
        running,
      ]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  async #heads(client: pg.PoolClient, events: readonly StoredEvent[]): Promise<Map<string, Head>> {
    const { rows } = await client.query<{ stream: string; position: string; revision: string; seal: Buffer }>(
      `select stream, position::text, revision::text, seal from ${this.#schema}.heads where stream = any ($1::text[])`,
      [[...new Set(events.map(({ stream }) => stream))]],
    );
    return new Map(
      rows.map((row) => [
        row.stream,
        { position: BigInt(row.position), revision: BigInt(row.revision), seal: row.seal },
      ]),
    );
  }
}

function chained(events: readonly StoredEvent[], heads: Map<string, Head>, before: Buffer) {
  const roots = new Map<string, { position: bigint; running: Buffer }>();
  let running = before;
  const rows = events.map((event) => {
    const { stream, position, revision } = event;
    const previous = heads.get(stream);
    const seal = sealOf(previous?.seal ?? NO_SEAL, event);
    heads.set(stream, { position, revision, seal });
    running = runningOver(running, seal);
    roots.set(event.recordedAt.slice(0, 10), { position, running });
    return { position, stream, revision, previous: previous?.position ?? null, seal };
  });
  return { rows, heads, roots, running };
}

function columns<Row>(rows: readonly Row[], names: readonly (keyof Row)[]): unknown[] {
  return names.map((name) => rows.map((row) => row[name]));
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
