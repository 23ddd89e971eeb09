import {
  type EventStore,
  openEventStoreDb,
  PostgresEventStore,
  StoreTimeout,
  StoreUnavailable,
} from '@kontor/event-store';
import type pg from 'pg';
import { LeasedEventStore } from '../migration/leased-event-store.ts';
import {
  installedLog,
  type InstalledLog,
  objection,
  prepareRegistry,
  register,
  type StoreKind,
} from '../migration/store-registry.ts';
import { WritersLease } from '../migration/writers-lease.ts';
import { StartFault } from '../start-fault.ts';

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
  /**
   * The log of a service, made when there is none. It is written under the writers' lease, which the first one that is opened takes
   * and the last one that is closed gives back. Throws StartFault when the logs are being moved, or lie elsewhere.
   */
  open(service: string): Promise<EventStore>;
  /** The log of any service of the installation, to be read; its caller closes it. */
  openToRead(service: string): Promise<EventStore>;
}

export function eventStores(pool: pg.Pool, server: EventStoreServer | undefined): EventStores {
  const kind = server === undefined ? 'postgres' : 'eventstore';
  const leased = new LeasedLogs(pool, kind, server);
  return {
    kind,
    lagUnit: kind === 'postgres' ? 'events' : 'bytes',
    open: (service) => leased.open(service),
    openToRead: (service) => leased.log(service),
  };
}

/** Schema of a service's log in PostgreSQL. */
export function logSchemaOf(service: string): string {
  return `${service}_log`;
}

/**
 * A service's log in EventStoreDB is told by the names of its streams: beside its own events it holds those of the platform
 * (`platform.*`), which have the same types and streams in every service.
 */
export function scopeOf({ url, prefix }: EventStoreServer, service: string) {
  return { url, typePrefix: '', streamPrefix: `${prefix}${service}.` };
}

const ELSEWHERE = 'EVENTSTORE_URL or KONTOR_EVENTSTORE_PREFIX may name another server or installation.';

/** Null when the log that was opened is the one that this installation writes to. */
function objectionTo(logId: string, found: InstalledLog | null, service: string): string | null {
  if (found === null || found.logId === logId) return null;
  return (
    `The log of ${service} that was found is ${logId}; this installation writes to ${found.logId} since ${found.since}. ` +
    ELSEWHERE
  );
}

class LeasedLogs {
  private lease: Promise<WritersLease> | undefined;
  /** What was opened, and which log each one is: undefined until that is known. */
  private readonly opened = new Map<string, string | undefined>();

  constructor(
    private readonly pool: pg.Pool,
    private readonly kind: StoreKind,
    private readonly server: EventStoreServer | undefined,
  ) {}

  async open(service: string): Promise<EventStore> {
    this.lease ??= this.take();
    const lease = await this.lease;
    this.opened.set(service, undefined);
    try {
      const found = await installedLog(this.pool, service);
      const against = objection(found, service, this.kind);
      if (against !== null) throw new StartFault(against);
      // Only an installation that has none yet makes a log: a server that was named by mistake is left as it is.
      const store = await this.log(service, found === null);
      this.opened.set(service, await this.admit(store, service, found));
      return new LeasedEventStore(store, lease, () => this.closed(service));
    } catch (error) {
      await this.closed(service);
      throw error;
    }
  }

  async log(service: string, makes = true): Promise<EventStore> {
    if (this.server !== undefined) return openEventStoreDb({ ...scopeOf(this.server, service), makes });
    const schema = logSchemaOf(service);
    await PostgresEventStore.migrate(this.pool, schema);
    return new PostgresEventStore({ pool: this.pool, schema });
  }

  /** Gives the log's id. A server that was named by mistake has other logs, or none. */
  private async admit(store: EventStore, service: string, found: InstalledLog | null): Promise<string> {
    try {
      const { logId } = await store.head();
      const against = objectionTo(logId, found, service);
      if (against !== null) throw new StartFault(against);
      await register(this.pool, service, this.kind, logId);
      return logId;
    } catch (error) {
      await store.close();
      if (this.server !== undefined && (error instanceof StoreUnavailable || error instanceof StoreTimeout))
        throw new StartFault('The EventStoreDB of EVENTSTORE_URL does not answer.', { cause: error });
      // The client library is loaded only by who runs on it.
      if (error instanceof Error && error.name === 'NoSuchLog')
        throw new StartFault(`The log of ${service} was not found: ${error.message}. ${ELSEWHERE}`, { cause: error });
      throw error;
    }
  }

  private async take(): Promise<WritersLease> {
    const { pool } = this;
    await prepareRegistry(pool);
    const lease = await WritersLease.take({ pool, mode: 'shared', stillValid: () => this.objection() });
    if (lease === null)
      throw new StartFault(
        'The logs are being moved to another store (kontor migrate-store): start again when that is done.',
      );
    return lease;
  }

  private async objection(): Promise<string | null> {
    for (const [service, logId] of this.opened) {
      const found = await installedLog(this.pool, service);
      // Moved there and back meanwhile, it may lie in a store of the same kind, and be another log.
      const against =
        objection(found, service, this.kind) ?? (logId === undefined ? null : objectionTo(logId, found, service));
      if (against !== null) return against;
    }
    return null;
  }

  private async closed(service: string): Promise<void> {
    this.opened.delete(service);
    if (this.opened.size > 0) return;
    const lease = await this.lease;
    this.lease = undefined;
    await lease?.release();
  }
}
