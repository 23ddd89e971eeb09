import { inTransaction } from '@kontor/feed';
import type pg from 'pg';
import type { LiveProjection } from './live-projection.ts';
import type { CopyRow } from './registry.ts';

/** A transaction in which one administrator decides about a projection, and in which the deed is written down. */
export async function decided<Result>(
  live: LiveProjection,
  work: (client: pg.PoolClient, copies: readonly CopyRow[]) => Promise<Result>,
): Promise<Result> {
  return inTransaction(live.pool, 'begin', async (client) => {
    await live.registry.lock(client, live.projection.name);
    return work(client, await live.registry.copiesIn(client, live.projection.name));
  });
}
