import { compareLogs, CopyDiffers, copyLog, type EventStore, migrateSeals } from '@kontor/event-store';
import { NoSuchLog } from '@kontor/event-store/eventstoredb';
import type { Projection } from '@kontor/projections';
import pg from 'pg';
import type { EventStoreServer } from '../composition/event-stores.ts';
import { sealsOf } from '../composition/platform.ts';
import { StartFault } from '../start-fault.ts';
import { begin, type Move, record } from './log-moves.ts';
import { sourceLog, targetLog } from './open-logs.ts';
import { type Planned, planned } from './plan.ts';
import { UnknownPositions } from './position-columns.ts';
import { nameOf, prepareRegistry, type StoreKind } from './store-registry.ts';
import { type CopiedMove, LogWentOn, type Switched, switchStores } from './switch-stores.ts';
import { PositionWithoutEvent } from './translate-checkpoints.ts';
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
}

export interface MigrationProgress {
  readonly service: string;
  readonly step: 'copying' | 'comparing' | 'switching';
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
    if (lease === null)
      throw new StartFault('Kontor is running on this database, or another migration is: stop it, then move the logs.');
    try {
      return await migrate(options, pool, lease.lost.signal);
    } catch (error) {
      throw faultOf(error, lease.lost.signal);
    } finally {
      await lease.release();
    }
  } finally {
    await pool.end();
  }
}

async function migrate(options: MigrationOptions, pool: pg.Pool, lost: AbortSignal): Promise<Migrated> {
  const { from, to, dryRun } = options;
  const plan = await planned(options, pool);
  if (dryRun) {
    const logs = plan.map(({ service, oldLog, events }) => ({
      ...{ service, oldLogId: oldLog, newLogId: null, written: null, hash: null },
      events: events?.toString() ?? null,
    }));
    return { from, to, dryRun, logs, switched: null };
  }
  const copied: (CopiedMove & { readonly written: bigint })[] = [];
  for (const log of plan) copied.push(await copyOne(options, pool, log, lost));
  options.progress({ service: 'all', step: 'switching', events: 0n, done: 0 });
  lost.throwIfAborted();
  const switched = await switchStores(pool, copied, options.projections);
  const logs = copied.map(({ service, oldLog, newLog, events, written, hash }) => ({
    ...{ service, oldLogId: oldLog, newLogId: newLog, hash },
    ...{ events: events.toString(), written: written.toString() },
  }));
  return { from, to, dryRun, logs, switched };
}

/** Copies a log as far as it is not copied yet, and compares both from the first event to the last. */
async function copyOne(
  options: MigrationOptions,
  pool: pg.Pool,
  { service, oldLog, head }: Planned,
  signal: AbortSignal,
): Promise<CopiedMove & { readonly written: bigint }> {
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
      ...{ from: source, to: target.store, signal },
      progress: (done) => {
        progress({ service, step: 'comparing', events: done, done: share(done, reached.events) });
      },
    });
    if (events !== reached.events) throw new LogWentOn(service);
    return {
      ...move,
      events,
      hash,
      oldHead: await headOf(source, from, reached.from),
      written: events - before.events,
    };
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

const UNREACHABLE: ReadonlySet<string> = new Set(['StoreUnavailable', 'StoreTimeout']);

function faultOf(error: unknown, lost: AbortSignal): unknown {
  if (lost.aborted)
    return new StartFault('The connection that held the writers’ lease broke; run the same command again.', {
      cause: error,
    });
  if (error instanceof CopyDiffers)
    return new StartFault(
      `The new log is no copy of the old one: ${error.message}. Somebody else has written to it, or it was another installation's; ` +
        `empty it, or choose another with KONTOR_EVENTSTORE_PREFIX.`,
      { cause: error },
    );
  if (error instanceof LogWentOn)
    return new StartFault(`Somebody has written to the log of ${error.service} meanwhile; run the same command again.`);
  if (error instanceof UnknownPositions || error instanceof PositionWithoutEvent)
    return new StartFault(`Nothing was switched: ${error.message}.`, { cause: error });
  if (error instanceof NoSuchLog)
    return new StartFault(
      `${nameOf('eventstore')} does not hold these logs: ${error.message}. --eventstore or --prefix may name another server or installation.`,
      { cause: error },
    );
  if (error instanceof Error && UNREACHABLE.has(error.name))
    return new StartFault(`${nameOf('eventstore')} did not answer: ${error.message}. Run the same command again.`, {
      cause: error,
    });
  return error;
}
