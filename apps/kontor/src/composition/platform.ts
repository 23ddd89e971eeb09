import { AccessControl, DEFAULT_GRANTS, type TokenVerifier } from '@kontor/auth';
import {
  EventSerializer,
  type EventStore,
  PostgresKeyVault,
  Sealer,
  type SealKey,
  type TrustedKeys,
} from '@kontor/event-store';
import { LogFeed, type LogSource } from '@kontor/feed';
import { AppendLatency, LatencyBoard } from '@kontor/projections';
import { type Clock, CommandRunner, LegalEntities, type LegalEntity, type ServiceDefinition } from '@kontor/service';
import { Shares } from '@kontor/subscriptions';
import pg from 'pg';
import type { Logger } from 'pino';
import { type EventStores, type EventStoreServer, eventStores } from './event-stores.ts';
import { kafkaTransport, type KafkaTransportOptions, logTransport, type Topics } from './kafka-transport.ts';
import type { OtherServices } from './other-services.ts';
import { ReachedFeed } from './reached-feed.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { alone } from './alone.ts';
import { AppendListeners } from './append-listeners.ts';
import { ReadGuard } from './read-guard.ts';
import { RunningService } from './running-service.ts';
import { SealerInTurn } from './sealer-in-turn.ts';
import { codecsOf } from './services.ts';

const STATEMENT_TIMEOUT_MS = 60_000;
/** How often keys that another process destroyed are looked for. */
const ERASURE_LOOK_MS = 5_000;

export interface PlatformOptions {
  readonly databaseUrl: string;
  /** Connections to PostgreSQL that this process keeps at most. */
  readonly poolSize: number;
  /** The services that run in this process. */
  readonly definitions: readonly ServiceDefinition[];
  /** Those that run in other processes; absent: there are none. */
  readonly others?: OtherServices | undefined;
  readonly entities: readonly LegalEntity[];
  readonly clock: Clock;
  readonly verifier: TokenVerifier;
  readonly logger: Logger;
  /** Who signs the seals of the logs, and whose signatures count. */
  readonly seals: Seals;
  /** Holds the logs; absent: they lie in PostgreSQL. */
  readonly eventStore?: EventStoreServer | undefined;
  /** Services hear each other over Kafka; absent: from each other's logs. */
  readonly kafka?: KafkaTransportOptions | undefined;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing | undefined;
}

export interface Seals {
  readonly key: SealKey;
  readonly trusted: TrustedKeys;
}

/** The services of one process: a log, read models and a feed for each, on one PostgreSQL. */
export interface Platform {
  readonly services: readonly RunningService[];
  /** All services of the installation, in this process or another. */
  readonly serviceNames: readonly string[];
  readonly others: OtherServices | undefined;
  readonly stores: EventStores;
  /** Absent: services hear each other from their logs. */
  readonly topics: Topics | undefined;
  readonly sources: ReadonlyMap<string, LogSource>;
  /** By service: chains what is stored, for tamper evidence. */
  readonly sealers: ReadonlyMap<string, Sealer>;
  readonly seals: Seals;
  readonly vault: PostgresKeyVault;
  readonly pool: pg.Pool;
  readonly entities: LegalEntities;
  readonly clock: Clock;
  readonly verifier: TokenVerifier;
  readonly logger: Logger;
  readonly tracing: Tracing | undefined;
  /** Of the appends in this process. */
  readonly appends: AppendListeners;
  start(): Promise<void>;
  /** Calls back when the platform begins to stop: open answers (a followed history) end then. Returns the way to take it back. */
  onStopping(listener: () => void): () => void;
  announceStop(): void;
  stop(): Promise<void>;
}

export async function buildPlatform(options: PlatformOptions): Promise<Platform> {
  const { definitions, clock, logger, tracing } = options;
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.poolSize,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'kontor',
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle database connection broke'));
  // So it is with one that breaks while it is lent out: whoever has it sees the statement fail.
  pool.on('connect', (client) => client.on('error', () => undefined));
  await alone(pool, () => PostgresKeyVault.migrate(pool));
  const vault = new PostgresKeyVault({ pool });
  const entities = new LegalEntities(options.entities, clock);

  const stores = eventStores(pool, options.eventStore);
  const logs = new Map<string, { store: EventStore; serializer: EventSerializer }>();
  const sources = new Map<string, LogSource>();
  const sealers = new Map<string, Sealer>();
  for (const definition of definitions) {
    const { name, aggregates, publication } = definition;
    const codecs = aggregates.map((aggregate) => aggregate.codec);
    const opened = await alone(pool, () => stores.open(name));
    const store = tracing?.store(opened, { service: name, kind: stores.kind }) ?? opened;
    logs.set(name, {
      store,
      serializer: new EventSerializer(codecsOf(definition), vault),
    });
    sealers.set(
      name,
      new Sealer({
        ...{ pool, store, schema: sealsOf(name), key: options.seals.key },
        report: (error) => logger.warn({ err: error, service: name }, 'the log could not be sealed'),
      }),
    );
    sources.set(name, { store, publication, codecs });
  }
  const log = new LogFeed(sources.values());
  const history =
    options.others === undefined ? log : new ReachedFeed([...sources.keys()], log, options.others.history);
  const transport =
    options.kafka === undefined
      ? logTransport(history)
      : kafkaTransport(
          options.kafka,
          { services: [...sources.keys()], log, history, watch: tracing?.relays() },
          pool,
          logger,
        );

  const latency = new AppendLatency();
  const board =
    options.others === undefined
      ? undefined
      : new LatencyBoard(pool, latency, (error) =>
          logger.warn({ err: error }, 'processes could not tell each other how long appends take'),
        );
  const appends = new AppendListeners();
  appends.add((_service, ms) => latency.observe(ms));
  // Where services run apart, there may be several processes of each.
  const shares = new Map(
    options.others === undefined ? [] : definitions.map(({ name }) => [name, new Shares(pool, name)]),
  );
  const sealing = Array.from(sealers, ([name, sealer]) => {
    const turn = shares.get(name)?.turn('sealer');
    return turn === undefined ? sealer : new SealerInTurn(sealer, turn, logger);
  });
  const services = definitions.map((definition) => {
    const { store, serializer } = logs.get(definition.name) as NonNullable<ReturnType<typeof logs.get>>;
    const guard = new ReadGuard();
    return new RunningService(definition, {
      guard,
      store,
      serializer,
      runner: new CommandRunner(definition.name, store, serializer, (ms) => appends.tell(definition.name, ms)),
      latency,
      elsewhere: board,
      shares: shares.get(definition.name),
      pool,
      vault,
      feed: transport.feedOf(definition.name),
      tracing,
      clock,
      entities,
      access: new AccessControl(guard.over(pool), definition.name, DEFAULT_GRANTS),
      logger: logger.child({ service: definition.name }),
    });
  });

  // States of streams lie folded in memory, personal data in plain: after an erasure they are folded anew.
  vault.onDestroyed(() => {
    for (const service of services) service.runner.forget();
  });
  const looking = setInterval(() => {
    vault.look().catch((error: unknown) => logger.warn({ err: error }, 'destroyed keys could not be looked for'));
  }, ERASURE_LOOK_MS);
  const stopListeners = new Set<() => void>();
  return {
    services,
    serviceNames: options.others?.names ?? [...sources.keys()],
    others: options.others,
    stores,
    topics: transport.topics,
    sources,
    sealers,
    seals: options.seals,
    vault,
    pool,
    entities,
    clock,
    verifier: options.verifier,
    logger,
    tracing,
    appends,
    async start() {
      await alone(pool, async () => {
        for (const service of services) await service.prepare();
        for (const sealer of sealers.values()) await sealer.prepare();
      });
      await transport.start();
      for (const service of services) await service.start();
      for (const sealer of sealing) sealer.start();
      await board?.start();
    },
    onStopping(listener) {
      stopListeners.add(listener);
      return () => stopListeners.delete(listener);
    },
    announceStop() {
      for (const listener of stopListeners) listener();
    },
    async stop() {
      clearInterval(looking);
      await Promise.all(services.map((service) => service.stop()));
      await transport.stop();
      await Promise.all(sealing.map((sealer) => sealer.stop()));
      await board?.stop();
      await Promise.all(Array.from(shares.values(), (share) => share.leave()));
      await Promise.all([...logs.values()].map(({ store }) => store.close()));
      await pool.end();
    },
  };
}

/** Schema of the seals of a service's log. */
export function sealsOf(service: string): string {
  return `${service}_seals`;
}
