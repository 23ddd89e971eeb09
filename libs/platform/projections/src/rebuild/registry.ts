import { inTransaction } from '@kontor/feed';
import type pg from 'pg';
import type { Projection } from '../projection.ts';
import { schemaOf } from '../schema.ts';
import type { Comparison } from './compare.ts';
import { FOLDER_SILENCE_MS, REGISTRY_POLL_MS } from './rebuild.config.ts';

/**
 * live: the stable views are over it. kept: was live before the last switch, and is folded on. building, paused: not yet live.
 * cancelled, discarded: its schema is gone, or goes at the next look. retired: of another version than the code declares.
 */
export type CopyState = 'live' | 'kept' | 'building' | 'paused' | 'cancelled' | 'discarded' | 'retired';

/** One copy of a projection's tables. */
export interface CopyRow {
  readonly projection: string;
  readonly version: number;
  readonly number: number;
  readonly schema: string;
  readonly state: CopyState;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly reason: string | null;
  readonly comparison: Comparison | null;
}

export interface Skip {
  readonly eventId: string;
  readonly who: string;
  readonly why: string;
  readonly at: string;
}

/** What an administrator did, to be recorded as an event. */
export interface Act {
  readonly id: string;
  readonly projection: string;
  readonly act: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly details: { readonly [name: string]: string | number | boolean | null };
  readonly at: string;
}

export type NewAct = Pick<Act, 'projection' | 'act' | 'actor' | 'reason' | 'details'>;

export interface Verification {
  readonly projection: string;
  readonly at: string;
  readonly seconds: number;
  readonly comparison: Comparison;
}

const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;
const SCHEMA = 'kontor_rebuilds';
const COPY = `select projection, version, number, schema_name as schema, state, started_by as "startedBy",
  to_char(started_at at time zone 'UTC', ${UTC}) as "startedAt", reason, comparison from ${SCHEMA}.copies`;

const DDL = `
  create schema if not exists ${SCHEMA};
  create table if not exists ${SCHEMA}.copies (
    schema_name text primary key, projection text not null, version integer not null, number integer not null,
    state text not null check (state in ('live', 'kept', 'building', 'paused', 'cancelled', 'discarded', 'retired')),
    started_by text not null, started_at timestamptz not null default clock_timestamp(), reason text,
    changed_at timestamptz not null default clock_timestamp(), dropped boolean not null default false,
    folder uuid, folder_seen_at timestamptz, comparison json, unique (projection, version, number));
  create unique index if not exists copies_one_live on ${SCHEMA}.copies (projection) where state = 'live';
  create unique index if not exists copies_one_rebuild on ${SCHEMA}.copies (projection)
    where state in ('building', 'paused', 'kept');
  comment on table ${SCHEMA}.copies is 'Which schema holds the live tables of each projection, and its rebuilds';
  comment on column ${SCHEMA}.copies.folder is 'The process that folds a copy being built';
  create table if not exists ${SCHEMA}.skips (
    projection text not null, event_id uuid not null, who text not null, why text not null,
    at timestamptz not null default clock_timestamp(), primary key (projection, event_id));
  comment on table ${SCHEMA}.skips is 'Events that a projection leaves out, now and in every rebuild';
  create table if not exists ${SCHEMA}.acts (
    id uuid primary key default gen_random_uuid(), projection text not null, act text not null, actor text not null,
    reason text, details json not null, at timestamptz not null default clock_timestamp(),
    recorded boolean not null default false);
  create index if not exists acts_unrecorded on ${SCHEMA}.acts (at) where not recorded;
  comment on table ${SCHEMA}.acts is 'What administrators did, in the transaction of the deed; an event of each follows';
  create table if not exists ${SCHEMA}.verifications (
    projection text primary key, at timestamptz not null, seconds double precision not null, comparison json not null);
  comment on table ${SCHEMA}.verifications is 'The last verification of each projection';`;

const stamps = new WeakMap<pg.Pool, { readonly at: number; readonly stamps: Promise<ReadonlyMap<string, string>> }>();

/** The rows that say which copies there are. Whoever changes one tells in the same transaction who did it. */
export class RebuildRegistry {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  static async migrate(pool: pg.Pool): Promise<void> {
    await inTransaction(pool, 'begin', async (client) => {
      await client.query(`select pg_advisory_xact_lock(hashtext('kontor rebuilds'))`);
      await client.query(DDL);
    });
  }

  /** Changes whenever a copy or a skip of the projection does. One question a second answers for all projections of a process. */
  async stamp(projection: string): Promise<string> {
    let asked = stamps.get(this.#pool);
    if (asked === undefined || performance.now() - asked.at > REGISTRY_POLL_MS / 2) {
      asked = { at: performance.now(), stamps: this.#stamps() };
      stamps.set(this.#pool, asked);
    }
    return (await asked.stamps).get(projection) ?? '';
  }

  async #stamps(): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.#pool.query<{ projection: string; stamp: string }>(
      `select projection, string_agg(stamp, ',' order by stamp) as stamp from (
         select projection, schema_name || state || dropped as stamp from ${SCHEMA}.copies
         union all select projection, event_id::text from ${SCHEMA}.skips) changes group by projection`,
    );
    return new Map(rows.map(({ projection, stamp }) => [projection, stamp]));
  }

  /** The live copy; the declared schema when there is none yet. That of another version is retired, its rebuilds go. */
  async adopt(projection: Projection): Promise<CopyRow> {
    const { name, version } = projection;
    return inTransaction(this.#pool, 'begin', async (client) => {
      await this.lock(client, name);
      const rows = await this.#copies(client, name);
      const live = rows.find(({ state }) => state === 'live');
      if (live?.version === version) return live;
      await client.query(
        `update ${SCHEMA}.copies set changed_at = clock_timestamp(),
                state = case when state = 'live' then 'retired' else 'discarded' end
          where projection = $1 and version <> $2 and state in ('live', 'kept', 'building', 'paused')`,
        [name, version],
      );
      await client.query(
        `insert into ${SCHEMA}.copies (schema_name, projection, version, number, state, started_by)
         values ($1, $2, $3, 1, 'live', 'kontor')
         on conflict (schema_name) do update set state = 'live', dropped = false, changed_at = clock_timestamp()`,
        [schemaOf(projection), name, version],
      );
      return (await this.#copies(client, name)).find(({ state }) => state === 'live') as CopyRow;
    });
  }

  /** One administrator at a time decides about a projection. */
  async lock(client: pg.ClientBase, projection: string): Promise<void> {
    await client.query('select pg_advisory_xact_lock(hashtext($1))', [`kontor rebuild ${projection}`]);
  }

  async copies(projection: string): Promise<readonly CopyRow[]> {
    return this.#copies(this.#pool, projection);
  }

  async copiesIn(client: pg.ClientBase, projection: string): Promise<readonly CopyRow[]> {
    return this.#copies(client, projection);
  }

  async insert(
    client: pg.ClientBase,
    row: Pick<CopyRow, 'projection' | 'version' | 'number' | 'schema' | 'startedBy' | 'reason'>,
    folder: string,
  ): Promise<void> {
    await client.query(
      `insert into ${SCHEMA}.copies
         (schema_name, projection, version, number, state, started_by, reason, folder, folder_seen_at)
       values ($1, $2, $3, $4, 'building', $5, $6, $7, clock_timestamp())`,
      [row.schema, row.projection, row.version, row.number, row.startedBy, row.reason, folder],
    );
  }

  async setState(client: pg.ClientBase, schema: string, state: CopyState): Promise<void> {
    await client.query(
      `update ${SCHEMA}.copies set state = $2, changed_at = clock_timestamp() where schema_name = $1`,
      [schema, state],
    );
  }

  async setComparison(client: pg.ClientBase, schema: string, comparison: Comparison | null): Promise<void> {
    await client.query(`update ${SCHEMA}.copies set comparison = $2 where schema_name = $1`, [
      schema,
      comparison === null ? null : JSON.stringify(comparison),
    ]);
  }

  /** True: this process folds the copy. `seize`: whoever folded it until now stops at its next look. */
  async claim(schema: string, folder: string, seize = false): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `update ${SCHEMA}.copies set folder = $2, folder_seen_at = clock_timestamp()
        where schema_name = $1 and state = 'building' and ($3 or folder is null or folder = $2
          or folder_seen_at < clock_timestamp() - make_interval(secs => ${FOLDER_SILENCE_MS / 1_000}))`,
      [schema, folder, seize],
    );
    return rowCount === 1;
  }

  async disclaim(folder: string): Promise<void> {
    await this.#pool.query(`update ${SCHEMA}.copies set folder = null where folder = $1`, [folder]);
  }

  async skips(projection: string): Promise<readonly Skip[]> {
    const { rows } = await this.#pool.query<Skip>(
      `select event_id as "eventId", who, why, to_char(at at time zone 'UTC', ${UTC}) as at
       from ${SCHEMA}.skips where projection = $1 order by skips.at, event_id`,
      [projection],
    );
    return rows;
  }

  async addSkip(client: pg.ClientBase, projection: string, eventId: string, who: string, why: string): Promise<void> {
    await client.query(
      `insert into ${SCHEMA}.skips (projection, event_id, who, why) values ($1, $2, $3, $4) on conflict do nothing`,
      [projection, eventId, who, why],
    );
  }

  async tell(client: pg.ClientBase, act: NewAct): Promise<void> {
    await client.query(
      `insert into ${SCHEMA}.acts (projection, act, actor, reason, details) values ($1, $2, $3, $4, $5)`,
      [act.projection, act.act, act.actor, act.reason, JSON.stringify(act.details)],
    );
  }

  /** Deeds of which no event was recorded yet, oldest first. */
  async unrecorded(): Promise<readonly Act[]> {
    const { rows } = await this.#pool.query<Act>(
      `select id, projection, act, actor, reason, details, to_char(at at time zone 'UTC', ${UTC}) as at
       from ${SCHEMA}.acts where not recorded order by acts.at, id`,
    );
    return rows;
  }

  async recorded(id: string): Promise<void> {
    await this.#pool.query(`update ${SCHEMA}.acts set recorded = true where id = $1`, [id]);
  }

  async saveVerification({ projection, at, seconds, comparison }: Verification): Promise<void> {
    await this.#pool.query(
      `insert into ${SCHEMA}.verifications (projection, at, seconds, comparison) values ($1, $2, $3, $4)
       on conflict (projection) do update set at = excluded.at, seconds = excluded.seconds,
         comparison = excluded.comparison`,
      [projection, at, seconds, JSON.stringify(comparison)],
    );
  }

  async verifications(): Promise<readonly Verification[]> {
    const { rows } = await this.#pool.query<Verification>(
      `select projection, to_char(at at time zone 'UTC', ${UTC}) as at, seconds, comparison
       from ${SCHEMA}.verifications order by projection`,
    );
    return rows;
  }

  /** Drops what was cancelled or discarded, also by a process that was killed before it came to it. */
  async dropEnded(projection: string): Promise<void> {
    const { rows } = await this.#pool.query<{ schema_name: string }>(
      `select schema_name from ${SCHEMA}.copies
        where projection = $1 and state in ('cancelled', 'discarded') and not dropped`,
      [projection],
    );
    for (const { schema_name } of rows)
      await inTransaction(this.#pool, 'begin', async (client) => {
        await client.query(`drop schema if exists ${schema_name} cascade`);
        await client.query(`update ${SCHEMA}.copies set dropped = true where schema_name = $1`, [schema_name]);
      });
  }

  async #copies(client: pg.Pool | pg.ClientBase, projection: string): Promise<readonly CopyRow[]> {
    const { rows } = await client.query<CopyRow>(`${COPY} where projection = $1 order by version, number`, [
      projection,
    ]);
    return rows;
  }
}
