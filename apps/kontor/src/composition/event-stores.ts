import { type EventStore, openEventStoreDb, PostgresEventStore } from '@kontor/event-store';
import type pg from 'pg';

/** Where logs may lie. */
export type StoreKind = 'postgres' | 'eventstore';

/** A server that holds the logs instead of PostgreSQL. */
export interface EventStoreServer {
  /** `esdb://…` */
  readonly url: string;
  /** Before the names of all streams, so that several installations can share a server. */
  readonly prefix: string;
}

/** The logs of all services, in one kind of store. */
export interface EventStores {
  readonly kind: StoreKind;
  /** Positions count events in PostgreSQL; in EventStoreDB they are byte offsets among the events of everybody. */
  readonly lagUnit: 'events' | 'bytes';
  /** The log of a service, made when there is none. Its caller closes it. */
  open(service: string): Promise<EventStore>;
}

export function eventStores(pool: pg.Pool, server: EventStoreServer | undefined): EventStores {
  return server === undefined ? inPostgres(pool) : inEventStoreDb(server);
}

/** Schema of a service's log in PostgreSQL. */
export function logSchemaOf(service: string): string {
  return `${service}_log`;
}

function inPostgres(pool: pg.Pool): EventStores {
  return {
    kind: 'postgres',
    lagUnit: 'events',
    async open(service) {
      const schema = logSchemaOf(service);
      await PostgresEventStore.migrate(pool, schema);
      return new PostgresEventStore({ pool, schema });
    },
  };
}

/**
 * A service's log is told by the names of its streams: beside its own events it holds those of the platform (`platform.*`), which
 * have the same types and streams in every service.
 */
function inEventStoreDb({ url, prefix }: EventStoreServer): EventStores {
  return {
    kind: 'eventstore',
    lagUnit: 'bytes',
    open: (service) => openEventStoreDb({ url, typePrefix: '', streamPrefix: `${prefix}${service}.` }),
  };
}
