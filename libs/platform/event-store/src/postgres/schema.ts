import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { StoreSchemaTooNew } from '../errors.ts';
import { appendFunction } from './append-function.ts';
import { readFunctions } from './read-functions.ts';
import { PARTITION_SIZE } from './store.config.ts';

const SCHEMA_VERSION = 2;
const SCHEMA_NAME = /^[a-z][a-z0-9_]{0,39}$/;

export interface MigrateOptions {
  /** Events per partition, fixed when the log is made. */
  readonly partitionSize?: bigint;
}

/** Names go into SQL text and into a notification channel, so they are held to a plain form. */
export function checkedSchemaName(schema: string): string {
  if (!SCHEMA_NAME.test(schema)) throw new TypeError(`not a schema name: ${JSON.stringify(schema)}`);
  return schema;
}

/**
 * Creates the log's schema or brings it to this version; any number of processes may do so at once.
 * Throws StoreSchemaTooNew when a newer program has been here.
 */
export async function migrate(pool: pg.Pool, schemaName: string, options: MigrateOptions = {}): Promise<void> {
  const schema = checkedSchemaName(schemaName);
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const { rows } = await client.query<{ key: string }>(
      `SELECT hashtextextended('kontor event log ' || $1, 0)::text AS key`,
      [schema],
    );
    const lockKey = BigInt(rows[0]?.key ?? 0);
    // The same lock as an append's: a log is not changed while it is written.
    await client.query(`SELECT pg_advisory_xact_lock($1)`, [lockKey]);
    const found = await foundVersion(client, schema);
    if (found > SCHEMA_VERSION) throw new StoreSchemaTooNew(schema, found, SCHEMA_VERSION);
    if (found === 0) await client.query(tables(schema));
    if (found === 1) await client.query(namesByHash(schema));
    await client.query(appendFunction(schema, lockKey));
    await client.query(partitionFunction(schema));
    await client.query(readFunctions(schema));
    if (found === 0) {
      const size = options.partitionSize ?? PARTITION_SIZE;
      await client.query(`INSERT INTO ${schema}.log (log_id, schema_version, partition_size) VALUES ($1, $2, $3)`, [
        randomUUID(),
        SCHEMA_VERSION,
        size,
      ]);
      await client.query(`SELECT ${schema}.add_partitions(0)`);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function foundVersion(client: pg.PoolClient, schema: string): Promise<number> {
  const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass($1) IS NOT NULL AS there`, [
    `${schema}.log`,
  ]);
  if (rows[0]?.there !== true) return 0;
  const log = await client.query<{ schema_version: number }>(`SELECT schema_version FROM ${schema}.log`);
  return log.rows[0]?.schema_version ?? 0;
}

/**
 * Names are looked up and nothing else, and are as random as the ids in them. A hash index has 4 bytes of each, so it stays in
 * memory three times as long as a tree of the names. It cannot be unique: that a stream has one row rests on the lock in append().
 */
function nameIndex(schema: string): string {
  return `CREATE INDEX streams_name ON ${schema}.streams USING hash (name);`;
}

/** From version 1, which had a tree of the names. Some ten seconds for a million streams. */
function namesByHash(schema: string): string {
  return `
${nameIndex(schema)}
ALTER TABLE ${schema}.streams DROP CONSTRAINT streams_name_key;
UPDATE ${schema}.log SET schema_version = 2;`;
}

/**
 * Two keys on events and no more: position, and (stream, revision). The second is unique within a partition only, which
 * is all that PostgreSQL offers here; the lock in append() keeps it unique over the whole.
 * Column order leaves no padding. A page is frozen by the first vacuum that sees it and never written again.
 * streams and log are updated in place (HOT): no updated column is indexed, and their pages keep room.
 */
function tables(schema: string): string {
  return `
CREATE SCHEMA IF NOT EXISTS ${schema};
CREATE TABLE ${schema}.log (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  log_id uuid NOT NULL,
  schema_version integer NOT NULL,
  partition_size bigint NOT NULL CHECK (partition_size > 0),
  partitions_until bigint NOT NULL DEFAULT 0,
  position bigint NOT NULL DEFAULT 0,
  streams bigint NOT NULL DEFAULT 0,
  recorded_at timestamptz
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
CREATE TABLE ${schema}.types (
  type_no integer PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE
);
CREATE TABLE ${schema}.streams (
  stream_no bigint PRIMARY KEY,
  revision bigint NOT NULL,
  first_position bigint NOT NULL,
  last_position bigint NOT NULL,
  name text COLLATE "C" NOT NULL
) WITH (fillfactor = 50);
${nameIndex(schema)}
CREATE TABLE ${schema}.events (
  position bigint NOT NULL PRIMARY KEY,
  stream_no bigint NOT NULL,
  revision bigint NOT NULL,
  recorded_at timestamptz NOT NULL,
  event_id uuid NOT NULL,
  type_no integer NOT NULL,
  data bytea NOT NULL,
  metadata bytea NOT NULL
) PARTITION BY RANGE (position);`;
}

/**
 * Makes the partitions up to the one behind that of `upto`. A partition is made as a table of its own and attached: that
 * waits for nobody who reads, where CREATE … PARTITION OF would.
 */
function partitionFunction(schema: string): string {
  return `
CREATE OR REPLACE FUNCTION ${schema}.add_partitions(upto bigint) RETURNS void LANGUAGE plpgsql AS $partition$
DECLARE
  size bigint; until bigint; part text;
BEGIN
  SELECT partition_size, partitions_until INTO STRICT size, until FROM ${schema}.log;
  WHILE until <= upto + size / 4 LOOP
    part := 'events_' || (until / size);
    EXECUTE format('CREATE TABLE ${schema}.%1$I (LIKE ${schema}.events INCLUDING DEFAULTS INCLUDING STORAGE,
        CONSTRAINT %2$I PRIMARY KEY (position) WITH (fillfactor = 100),
        CONSTRAINT %3$I CHECK (position >= %4$s AND position < %5$s))
      WITH (fillfactor = 100, autovacuum_vacuum_insert_threshold = 500000, autovacuum_vacuum_insert_scale_factor = 0,
        autovacuum_freeze_min_age = 0, toast.autovacuum_vacuum_insert_threshold = 500000,
        toast.autovacuum_vacuum_insert_scale_factor = 0, toast.autovacuum_freeze_min_age = 0)',
      part, part || '_position', part || '_range', until, until + size);
    EXECUTE format('CREATE UNIQUE INDEX %I ON ${schema}.%I (stream_no, revision)', part || '_stream', part);
    EXECUTE format('ALTER TABLE ${schema}.events ATTACH PARTITION ${schema}.%I FOR VALUES FROM (%s) TO (%s)',
      part, until, until + size);
    EXECUTE format('ALTER TABLE ${schema}.%I DROP CONSTRAINT %I', part, part || '_range');
    until := until + size;
  END LOOP;
  UPDATE ${schema}.log SET partitions_until = until;
END $partition$;`;
}
