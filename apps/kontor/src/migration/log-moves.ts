import type { CopiedStretch } from '@kontor/event-store';
import { PositionNotYetReached } from '@kontor/feed';
import type pg from 'pg';
import { floorOf, packed, unpacked } from './position-pairs.ts';
import { SCHEMA, type StoreKind } from './store-registry.ts';

/** A log that is copied from one store to another. */
export interface Move {
  readonly service: string;
  readonly oldLog: string;
  readonly newLog: string;
  readonly from: StoreKind;
  readonly to: StoreKind;
}

/** The last event that stands in both logs, and how many there are up to it. */
export interface Reached {
  readonly from: bigint;
  readonly to: bigint;
  readonly events: bigint;
}

export interface MovedLog {
  readonly events: bigint;
  readonly hash: string;
  /** Where the old log ended, foreign events included: no position above it was ever its. */
  readonly oldHead: bigint;
}

export async function begin(pool: pg.Pool, { service, oldLog, newLog, from, to }: Move): Promise<Reached> {
  await pool.query(
    `insert into ${SCHEMA}.moves (old_log, new_log, service, from_store, to_store) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [oldLog, newLog, service, from, to],
  );
  const { rows } = await pool.query<{ from: string; to: string; events: string }>(
    `select last_position::text as "from", last_new_position::text as "to", (events_before + events)::text as events
       from ${SCHEMA}.translations where old_log = $1 and new_log = $2 order by first_position desc limit 1`,
    [oldLog, newLog],
  );
  const [last] = rows;
  if (last === undefined) return { from: 0n, to: 0n, events: 0n };
  return { from: BigInt(last.from), to: BigInt(last.to), events: BigInt(last.events) };
}

/** A stretch that stands in both logs: a later run goes on behind it. */
export async function record(
  pool: pg.Pool,
  { oldLog, newLog }: Move,
  before: Reached,
  stretch: CopiedStretch,
): Promise<Reached> {
  const [first, last, lastNew] = [stretch.from[0] ?? 0n, stretch.from.at(-1) ?? 0n, stretch.to.at(-1) ?? 0n];
  await pool.query(
    `insert into ${SCHEMA}.translations
       (old_log, new_log, first_position, last_position, last_new_position, events_before, events, positions)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[oldLog, newLog, String(first), String(last), String(lastNew), String(before.events)],
      ...[stretch.from.length, packed(stretch)],
    ],
  );
  return { from: last, to: lastNew, events: before.events + BigInt(stretch.from.length) };
}

/** In the transaction of the switch. Copies of this log that were begun and given up are forgotten. */
export async function finish(client: pg.ClientBase, { oldLog, newLog }: Move, moved: MovedLog): Promise<void> {
  await client.query(
    `delete from ${SCHEMA}.translations where old_log = $1 and new_log <> $2
    and not exists (select from ${SCHEMA}.moves m where m.old_log = $1 and m.new_log = translations.new_log and m.moved_at is not null)`,
    [oldLog, newLog],
  );
  await client.query(`delete from ${SCHEMA}.moves where old_log = $1 and new_log <> $2 and moved_at is null`, [
    oldLog,
    newLog,
  ]);
  await client.query(
    `update ${SCHEMA}.moves set events = $3, hash = $4, old_head = $5, moved_at = clock_timestamp()
      where old_log = $1 and new_log = $2`,
    [oldLog, newLog, String(moved.events), moved.hash, String(moved.oldHead)],
  );
}

/**
 * A log out of a backup goes on under an id of its own: the one that it was copied from may have gone on otherwise, and whoever has
 * read that must not take the positions of one for those of the other.
 */
export async function recordRestored(
  pool: pg.Pool,
  { service, oldLog, newLog, position }: Pick<Move, 'service' | 'oldLog' | 'newLog'> & { readonly position: bigint },
): Promise<void> {
  await pool.query(
    `insert into ${SCHEMA}.moves
       (old_log, new_log, service, from_store, to_store, events, old_head, moved_at, same_positions)
     values ($1, $2, $3, 'postgres', 'postgres', $4, $4, clock_timestamp(), true)`,
    [oldLog, newLog, service, String(position)],
  );
}

/** Every pair of positions of a move, in the temporary table `moved` (service, old, new) of this transaction. */
export async function loadPositions(client: pg.ClientBase, { service, oldLog, newLog }: Move): Promise<void> {
  await client.query(
    'create temporary table if not exists moved (service text, old bigint, new bigint, primary key (service, old)) on commit drop',
  );
  for (let after = -1n; ;) {
    const { rows } = await client.query<{ first: string; positions: Buffer }>(
      `select first_position::text as first, positions from ${SCHEMA}.translations
        where old_log = $1 and new_log = $2 and first_position > $3 order by first_position limit 50`,
      [oldLog, newLog, String(after)],
    );
    for (const { positions } of rows) {
      const { from, to } = unpacked(positions);
      await client.query('insert into moved select $1, * from unnest($2::bigint[], $3::bigint[])', [
        ...[service, from.map(String), to.map(String)],
      ]);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = BigInt(last.first);
  }
}

const MAX_MOVES = 100;

/**
 * Where a reader stands in the present log who has handled everything up to this position of an earlier one, however often the
 * log was moved since. Null: that log was never this one's. Throws PositionNotYetReached for a position that it never had.
 */
export async function translated(
  pool: pg.Pool,
  service: string,
  earlier: { readonly logId: string; readonly position: bigint },
  logId: string,
): Promise<bigint | null> {
  let at = earlier;
  for (let moves = 0; moves < MAX_MOVES; moves += 1) {
    if (at.logId === logId) return at.position;
    const { rows } = await pool.query<{ newLog: string; head: string; same: boolean; positions: Buffer | null }>(
      `select m.new_log as "newLog", m.old_head::text as head, m.same_positions as same, t.positions
         from (select * from ${SCHEMA}.moves where service = $1 and old_log = $2 and moved_at is not null
                order by moved_at desc limit 1) m
         left join lateral (select positions from ${SCHEMA}.translations
                where old_log = m.old_log and new_log = m.new_log and first_position <= $3
                order by first_position desc limit 1) t on true`,
      [service, at.logId, String(at.position)],
    );
    const [move] = rows;
    if (move === undefined) return null;
    if (at.position > BigInt(move.head)) throw new PositionNotYetReached(service, at.position, BigInt(move.head));
    const copied = move.positions === null ? null : floorOf(unpacked(move.positions), at.position);
    at = { logId: move.newLog, position: move.same ? at.position : (copied ?? 0n) };
  }
  return null;
}
