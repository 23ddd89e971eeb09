import { Checkpoints, type Feed, inTransaction, lowestPosition } from '@kontor/feed';
import { withoutEffects } from '@kontor/event-store';
import type { CloudEvent } from '@kontor/kernel';
import type pg from 'pg';
import { BatchFold } from '../batch-fold.ts';
import { ParkedStreams } from '../parked-streams.ts';
import { contractTypesOf } from '../personal-copies.ts';
import type { Projection, Row } from '../projection.ts';
import { schemaOf, servicesOf } from '../schema.ts';
import { isParkedIn } from '../service-fold.ts';
import { TableWriter } from '../table-writer.ts';
import { canonicalRow, keyOf } from '../values.ts';
import { NothingToReplay, RowsOfSeveralStreams } from './rebuild-errors.ts';
import { foldedEvents, touchedRows, type Unseal } from './row-events.ts';

/** One stream by its name, or every stream with an event about an account. */
export type ReplayTarget = { readonly stream: string } | { readonly accountId: string };

export interface Replayed {
  readonly projection: string;
  readonly streams: readonly string[];
  readonly events: number;
  /** Rows that these streams drive, and those of them that were otherwise before. */
  readonly rows: number;
  readonly changedRows: number;
  readonly dryRun: boolean;
}

export interface ReplayParts {
  readonly pool: pg.Pool;
  readonly feed: Feed;
  readonly live: Projection;
  readonly unseal: Unseal;
}

interface OneEvent {
  readonly service: string;
  readonly event: CloudEvent;
  readonly seen: CloudEvent;
}

interface Touched {
  readonly table: string;
  readonly row: Row;
  readonly stream: string;
}

/**
 * Folds single streams again into the live tables. Which rows a stream drives is told by its own events, for a row's key comes
 * from the event: those rows are taken away and written anew in one transaction, under the lock of the checkpoints, and
 * nobody else's are touched. Before anything is written, the history is asked whether another stream drives one of them
 * too. Rows that a handler of before wrote under keys which today's handler no longer names are found by a rebuild only.
 *
 * Throws NothingToReplay and RowsOfSeveralStreams.
 */
export async function replayStreams(
  parts: ReplayParts,
  target: ReplayTarget,
  dryRun: boolean,
  tell: (client: pg.ClientBase, replayed: Replayed) => Promise<void>,
): Promise<Replayed> {
  const { live, pool } = parts;
  const services = servicesOf(contractTypesOf(live));
  const checkpoints = new Checkpoints(schemaOf(live), live.name);
  const before = await positionsOf(checkpoints, pool, services);
  const streams = await streamsOf(parts, target, before);
  const what = 'stream' in target ? `the stream ${target.stream}` : `the account ${target.accountId}`;
  if (streams.size === 0) throw new NothingToReplay(live.name, what);
  const known = await eventsOf(parts, streams, before);
  await requireOwnRows(parts, rowsOf(live, known), streams, before);
  return inTransaction(pool, `begin; set local statement_timeout = 0`, async (client) => {
    for (const service of services) await checkpoints.lock(client, service);
    const positions = await positionsOf(checkpoints, client, services);
    // Under the lock nothing is folded: only what was recorded since is read here.
    const events = await seenNow(parts, [...known, ...(await eventsOf(parts, streams, positions, before))]);
    const fold = await foldAlone(parts, client, services, events);
    const touched = rowsOf(live, events);
    let changedRows = 0;
    for (const [name, table] of Object.entries(live.tables)) {
      const keys = [...touched.values()].filter((one) => one.table === name).map(({ row }) => row);
      if (keys.length === 0) continue;
      const writer = new TableWriter(schemaOf(live), name, table);
      const textOf = (row: Row) => JSON.stringify(canonicalRow(name, table, row), sorted);
      const found = new Map((await writer.read(client, keys)).map((row) => [keyOf(name, table, row), textOf(row)]));
      const { fresh, upserts } = fold.changes(name);
      const rows = [...fresh, ...upserts];
      const made = new Map(rows.map((row) => [keyOf(name, table, row), textOf(row)]));
      for (const key of new Set([...found.keys(), ...made.keys()]))
        if (found.get(key) !== made.get(key)) changedRows += 1;
      if (!dryRun) await writer.write(client, { fresh: [], upserts: rows, deletes: keys });
    }
    const replayed = {
      projection: live.name,
      streams: [...streams].sort(),
      events: events.length,
      rows: touched.size,
      changedRows,
      dryRun,
    };
    if (!dryRun) await tell(client, replayed);
    return replayed;
  });
}

async function positionsOf(
  checkpoints: Checkpoints,
  client: pg.Pool | pg.ClientBase,
  services: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const positions = new Map<string, bigint>();
  for (const service of services) positions.set(service, lowestPosition(await checkpoints.read(client, service)));
  return positions;
}

async function streamsOf(
  { live, feed, unseal }: ReplayParts,
  target: ReplayTarget,
  positions: ReadonlyMap<string, bigint>,
): Promise<ReadonlySet<string>> {
  const streams = new Set<string>();
  for await (const { event } of foldedEvents(live, feed, positions, unseal)) {
    if ('stream' in target) {
      if (event.subject === target.stream) streams.add(event.subject);
    } else if (
      event.subject.endsWith(`-${target.accountId}`) ||
      (event.data as { accountId?: unknown }).accountId === target.accountId
    )
      streams.add(event.subject);
  }
  return streams;
}

async function eventsOf(
  { live, feed, unseal }: ReplayParts,
  streams: ReadonlySet<string>,
  positions: ReadonlyMap<string, bigint>,
  from?: ReadonlyMap<string, bigint>,
): Promise<readonly OneEvent[]> {
  const events: OneEvent[] = [];
  for await (const one of foldedEvents(live, feed, positions, unseal, from))
    if (streams.has(one.event.subject)) events.push(one);
  return events;
}

/** By the keys of this moment: somebody may have been erased since they were read. */
async function seenNow({ unseal }: ReplayParts, events: readonly OneEvent[]): Promise<readonly OneEvent[]> {
  const seen = await unseal(events.map(({ event }) => event));
  return events.map((one, index) => ({ ...one, seen: seen[index] ?? one.seen }));
}

/** Makes sure that no other stream drives a row of these. */
async function requireOwnRows(
  { live, feed, unseal }: ReplayParts,
  touched: ReadonlyMap<string, Touched>,
  streams: ReadonlySet<string>,
  positions: ReadonlyMap<string, bigint>,
): Promise<void> {
  for await (const { event, seen } of foldedEvents(live, feed, positions, unseal)) {
    if (streams.has(event.subject)) continue;
    for (const { table, key } of touchedRows(live, seen)) {
      const owner = touched.get(`${table} ${key}`);
      if (owner !== undefined) throw new RowsOfSeveralStreams(live.name, table, [owner.stream, event.subject]);
    }
  }
}

function rowsOf(live: Projection, events: readonly OneEvent[]): Map<string, Touched> {
  const touched = new Map<string, Touched>();
  for (const { event, seen } of events)
    for (const { table, key, row } of touchedRows(live, seen))
      touched.set(`${table} ${key}`, { table, row, stream: event.subject });
  return touched;
}

/** Folds the events onto nothing; what is parked in the live tables stays parked. */
async function foldAlone(
  { live }: ReplayParts,
  client: pg.ClientBase,
  services: readonly string[],
  events: readonly OneEvent[],
): Promise<BatchFold> {
  const parkedStreams = new ParkedStreams(schemaOf(live));
  const parked = new Map<string, Awaited<ReturnType<ParkedStreams['read']>>>();
  for (const service of services) parked.set(service, await parkedStreams.read(client, service));
  const serviceOf = new Map(events.map(({ service, event }) => [event.id, service]));
  const fold = new BatchFold(live, (event) => {
    const since = parked.get(serviceOf.get(event.id) ?? '');
    return since !== undefined && isParkedIn(since, event);
  });
  withoutEffects(live.name, () => {
    for (const { event, seen } of events) fold.plan(event, seen);
    fold.apply();
  });
  return fold;
}

/** Rows are compared as JSON, so what has keys has them in one order, as jsonb has. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
