import { inTransaction } from '@kontor/feed';
import { baseSchemaOf } from './live-projection.ts';
import type { Rebuild } from './rebuild.ts';
import type { Verification } from './registry.ts';

/**
 * Folds the whole history into a schema of its own, compares it with the live tables at one checkpoint, and drops it again:
 * live = pure fold, or the rows that are not. The outcome is kept, for the metric and for who asks later.
 */
export async function verify(rebuild: Rebuild): Promise<Verification> {
  const { live } = rebuild;
  const schema = `${baseSchemaOf(live.projection)}_check`;
  const begun = performance.now();
  const drop = () => live.pool.query(`drop schema if exists ${schema} cascade`);
  await drop();
  try {
    await inTransaction(live.pool, 'begin', (client) => rebuild.makeSchema(client, schema));
    await live.runnerOf(live.placed(schema, false), live.feed, true).catchUp();
    const comparison = await rebuild.comparison(schema);
    const seconds = Math.round(performance.now() - begun) / 1_000;
    const verification = { projection: live.projection.name, at: comparison.at, seconds, comparison };
    await live.registry.saveVerification(verification);
    return verification;
  } finally {
    await drop();
  }
}
