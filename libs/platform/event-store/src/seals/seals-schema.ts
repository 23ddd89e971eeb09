import type pg from 'pg';
import { checkedSchemaName } from '../postgres/schema.ts';
import { NO_SEAL } from './seal-hash.ts';

/** The seals of `orders_log` lie in `orders_seals`. Any number of processes may call this at once. */
export async function migrateSeals(pool: pg.Pool, schemaName: string): Promise<void> {
  const schema = checkedSchemaName(schemaName);
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtextextended('kontor seals ' || $1, 0))`, [schema]);
    await client.query(`create schema if not exists ${schema};
      create table if not exists ${schema}.sealer (
        one boolean primary key default true check (one), log_id uuid, position bigint not null, running bytea not null
      ) with (fillfactor = 10);
      create table if not exists ${schema}.chain (
        position bigint primary key, stream text collate "C" not null, revision bigint not null, previous bigint,
        seal bytea not null);
      create table if not exists ${schema}.heads (
        stream text collate "C" primary key, position bigint not null, revision bigint not null, seal bytea not null
      ) with (fillfactor = 50);
      create table if not exists ${schema}.roots (
        day date primary key, log_id uuid not null, position bigint not null, running bytea not null,
        key_id text not null, signature bytea not null) with (fillfactor = 50);
      alter table ${schema}.chain add column if not exists sealed_position bigint;
      alter table ${schema}.roots add column if not exists position_now bigint;
      comment on column ${schema}.chain.sealed_position is
        'The position that was hashed, in a log that was moved since to another store; null: the same';
      comment on column ${schema}.roots.position_now is
        'Where the last event of the root lies in the present log; null: at the position that was signed';
      comment on table ${schema}.sealer is 'How far the log is sealed, and the hash over all seals so far';
      comment on table ${schema}.chain is 'One seal per event, chained per stream: previous is the position of the event before';
      comment on table ${schema}.heads is 'The last seal of each stream';
      comment on table ${schema}.roots is 'The hash over all seals at the end of each day (UTC), signed; that of today moves'`);
    await client.query(`insert into ${schema}.sealer (position, running) values (0, $1) on conflict do nothing`, [
      NO_SEAL,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
