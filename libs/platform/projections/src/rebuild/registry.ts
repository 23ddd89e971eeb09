import { inTransaction } from '@kontor/feed';
import type pg from 'pg';
import { type PersonalTable, personalTables } from '../personal-copies.ts';
import type { Projection } from '../projection.ts';
import { isPrepared, schemaOf } from '../schema.ts';
import type { Comparison } from './compare.ts';
import { REGISTRY_DDL, REGISTRY_SCHEMA as SCHEMA } from './registry-schema.ts';
import { FOLDER_SILENCE_MS, REGISTRY_POLL_MS } from './rebuild.config.ts';

/**
 * live: the stable views are over it; of an older version than the code declares, while that is being built. kept: was live before the last switch, and is folded on. building, paused: not yet live.
 * cancelled, discarded: its schema is gone, or goes at the next look. retired: of another version than the code declares; it goes
 * after a week.
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
  /** Its schema is gone. */
  readonly dropped: boolean;
}

export interface StandingCopy {
  readonly schema: string;
  readonly personal: readonly PersonalTable[];
  readonly since: string;
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
const COPY = `select projection, version, number, schema_name as schema, state, started_by as "startedBy",
  to_char(started_at at time zone 'UTC', ${UTC}) as "startedAt", reason, comparison, dropped from ${SCHEMA}.copies`;

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
      await client.query(REGISTRY_DDL);
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

  /**
   * Makes sure that there is a copy of the declared version. Beside the live one of an older version it is built; where there
   * is none, or one of a newer version, it is live at once. Rebuilds of other versions go. Tables that it has left when another
   * version took its place, and that are still there, are gone on with.
   */
  async adopt(projection: Projection): Promise<void> {
    const { name, version } = projection;
    await inTransaction(this.#pool, 'begin', async (client) => {
      await this.lock(client, name);
      const rows = await this.#copies(client, name);
      const live = rows.find(({ state }) => state === 'live');
      await client.query(
        `update ${SCHEMA}.copies set personal = $3::json
          where projection = $1 and version = $2 and personal::text is distinct from ($3::json)::text`,
        [name, version, JSON.stringify(personalTables(projection))],
      );
      const older = live !== undefined && live.version < version && (await isPrepared(client, live.schema));
      const ownRows = rows.filter((row) => row.version === version);
      const own = ownRows.map(({ state }) => state);
      if (own.includes('live') || (older && own.some((state) => state === 'building' || state === 'paused'))) return;
      await client.query(
        `update ${SCHEMA}.copies set changed_at = clock_timestamp(),
                state = case when state = 'live' then 'retired' else 'discarded' end
          where projection = $1 and version <> $2 and (state in ('kept', 'building', 'paused') or state = 'live' and not $3)`,
        [name, version, older],
      );
      const left = ownRows.findLast(({ state, dropped }) => state === 'retired' && !dropped);
      const { schema, number } = left ?? { schema: schemaOf(projection), number: 1 };
      await client.query(
        `insert into ${SCHEMA}.copies (schema_name, projection, version, number, state, started_by, personal)
         values ($1, $2, $3, $6, $5, 'kontor', $4)
         on conflict (schema_name) do update set state = excluded.state, dropped = false, folder = null,
           started_at = clock_timestamp(), changed_at = clock_timestamp()`,
        [schema, name, version, JSON.stringify(personalTables(projection)), older ? 'building' : 'live', number],
      );
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
    row: Pick<CopyRow, 'version' | 'number' | 'schema' | 'startedBy' | 'reason'>,
    projection: Projection,
    folder: string,
  ): Promise<void> {
    await client.query(
      `insert into ${SCHEMA}.copies
         (schema_name, projection, version, number, state, started_by, reason, folder, folder_seen_at, personal)
       values ($1, $2, $3, $4, 'building', $5, $6, $7, clock_timestamp(), $8)`,
      [
        ...[row.schema, projection.name, row.version, row.number, row.startedBy, row.reason, folder],
        JSON.stringify(personalTables(projection)),
      ],
    );
  }

  /** Copies that the code of a version does not fold, and that hold personal data. */
  async standing({ name, version }: Projection): Promise<readonly StandingCopy[]> {
    const { rows } = await this.#pool.query<StandingCopy>(
      `select schema_name as schema, personal, changed_at::text as since from ${SCHEMA}.copies
        where projection = $1 and (state in ('paused', 'retired') or state in ('live', 'building') and version <> $2)
          and not dropped and json_array_length(personal) > 0`,
      [name, version],
    );
    return rows;
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

  /** True: no process folds the copy, nor has one until a moment ago. */
  async isForsaken(client: pg.ClientBase, schema: string): Promise<boolean> {
    const { rowCount } = await client.query(
      `select 1 from ${SCHEMA}.copies where schema_name = $1 and (folder is null
         or folder_seen_at < clock_timestamp() - make_interval(secs => ${FOLDER_SILENCE_MS / 1_000}))`,
      [schema],
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

  async saveVerification(client: pg.ClientBase, { projection, at, seconds, comparison }: Verification): Promise<void> {
    await client.query(
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

  async #copies(client: pg.Pool | pg.ClientBase, projection: string): Promise<readonly CopyRow[]> {
    const { rows } = await client.query<CopyRow>(`${COPY} where projection = $1 order by version, number`, [
      projection,
    ]);
    return rows;
  }
}
