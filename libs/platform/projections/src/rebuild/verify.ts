import { FeedUpTo, inTransaction } from '@kontor/feed';
import { baseSchemaOf } from '../schema.ts';
import { VerificationUnderWay } from './rebuild-errors.ts';
import { refuseVersionBuild } from './deeds-allowed.ts';
import { verificationLock } from './ended-copies.ts';
import type { Rebuild } from './rebuild.ts';
import type { Verification } from './registry.ts';

/**
 * Folds the whole history into a schema of its own, compares it with the live tables at one checkpoint, and drops it again:
 * live = pure fold, or the rows that are not. The outcome is kept, for the metric and for who asks later. One at a time: the lock
 * goes with the connection. Throws
 * VerificationUnderWay, VersionUnderWay, and the signal's abort.
 */
export async function verify(rebuild: Rebuild, signal?: AbortSignal): Promise<Verification> {
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
      return await foldAndCompare(rebuild, signal);
    } finally {
      await client.query('select pg_advisory_unlock(hashtext($1))', lock).catch(onError);
    }
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function foldAndCompare(rebuild: Rebuild, signal: AbortSignal | undefined): Promise<Verification> {
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
    const verification = { projection: live.projection.name, at: comparison.at, seconds, comparison };
    await live.registry.saveVerification(verification);
    return verification;
  } finally {
    await drop();
  }
}
