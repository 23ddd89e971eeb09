import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { StoreSchemaTooNew } from '../errors.ts';
import { checkedSchemaName } from '../postgres/schema.ts';
import { type KeyState, KeyVault, SubjectErased } from '../vault.ts';
import { KEY_VAULT_LIMITS, type KeyVaultLimits } from './keys.config.ts';
import { KEY_BYTES, sealWith, unsealWith } from './sealing.ts';

const KEYS_VERSION = 1;
const DEFAULT_SCHEMA = 'kontor_keys';

export interface PostgresKeyVaultOptions {
  readonly pool: pg.Pool;
  readonly schema?: string;
  readonly limits?: Partial<KeyVaultLimits>;
}

/** Subject, key in base64, when it was made. */
export type CopiedKey = readonly [string, string, string];

const PAGE_KEYS = 2_000;

interface CachedKey {
  /** Null: destroyed, or never made. */
  readonly key: Buffer | null;
  readonly readAt: number;
}

/**
 * Keys in a schema of their own, outside the log and outside its backup. A destroyed key leaves its row without the key, so
 * that none is made again for the same subject.
 */
export class PostgresKeyVault extends KeyVault {
  private readonly pool: pg.Pool;
  private readonly schema: string;
  private readonly limits: KeyVaultLimits;
  /** In the order of their last preparation, oldest first. */
  private readonly cache = new Map<string, CachedKey>();
  private readonly listeners = new Set<() => void>();
  /** Destroyed keys that this process has heard of. */
  private destroyedSeen = 0;

  constructor(options: PostgresKeyVaultOptions) {
    super();
    this.pool = options.pool;
    this.schema = checkedSchemaName(options.schema ?? DEFAULT_SCHEMA);
    this.limits = { ...KEY_VAULT_LIMITS, ...options.limits };
  }

  /** Makes the schema when it is not there, and gives the vault. Throws StoreSchemaTooNew. */
  static async open(pool: pg.Pool, schema?: string): Promise<PostgresKeyVault> {
    await PostgresKeyVault.migrate(pool, schema);
    return new PostgresKeyVault({ pool, ...(schema !== undefined && { schema }) });
  }

  static async migrate(pool: pg.Pool, schemaName: string = DEFAULT_SCHEMA): Promise<void> {
    const schema = checkedSchemaName(schemaName);
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('kontor keys ' || $1, 0))`, [schema]);
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema};
        CREATE TABLE IF NOT EXISTS ${schema}.version (version integer NOT NULL);
        INSERT INTO ${schema}.version SELECT ${KEYS_VERSION} WHERE NOT EXISTS (SELECT FROM ${schema}.version);
        CREATE TABLE IF NOT EXISTS ${schema}.keys (
          subject text COLLATE "C" PRIMARY KEY,
          key bytea,
          created_at timestamptz NOT NULL DEFAULT now(),
          destroyed_at timestamptz);
        CREATE INDEX IF NOT EXISTS keys_destroyed ON ${schema}.keys (subject) WHERE key IS NULL`);
      const { rows } = await client.query<{ version: number }>(`SELECT version FROM ${schema}.version`);
      const found = rows[0]?.version ?? 0;
      if (found > KEYS_VERSION) throw new StoreSchemaTooNew(schema, found, KEYS_VERSION);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  override async prepare(subjects: readonly string[], purpose: 'seal' | 'unseal'): Promise<void> {
    const oldest = performance.now() - this.limits.maxCacheAgeMs;
    const wanted = new Set(subjects);
    const missing = [...wanted].filter((subject) => {
      const cached = this.cache.get(subject);
      if (cached === undefined || cached.readAt < oldest || (purpose === 'seal' && cached.key === null)) return true;
      this.keep(subject, cached);
      return false;
    });
    if (missing.length > 0) await this.fetch(missing, purpose);
    this.forgetOldest();
    if (purpose === 'unseal') return;
    for (const subject of wanted) {
      if (this.cache.get(subject)?.key === null) throw new SubjectErased(subject);
    }
  }

  override seal(subject: string, plain: string): string {
    const key = this.prepared(subject);
    if (key === null) throw new SubjectErased(subject);
    return sealWith(key, subject, plain);
  }

  override unseal(subject: string, sealed: string): string | null {
    const key = this.prepared(subject);
    return key === null ? null : unsealWith(key, subject, sealed);
  }

  override async destroy(subject: string): Promise<void> {
    await this.pool.query(
      `INSERT INTO ${this.schema}.keys (subject, key, destroyed_at) VALUES ($1, NULL, now())
       ON CONFLICT (subject) DO UPDATE SET key = NULL, destroyed_at = coalesce(keys.destroyed_at, now())`,
      [subject],
    );
    this.keep(subject, { key: null, readAt: performance.now() });
    for (const listener of this.listeners) listener();
  }

  override async keyOf(subject: string): Promise<KeyState> {
    const { rows } = await this.pool.query<{ kept: boolean }>(
      `SELECT key IS NOT NULL AS kept FROM ${this.schema}.keys WHERE subject = $1`,
      [subject],
    );
    if (rows[0] === undefined) return 'none';
    return rows[0].kept ? 'kept' : 'destroyed';
  }

  override async destroyedSubjects(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ subject: string }>(
      `SELECT subject FROM ${this.schema}.keys WHERE key IS NULL ORDER BY subject`,
    );
    return rows.map((row) => row.subject);
  }

  override forget(subjects: readonly string[]): void {
    for (const subject of subjects) {
      const cached = this.cache.get(subject);
      // Somebody may have prepared it a moment ago and be about to use it: it stays, and is read anew at the next look.
      if (cached !== undefined) this.cache.set(subject, { key: cached.key, readAt: Number.NEGATIVE_INFINITY });
    }
  }

  override onDestroyed(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Every key that is not destroyed, in pages: for a backup that is asked to hold them. */
  async *exportKeys(): AsyncGenerator<readonly CopiedKey[]> {
    for (let after = ''; ;) {
      const { rows } = await this.pool.query<{ subject: string; copied: CopiedKey }>(
        `SELECT subject, ARRAY[subject, encode(key, 'base64'), created_at::text] AS copied FROM ${this.schema}.keys
          WHERE key IS NOT NULL AND subject > $1 ORDER BY subject LIMIT ${PAGE_KEYS}`,
        [after],
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows.map(({ copied }) => copied);
      after = last.subject;
    }
  }

  /** Keys that are there already stay as they are, destroyed ones above all. */
  async importKeys(keys: readonly CopiedKey[]): Promise<void> {
    await this.pool.query(
      `INSERT INTO ${this.schema}.keys (subject, key, created_at)
       SELECT subject, decode(key, 'base64'), created_at::timestamptz FROM unnest($1::text[], $2::text[], $3::text[]) u(subject, key, created_at)
       ON CONFLICT (subject) DO NOTHING`,
      [0, 1, 2].map((part) => keys.map((key) => key[part as 0])),
    );
  }

  /** To be called every few seconds. */
  override async look(): Promise<void> {
    const { rows } = await this.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${this.schema}.keys WHERE key IS NULL`,
    );
    const count = rows[0]?.count ?? 0;
    if (count === this.destroyedSeen) return;
    this.destroyedSeen = count;
    this.forget([...this.cache.keys()]);
    for (const listener of this.listeners) listener();
  }

  private prepared(subject: string): Buffer | null {
    const cached = this.cache.get(subject);
    if (cached === undefined) throw new Error(`the key of ${subject} was not prepared`);
    return cached.key;
  }

  /** Two processes may meet a new subject at once: the row that came first is everybody's key. */
  private async fetch(subjects: readonly string[], purpose: 'seal' | 'unseal'): Promise<void> {
    const sorted = [...subjects].sort();
    if (purpose === 'seal') {
      await this.pool.query(
        `INSERT INTO ${this.schema}.keys (subject, key) SELECT s, decode(k, 'hex') FROM unnest($1::text[], $2::text[]) u(s, k)
         ON CONFLICT (subject) DO NOTHING`,
        [sorted, sorted.map(() => randomBytes(KEY_BYTES).toString('hex'))],
      );
    }
    const { rows } = await this.pool.query<{ subject: string; key: Buffer | null }>(
      `SELECT subject, key FROM ${this.schema}.keys WHERE subject = ANY ($1::text[])`,
      [sorted],
    );
    const keys = new Map(rows.map((row) => [row.subject, row.key]));
    const readAt = performance.now();
    for (const subject of sorted) {
      const key = keys.get(subject);
      // Without a row the key may be made at any moment, by another process; a destroyed one stays destroyed.
      this.keep(subject, { key: key ?? null, readAt: key === undefined ? readAt - this.limits.maxCacheAgeMs : readAt });
    }
  }

  private keep(subject: string, cached: CachedKey): void {
    this.cache.delete(subject);
    this.cache.set(subject, cached);
  }

  private forgetOldest(): void {
    const inUse = performance.now() - this.limits.minCacheAgeMs;
    for (const [subject, { readAt }] of this.cache) {
      if (this.cache.size <= this.limits.maxCachedKeys || readAt > inUse) return;
      this.cache.delete(subject);
    }
  }
}
