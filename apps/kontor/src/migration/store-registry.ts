import { inTransaction } from '@kontor/feed';
import type pg from 'pg';

/** Where logs may lie. */
export type StoreKind = 'postgres' | 'eventstore';

export interface InstalledLog {
  readonly service: string;
  readonly store: StoreKind;
  readonly logId: string;
  /** `YYYY-MM-DD` */
  readonly since: string;
}

export const SCHEMA = 'kontor_store';

const DDL = `
  create schema if not exists ${SCHEMA};
  create table if not exists ${SCHEMA}.logs (
    service text primary key, store text not null check (store in ('postgres', 'eventstore')), log_id uuid not null,
    since timestamptz not null default clock_timestamp());
  comment on table ${SCHEMA}.logs is 'Which store holds the log of each service, so that no other one is written to by mistake';
  create table if not exists ${SCHEMA}.moves (
    old_log uuid not null, new_log uuid not null, service text not null, from_store text not null, to_store text not null,
    events bigint, hash text, old_head bigint, begun_at timestamptz not null default clock_timestamp(), moved_at timestamptz,
    primary key (old_log, new_log));
  alter table ${SCHEMA}.moves add column if not exists same_positions boolean not null default false;
  comment on table ${SCHEMA}.moves is
    'Copies of logs, from one store to another or out of a backup; moved_at is null until the switch';
  comment on column ${SCHEMA}.moves.same_positions is
    'Every event lies where it lay, up to old_head: out of a backup; else see translations';
  create table if not exists ${SCHEMA}.translations (
    old_log uuid not null, new_log uuid not null, first_position bigint not null, last_position bigint not null,
    last_new_position bigint not null, events_before bigint not null, events integer not null, positions bytea not null,
    primary key (old_log, new_log, first_position));
  comment on table ${SCHEMA}.translations is
    'Where each event of a moved log lies in the new one: pairs of positions, as differences of variable length';`;

/** Any number of processes may do this at once. */
export async function prepareRegistry(pool: pg.Pool): Promise<void> {
  await inTransaction(pool, 'begin', async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtext('kontor store'))`);
    await client.query(DDL);
  });
}

export async function installedLog(pool: pg.Pool | pg.ClientBase, service: string): Promise<InstalledLog | null> {
  // Who only looks has not made the list.
  if (!(await isThere(pool, `${SCHEMA}.logs`))) return unregistered(pool, service);
  const { rows } = await pool.query<InstalledLog>(
    `select service, store, log_id as "logId", to_char(since at time zone 'UTC', 'YYYY-MM-DD') as since
       from ${SCHEMA}.logs where service = $1`,
    [service],
  );
  return rows[0] ?? (await unregistered(pool, service));
}

/** What a version left behind that did not keep this list yet: logs in PostgreSQL. */
async function unregistered(pool: pg.Pool | pg.ClientBase, service: string): Promise<InstalledLog | null> {
  if (!(await isThere(pool, `${service}_log.log`))) return null;
  const { rows } = await pool.query<{ logId: string; since: string }>(
    `select log_id as "logId", to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD') as since
       from ${service}_log.log where position > 0`,
  );
  return rows[0] === undefined ? null : { service, store: 'postgres', ...rows[0] };
}

async function isThere(pool: pg.Pool | pg.ClientBase, table: string): Promise<boolean> {
  const { rows } = await pool.query<{ there: boolean }>('select to_regclass($1) is not null as there', [table]);
  return rows[0]?.there === true;
}

/** The first start on a log writes it down; of many at once one does. */
export async function register(pool: pg.Pool, service: string, store: StoreKind, logId: string): Promise<void> {
  await pool.query(
    `insert into ${SCHEMA}.logs (service, store, log_id) values ($1, $2, $3) on conflict (service) do nothing`,
    [service, store, logId],
  );
}

const NAMES: { readonly [kind in StoreKind]: string } = { postgres: 'PostgreSQL', eventstore: 'EventStoreDB' };

export function nameOf(kind: StoreKind): string {
  return NAMES[kind];
}

/** Null when a process that runs on this kind of store may use the log. */
export function objection(found: InstalledLog | null, service: string, kind: StoreKind): string | null {
  if (found === null || found.store === kind) return null;
  const where = `The log of ${service} lies in ${nameOf(found.store)} since ${found.since}`;
  return kind === 'postgres'
    ? `${where}: set EVENTSTORE_URL, or move it with kontor migrate-store --from eventstore --to postgres.`
    : `${where}: start without EVENTSTORE_URL, or move it with kontor migrate-store --from postgres --to eventstore.`;
}
