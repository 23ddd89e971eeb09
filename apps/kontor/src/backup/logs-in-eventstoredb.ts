import { randomUUID } from 'node:crypto';
import {
  type CopiedEvent,
  type EventStore,
  exportRenumberedSeals,
  PARTITION_SIZE,
  type RenumberedSeals,
  renumberedSeals,
  type StoredEvent,
} from '@kontor/event-store';
import type pg from 'pg';
import type { EventStores } from '../composition/event-stores.ts';
import { sealsOf } from '../composition/platform.ts';
import type { BackupLog } from './backup-log.ts';

const PAGE_EVENTS = 500;

interface Source {
  readonly pool: pg.Pool;
  readonly stores: EventStores;
  readonly services: readonly string[];
}

/**
 * All logs up to one position of the server. What a backup holds is what a move to PostgreSQL would give: the events counted from 1,
 * in a log of another id, under the seals that they have.
 */
export async function inEventStoreDb({ pool, stores, services }: Source): Promise<readonly BackupLog[]> {
  // The seals first: an event that is sealed is in the log by then.
  const seals = await sealsOfAll(pool, services);
  let cut: bigint | undefined;
  const logs: BackupLog[] = [];
  for (const [service, { logId, upto, stamp }] of seals) {
    const read = <Result>(work: (store: EventStore) => AsyncIterable<Result>) => reading(stores, service, work);
    let events = 0n;
    for await (const head of read(headOf)) cut ??= head;
    const until = cut ?? 0n;
    for await (const page of read((store) => pagesOf(store, until))) events += BigInt(page.length);
    logs.push({
      manifest: {
        ...{ service, logId, seals: stamp },
        ...{ position: events.toString(), partitionSize: PARTITION_SIZE.toString() },
      },
      events: () => counted(read((store) => pagesOf(store, until))),
      seals: () => exportRenumberedSeals(pool, sealsOf(service), upto),
    });
  }
  return logs;
}

async function sealsOfAll(
  pool: pg.Pool,
  services: readonly string[],
): Promise<ReadonlyMap<string, RenumberedSeals & { readonly logId: string }>> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const seals = new Map<string, RenumberedSeals & { readonly logId: string }>();
    for (const service of services) {
      const logId = randomUUID();
      seals.set(service, { logId, ...(await renumberedSeals(client, sealsOf(service), logId)) });
    }
    await client.query('commit');
    return seals;
  } finally {
    client.release();
  }
}

async function* reading<Result>(
  stores: EventStores,
  service: string,
  work: (store: EventStore) => AsyncIterable<Result>,
): AsyncGenerator<Result> {
  const store = await stores.openToRead(service);
  try {
    yield* work(store);
  } finally {
    await store.close();
  }
}

async function* headOf(store: EventStore): AsyncGenerator<bigint> {
  yield (await store.head()).position;
}

async function* pagesOf(store: EventStore, until: bigint): AsyncGenerator<readonly StoredEvent[]> {
  for (let after = 0n; after < until;) {
    const page = await store.readAll({ after, limit: PAGE_EVENTS });
    const events = page.events.filter(({ position }) => position <= until);
    if (events.length > 0) yield events;
    if (page.atHead) return;
    after = page.position;
  }
}

async function* counted(pages: AsyncIterable<readonly StoredEvent[]>): AsyncGenerator<readonly CopiedEvent[]> {
  let before = 0n;
  for await (const page of pages) {
    const first = before;
    yield page.map(({ stream, revision, recordedAt, id, type, data, metadata }, n) => ({
      ...{ stream, revision, recordedAt, eventId: id, type, data, position: first + BigInt(n + 1) },
      metadata: Buffer.from(JSON.stringify(metadata)),
    }));
    before += BigInt(page.length);
  }
}
