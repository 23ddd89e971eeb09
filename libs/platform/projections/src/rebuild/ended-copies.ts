import { inTransaction, sqlState } from '@kontor/feed';
import type pg from 'pg';
import type { Projection } from '../projection.ts';
import { DROP_LOCK_TIMEOUT_MS, RETIRED_KEPT_DAYS } from './rebuild.config.ts';
import { REGISTRY_SCHEMA } from './registry-schema.ts';

const COPIES = `${REGISTRY_SCHEMA}.copies`;
const HAS_ENDED = `not dropped and (state in ('cancelled', 'discarded')
  or state = 'retired' and changed_at < clock_timestamp() - make_interval(days => ${RETIRED_KEPT_DAYS}))`;

/**
 * Drops what was cancelled or discarded, or retired a week ago, also by a process that was killed before it came to it.
 * False: somebody reads one of them, so that it goes at a later look.
 */
export async function dropEnded(pool: pg.Pool, projection: string): Promise<boolean> {
  const { rows } = await pool.query<{ schema: string }>(
    `select schema_name as schema from ${COPIES} where projection = $1 and ${HAS_ENDED}`,
    [projection],
  );
  let all = true;
  for (const { schema } of rows)
    all =
      (await dropped(pool, schema, async (client) => {
        // An older code that was started this very moment may have taken it up again.
        const { rowCount } = await client.query(
          `update ${COPIES} set dropped = true where schema_name = $1 and ${HAS_ENDED}`,
          [schema],
        );
        return rowCount === 1;
      })) && all;
  return all;
}

/** Under it one verification runs at a time; its tables belong to nobody when it is free. */
export function verificationLock({ name }: Projection): string {
  return `kontor verification ${name}`;
}

/** Drops the tables of verifications that were killed. False as above. */
export async function dropForsakenChecks(pool: pg.Pool, projection: Projection): Promise<boolean> {
  const { rows } = await pool.query<{ schema: string }>(
    `select nspname::text as schema from pg_namespace where nspname ~ ('^' || $1 || '_v[0-9]+_check$')`,
    [projection.name.replaceAll('-', '_')],
  );
  let all = true;
  for (const { schema } of rows)
    all =
      (await dropped(pool, schema, async (client) => {
        const { rows: locks } = await client.query<{ got: boolean }>(
          'select pg_try_advisory_xact_lock(hashtext($1)) as got',
          [verificationLock(projection)],
        );
        return locks[0]?.got === true;
      })) && all;
  return all;
}

/** Waits for nobody: what is read, as by a dump of the database, would hold up whatever comes after it. */
async function dropped(
  pool: pg.Pool,
  schema: string,
  mayGo: (client: pg.ClientBase) => Promise<boolean>,
): Promise<boolean> {
  try {
    await inTransaction(pool, 'begin', async (client) => {
      if (!(await mayGo(client))) return;
      await client.query(`set local lock_timeout = ${DROP_LOCK_TIMEOUT_MS}`);
      await client.query(`drop schema if exists ${schema} cascade`);
    });
    return true;
  } catch (error) {
    if (sqlState(error) === '55P03') return false;
    throw error;
  }
}
