import { moveSeals } from '@kontor/event-store';
import { inTransaction } from '@kontor/feed';
import type { Projection } from '@kontor/projections';
import type pg from 'pg';
import { logSchemaOf } from '../composition/event-stores.ts';
import { sealsOf } from '../composition/platform.ts';
import { finish, loadPositions, type Move, type MovedLog } from './log-moves.ts';
import { positionColumns } from './position-columns.ts';
import { SCHEMA } from './store-registry.ts';
import {
  translateCheckpoints,
  translateParked,
  translateReaders,
  translateRelays,
  translateRows,
} from './translate-checkpoints.ts';

export interface CopiedMove extends Move, MovedLog {
  /** Where the last copied event lies in the old log. */
  readonly last: bigint;
}

export interface Switched {
  readonly checkpoints: number;
  readonly relays: number;
  readonly readers: number;
  readonly parked: number;
  /** Rows of read models that show positions. */
  readonly rows: number;
}

/** Somebody wrote to the old log after it was compared: the copy is to be run again. */
export class LogWentOn extends Error {
  constructor(readonly service: string) {
    super(`the log of ${service} went on while it was copied`);
    this.name = 'LogWentOn';
  }
}

/**
 * From the old store to the new one, in one transaction: every checkpoint, position and seal is brought into the new logs, and they
 * become the installed ones. Killed before its end, nothing has happened. Throws LogWentOn.
 */
export async function switchStores(
  pool: pg.Pool,
  moves: readonly CopiedMove[],
  projections: readonly Projection[],
  /** Asked last, before it counts; what it throws takes everything back. */
  lastLook: (client: pg.ClientBase) => Promise<void>,
): Promise<Switched> {
  return inTransaction(pool, 'begin', async (client) => {
    for (const move of moves) if (move.from === 'postgres') await closeLog(client, move);
    for (const move of moves) await loadPositions(client, move);
    await client.query('analyze moved');
    const switched = {
      checkpoints: await translateCheckpoints(client, moves),
      relays: await translateRelays(client, moves),
      readers: await translateReaders(client, moves),
      parked: await translateParked(client, moves),
      rows: await translateRows(client, await positionColumns(client, projections)),
    };
    for (const move of moves) {
      await moveSeals(client, sealsOf(move.service), move.service, move.newLog);
      await finish(client, move, move);
      await client.query(
        `insert into ${SCHEMA}.logs (service, store, log_id) values ($1, $2, $3)
         on conflict (service) do update set store = excluded.store, log_id = excluded.log_id, since = clock_timestamp()`,
        [move.service, move.to, move.newLog],
      );
    }
    await lastLook(client);
    return switched;
  });
}

/**
 * Puts the old log in PostgreSQL aside under another name. The lock is that of an append: one that waits for it finds no log any
 * more, so none can fall between the copy and the switch.
 */
async function closeLog(client: pg.ClientBase, { service, oldHead }: CopiedMove): Promise<void> {
  const schema = logSchemaOf(service);
  await client.query(`select pg_advisory_xact_lock(hashtextextended('kontor event log ' || $1, 0))`, [schema]);
  const { rows } = await client.query<{ position: string }>(`select position::text from ${schema}.log`);
  if (rows[0]?.position !== String(oldHead)) throw new LogWentOn(service);
  const { rows: names } = await client.query<{ name: string }>(
    `select $1 || '_moved_' || (select count(*) + 1 from pg_namespace where nspname like $1 || '\\_moved\\_%') as name`,
    [schema],
  );
  await client.query(`alter schema ${schema} rename to ${names[0]?.name ?? ''}`);
}
