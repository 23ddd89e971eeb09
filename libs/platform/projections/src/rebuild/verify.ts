import { FeedUpTo, inTransaction } from '@kontor/feed';
import { baseSchemaOf } from '../schema.ts';
import { VerificationUnderWay } from './rebuild-errors.ts';
import { refuseVersionBuild } from './deeds-allowed.ts';
import { verificationLock } from './ended-copies.ts';
import type { Rebuild } from './rebuild.ts';
import type { Verification } from './registry.ts';

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Who asked for it: then it is a deed, of which an event follows. Absent: the schedule. */
  readonly by?: string;
}

/**
 * Folds the whole history into a schema of its own, compares it with the live tables at one checkpoint, and drops it again:
 * live = pure fold, or the rows that are not. The outcome is kept, for the metric and for who asks later. One at a time: the lock
 * goes with the connection. Throws
 * VerificationUnderWay, VersionUnderWay, and the signal's abort.
 */
export async function verify(rebuild: Rebuild, { signal, by }: VerifyOptions = {}): Promise<Verification> {
  const { pool, projection } = rebuild.live;
  refuseVersionBuild(rebuild.live);
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  const lock = [verificationLock(projection)];
  try {
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock(hashtext($1)) as got', lock);
    if (rows[0]?.got !== true) throw new VerificationUnderWay(projection.name);
    try {
      return await foldAndCompare(rebuild, signal, by);
    } finally {
      await client.query('select pg_advisory_unlock(hashtext($1))', lock).catch(onError);
    }
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function foldAndCompare(
  rebuild: Rebuild,
  signal: AbortSignal | undefined,
  by: string | undefined,
): Promise<Verification> {
  const { live } = rebuild;
  const schema = `${baseSchemaOf(live.projection)}_check`;
  const begun = performance.now();
  const drop = () => live.pool.query(`drop schema if exists ${schema} cascade`);
  await drop();
  try {
    await inTransaction(live.pool, 'begin', (client) => rebuild.makeSchema(client, schema));
    const { services } = await live.status();
    const heads = new Map(services.map(({ service, position }) => [service, position]));
    await live.runnerOf(live.placed(schema, false), new FeedUpTo(live.feed, heads, signal), true).catchUp();
    signal?.throwIfAborted();
    const comparison = await rebuild.comparison(schema);
    const seconds = Math.round(performance.now() - begun) / 1_000;
    const { name } = live.projection;
    const verification = { projection: name, at: comparison.at, seconds, comparison };
    await inTransaction(live.pool, 'begin', async (client) => {
      await live.registry.saveVerification(client, verification);
      if (by === undefined) return;
      const details = { equal: comparison.equal, differentRows: differentRowsIn(comparison.tables), seconds };
      await live.registry.tell(client, {
        projection: name,
        act: 'ProjectionVerified',
        actor: by,
        reason: null,
        details,
      });
    });
    return verification;
  } finally {
    await drop();
  }
}

function differentRowsIn(tables: Verification['comparison']['tables']): number {
  return tables.reduce((sum, { differentRows }) => sum + differentRows, 0);
}
