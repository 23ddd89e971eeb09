import { type CopyTarget, type EventStore, intoPostgres, PostgresEventStore } from '@kontor/event-store';
import { EventStoreDbEventStore, intoEventStoreDb } from '@kontor/event-store/eventstoredb';
import type pg from 'pg';
import type { EventStoreServer } from '../composition/event-stores.ts';
import { logSchemaOf, scopeOf } from '../composition/event-stores.ts';
import type { StoreKind } from './store-registry.ts';

export interface Places {
  readonly pool: pg.Pool;
  readonly server: EventStoreServer;
}

/** A log to be read; none is made by looking at it. */
export function sourceLog({ pool, server }: Places, service: string, kind: StoreKind): EventStore {
  if (kind === 'eventstore') return new EventStoreDbEventStore({ ...scopeOf(server, service), makes: false });
  return new PostgresEventStore({ pool, schema: logSchemaOf(service) });
}

/** A log to be filled, made when there is none. */
export async function targetLog({ pool, server }: Places, service: string, kind: StoreKind): Promise<CopyTarget> {
  if (kind === 'eventstore') return intoEventStoreDb(new EventStoreDbEventStore(scopeOf(server, service)));
  const schema = logSchemaOf(service);
  await PostgresEventStore.migrate(pool, schema);
  return intoPostgres(pool, schema, new PostgresEventStore({ pool, schema }));
}
