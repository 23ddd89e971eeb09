import { compareLogs, CopyDiffers, copyLog, type EventStore, migrateSeals } from '@kontor/event-store';
import type { Projection } from '@kontor/projections';
import pg from 'pg';
import type { EventStoreServer } from '../composition/event-stores.ts';
import { sealsOf } from '../composition/platform.ts';
import { StartFault } from '../start-fault.ts';
import { hasEventsAfter, LATE_WRITERS_MS, untilWritersAreGone } from './late-writers.ts';
import { begin, type Move, record } from './log-moves.ts';
import { faultOf, LeaseLost, NoCopy } from './migration-faults.ts';
import { sourceLog, targetLog } from './open-logs.ts';
import { type Planned, planned } from './plan.ts';
import { prepareRegistry, type StoreKind } from './store-registry.ts';
import { type CopiedMove, LogWentOn, type Switched, switchStores } from './switch-stores.ts';
import { WritersLease } from './writers-lease.ts';

export interface MigrationOptions {
  readonly databaseUrl: string;
  readonly server: EventStoreServer;
  readonly from: StoreKind;
  readonly to: StoreKind;
  readonly services: readonly string[];
  readonly projections: readonly Projection[];
  /** Nothing is written, in neither store. */
  readonly dryRun: boolean;
  readonly progress: (progress: MigrationProgress) => void;
  /** How long a writer that lost contact may go on writing to an EventStoreDB; shorter in tests alone. */
  readonly graceMs?: number;
}

export interface MigrationProgress {
  /** Of which log; `all` of what is done once. */
  readonly service: string;
  readonly step: 'copying' | 'comparing' | 'waiting' | 'switching';
  readonly events: bigint;
  /** From 0 to 1, as far as the old log says. */
  readonly done: number;
}

export interface Migrated {
  readonly from: StoreKind;
  readonly to: StoreKind;
  readonly dryRun: boolean;
  readonly logs: readonly {
    readonly service: string;
    readonly oldLogId: string;
    readonly newLogId: string | null;
    readonly events: string | null;
    /** Of those, written by this run. */
    readonly written: string | null;
    readonly hash: string | null;
  }[];
  readonly switched: Switched | null;
}

/**
 * Moves the logs of all services to another store while nobody writes. What was copied is known stretch by stretch, so a run that was
 * killed is run again; until the last transaction the old store is the one that counts. Throws StartFault.
 */
export async function migrateStore(options: MigrationOptions): Promise<Migrated> {
  const pool = new pg.Pool({ connectionString: options.databaseUrl, application_name: 'kontor migrate-store' });
  pool.on('error', () => undefined);
  try {
    await reachable(pool);
    if (!options.dryRun) await prepareRegistry(pool);
    const lease = await WritersLease.take({ pool, mode: 'exclusive' });
    const since = performance.now();
    if (lease === null)
      throw new StartFault('Kontor is running on this database, or another migration is: stop it, then move the logs.');
    try {
      return await migrate(options, pool, { since, lease });
    } catch (error) {
      throw faultOf(error, lease.lost.signal);
    } finally {
      await lease.release();
    }
  } finally {
    await pool.end();
  }
}

interface Held {
  readonly lease: WritersLease;
  /** When it was taken, by performance.now(). */
  readonly since: number;
}

interface Copied extends CopiedMove {
  /** Events that this run has written. */
  readonly written: bigint;
}

async function migrate(options: MigrationOptions, pool: pg.Pool, held: Held): Promise<Migrated> {
  const { from, to, dryRun } = options;
  const lost = held.lease.lost.signal;
  const plan = await planned(options, pool);
  if (dryRun) {
    const logs = plan.map(({ service, oldLog, events }) => ({
      ...{ service, oldLogId: oldLog, newLogId: null, written: null, hash: null },
      events: events?.toString() ?? null,
    }));
    return { from, to, dryRun, logs, switched: null };
  }
  let copied: readonly Copied[] = [];
  for (const log of plan) copied = [...copied, await copyOne(options, pool, log, lost)];
  if (from === 'eventstore') copied = await withLateEvents(options, pool, held, copied);
  options.progress({ service: 'all', step: 'switching', events: 0n, done: 0 });
  lost.throwIfAborted();
  const switched = await switchStores(pool, copied, options.projections, async (client) => {
    if (!(await held.lease.isHeld(client))) throw new LeaseLost();
    if (from === 'postgres') return;
    for (const move of copied) if (await hasGoneOn(options, pool, move)) throw new LogWentOn(move.service);
  });
  const logs = copied.map(({ service, oldLog, newLog, events, written, hash }) => ({
    ...{ service, oldLogId: oldLog, newLogId: newLog, hash },
    ...{ events: events.toString(), written: written.toString() },
  }));
  return { from, to, dryRun, logs, switched };
}

/**
 * Nothing can lock a log in EventStoreDB, and a writer that lost contact with PostgreSQL does not know yet that its lease is gone. So
 * the logs are looked at again when nobody can be writing any more, and what has come meanwhile is taken along.
 */
async function withLateEvents(
  options: MigrationOptions,
  pool: pg.Pool,
  { since, lease }: Held,
  copied: readonly Copied[],
): Promise<readonly Copied[]> {
  const graceMs = options.graceMs ?? LATE_WRITERS_MS;
  const lost = lease.lost.signal;
  const progress = (done: number) => {
    options.progress({ service: 'all', step: 'waiting', events: 0n, done });
  };
  await untilWritersAreGone({ since, graceMs, signal: lost, progress });
  const whole: Copied[] = [];
  for (const first of copied) {
    const log = { service: first.service, oldLog: first.oldLog, head: first.oldHead };
    const more = (await hasGoneOn(options, pool, first)) ? await copyOne(options, pool, log, lost) : undefined;
    whole.push(more === undefined ? first : { ...more, written: first.written + more.written });
  }
  return whole;
}

async function hasGoneOn(
  { server, from }: MigrationOptions,
  pool: pg.Pool,
  { service, last }: CopiedMove,
): Promise<boolean> {
  const source = sourceLog({ pool, server }, service, from);
  try {
    return await hasEventsAfter(source, last);
  } finally {
    await source.close();
  }
}

/** Copies a log as far as it is not copied yet, and compares both from the first event to the last. */
async function copyOne(
  options: MigrationOptions,
  pool: pg.Pool,
  { service, oldLog, head }: Pick<Planned, 'service' | 'oldLog' | 'head'>,
  signal: AbortSignal,
): Promise<Copied> {
  const { from, to, progress } = options;
  await migrateSeals(pool, sealsOf(service));
  const places = { pool, server: options.server };
  const source = sourceLog(places, service, from);
  const target = await targetLog(places, service, to);
  try {
    const { logId: newLog } = await target.store.head();
    const move: Move = { service, oldLog, newLog, from, to };
    const before = await begin(pool, move);
    let reached = before;
    await copyLog({
      ...{ from: source, to: target, signal, after: before.events === 0n ? undefined : before },
      copied: async (stretch) => {
        reached = await record(pool, move, reached, stretch);
        progress({ service, step: 'copying', events: reached.events, done: share(reached.from, head) });
      },
    });
    const { events, hash } = await compareLogs({
      ...{ from: source, to: target.store, events: reached.events, signal },
      progress: (done) => {
        progress({ service, step: 'comparing', events: done, done: share(done, reached.events) });
      },
    });
    if (events !== reached.events) throw new LogWentOn(service);
    return {
      ...move,
      events,
      hash,
      last: reached.from,
      oldHead: await headOf(source, from, reached.from),
      written: events - before.events,
    };
  } catch (error) {
    throw error instanceof CopyDiffers ? new NoCopy(service, to, error) : error;
  } finally {
    await source.close();
    await target.store.close();
  }
}

/** PostgreSQL's log ends where the copy ended, or somebody has written; EventStoreDB has foreign events behind it. */
async function headOf(source: EventStore, kind: StoreKind, copied: bigint): Promise<bigint> {
  return kind === 'postgres' ? copied : (await source.head()).position;
}

function share(done: bigint, of: bigint): number {
  return of === 0n ? 1 : Math.min(1, Number(done) / Number(of));
}

async function reachable(pool: pg.Pool): Promise<void> {
  try {
    await pool.query('select 1');
  } catch (error) {
    throw new StartFault(`The database does not answer: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}
