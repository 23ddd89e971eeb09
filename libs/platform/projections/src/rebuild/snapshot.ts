import { Checkpoints, type Feed, FeedUpTo, lowestPosition, pause } from '@kontor/feed';
import type pg from 'pg';
import { contractTypesOf } from '../personal-copies.ts';
import type { Projection } from '../projection.ts';
import { schemaOf, servicesOf } from '../schema.ts';
import { ATTEMPT_PAUSE_MS, COMPARE_WITHIN_MS, HEAD_REMEMBERED_MS, HOLD_LIVE_MS } from './rebuild.config.ts';
import { CheckpointAheadOfLog, NotTogether } from './rebuild-errors.ts';

type Positions = ReadonlyMap<string, bigint>;

export interface SnapshotParts {
  readonly pool: pg.Pool;
  readonly feed: Feed;
  readonly live: Projection;
  readonly copy: Projection;
  /** Folds the copy to the end of the given feed; nobody else folds it meanwhile. */
  readonly fold: (feed: Feed) => Promise<void>;
}

/**
 * Brings live and copy to one checkpoint and hands over a REPEATABLE READ transaction that sees both there. The live fold is
 * held up for at most a second, while the copy applies the last events; the transaction may then be read at leisure.
 * Throws NotTogether and CheckpointAheadOfLog.
 */
export async function withSnapshot<Result>(
  parts: SnapshotParts,
  work: (client: pg.ClientBase, positions: Positions) => Promise<Result>,
): Promise<Result> {
  const client = await parts.pool.connect();
  const broken = { error: undefined as Error | undefined };
  const onError = (error: Error) => {
    broken.error = error;
  };
  client.on('error', onError);
  try {
    const positions = await together(parts, client);
    return await work(client, positions);
  } finally {
    await client.query('rollback').catch(onError);
    client.off('error', onError);
    client.release(broken.error);
  }
}

async function together(parts: SnapshotParts, snapshot: pg.ClientBase): Promise<Positions> {
  const givesUpAt = performance.now() + COMPARE_WITHIN_MS;
  let reason = 'it was not tried';
  while (performance.now() < givesUpAt) {
    // Near the head first: only the last few events are applied while the live fold is held up.
    await parts.fold(new FeedUpTo(parts.feed, await positionsOf(parts, parts.pool, parts.live)));
    const held = await parts.pool.connect();
    try {
      await held.query(`begin; set local lock_timeout = ${HOLD_LIVE_MS}`);
      const target = await heldPositions(parts, held);
      await parts.fold(new FeedUpTo(parts.feed, target, AbortSignal.timeout(HOLD_LIVE_MS)));
      await snapshot.query('begin isolation level repeatable read read only; set local statement_timeout = 0');
      const live = await positionsOf(parts, snapshot, parts.live);
      const copy = await positionsOf(parts, snapshot, parts.copy);
      if (isSame(live, copy)) return live;
      await snapshot.query('rollback');
      reason = `the one is at ${shown(live)}, the other at ${shown(copy)}`;
    } catch (error) {
      if ((error as { code?: unknown }).code !== '55P03') throw error;
      reason = 'the live checkpoint is locked';
    } finally {
      await held.query('rollback');
      held.release();
    }
    await pause(ATTEMPT_PAUSE_MS, new AbortController().signal);
  }
  throw new NotTogether(parts.live.name, COMPARE_WITHIN_MS, reason);
}

async function heldPositions(parts: SnapshotParts, client: pg.ClientBase): Promise<Positions> {
  const schema = schemaOf(parts.live);
  await client.query(`select 1 from ${schema}.checkpoints where consumer = $1 order by service, partition for update`, [
    parts.live.name,
  ]);
  const positions = await positionsOf(parts, client, parts.live);
  for (const [service, position] of positions) await expectWithinLog(parts, service, position);
  return positions;
}

/** The head of another process's log is as old as it is remembered: what was folded since is not ahead of the log. */
async function expectWithinLog(parts: SnapshotParts, service: string, position: bigint): Promise<void> {
  const fresh = performance.now() + HEAD_REMEMBERED_MS;
  for (;;) {
    const askedAt = performance.now();
    const head = await parts.feed.head(service);
    if (position <= head.position) return;
    if (askedAt >= fresh) throw new CheckpointAheadOfLog(parts.live.name, service, position, head.position);
    await pause(ATTEMPT_PAUSE_MS, new AbortController().signal);
  }
}

async function positionsOf(
  parts: SnapshotParts,
  client: pg.Pool | pg.ClientBase,
  projection: Projection,
): Promise<Positions> {
  const checkpoints = new Checkpoints(schemaOf(projection), projection.name);
  const positions = new Map<string, bigint>();
  for (const service of servicesOf(contractTypesOf(parts.live)))
    positions.set(service, lowestPosition(await checkpoints.read(client, service)));
  return positions;
}

function isSame(left: Positions, right: Positions): boolean {
  return [...left].every(([service, position]) => right.get(service) === position);
}

function shown(positions: Positions): string {
  return Array.from(positions, ([service, position]) => `${service}:${position}`).join(',');
}
