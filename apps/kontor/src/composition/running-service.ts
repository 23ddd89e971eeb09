import type { AccessControl } from '@kontor/auth';
import type { EventSerializer, EventStore, KeyVault } from '@kontor/event-store';
import { type Feed, PositionNotYetReached } from '@kontor/feed';
import type { Aggregate, DomainCommand, DomainEvent, ProcessManager } from '@kontor/kernel';
import {
  type AppendLatency,
  type AppendsElsewhere,
  LiveProjection,
  ProjectionBehind,
  Rebuild,
} from '@kontor/projections';
import {
  type Clock,
  type CommandRunner,
  type LegalEntities,
  type ServiceDefinition,
  ServiceRuntime,
} from '@kontor/service';
import { ProcessRunner, type SendCommand, type Shares } from '@kontor/subscriptions';
import type pg from 'pg';
import type { Logger } from 'pino';
import { DeedRecorder } from '../administration/deed-recorder.ts';
import { environment } from '../kontor.config.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { ReadGuard } from './read-guard.ts';
import { ServiceTasks } from './service-tasks.ts';
import { VerificationSchedule } from './verification-schedule.ts';

/** How long a query waits for a consistency token before it answers that the projection is behind. */
const CONSISTENCY_TIMEOUT_MS = 5_000;

export interface ServiceParts {
  readonly store: EventStore;
  readonly serializer: EventSerializer;
  readonly runner: CommandRunner;
  readonly pool: pg.Pool;
  readonly vault: KeyVault;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly entities: LegalEntities;
  readonly access: AccessControl;
  readonly logger: Logger;
  /** Of the appends in this process: rebuilds give way by it. */
  readonly latency: AppendLatency;
  /** And of those in other processes; absent: there are none. */
  readonly elsewhere?: AppendsElsewhere | undefined;
  /** Keeps queries from views that are not of the declared version. */
  readonly guard: ReadGuard;
  /** Divides the work among the processes of the service; absent: this is the only one. */
  readonly shares?: Shares | undefined;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing | undefined;
}

/** One service with everything that runs for it in this process. */
export class RunningService extends ServiceRuntime {
  readonly name: string;
  readonly store: EventStore;
  readonly serializer: EventSerializer;
  readonly runner: CommandRunner;
  readonly pool: pg.Pool;
  readonly vault: KeyVault;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly entities: LegalEntities;
  readonly access: AccessControl;
  readonly logger: Logger;
  readonly projections: readonly LiveProjection[];
  readonly rebuilds: readonly Rebuild[];
  readonly deeds: DeedRecorder;
  readonly processes: readonly ProcessRunner<unknown, DomainCommand>[];
  private readonly tasks: ServiceTasks;
  private readonly verifications: VerificationSchedule;

  constructor(
    readonly definition: ServiceDefinition,
    parts: ServiceParts,
  ) {
    super();
    this.name = definition.name;
    this.store = parts.store;
    this.serializer = parts.serializer;
    this.runner = parts.runner;
    this.pool = parts.guard.over(parts.pool);
    this.vault = parts.vault;
    this.feed = parts.feed;
    this.clock = parts.clock;
    this.entities = parts.entities;
    this.access = parts.access;
    this.logger = parts.logger;
    const { tracing } = parts;
    const report = (notice: { readonly kind: string; readonly error: unknown }) => {
      const { error, ...about } = notice;
      this.logger.warn({ err: error, ...about }, `subscription ${notice.kind}`);
    };
    const { pool, feed, vault, clock, latency, elsewhere, shares } = parts;
    this.projections = definition.projections.map((projection) => {
      const turn = shares?.turn(`projection ${projection.name}`);
      const apart = { ...(turn === undefined ? {} : { turn }), ...(elsewhere === undefined ? {} : { elsewhere }) };
      const options = { vault, report, latency, ...apart };
      const watched = tracing === undefined ? {} : { watch: tracing.folds(this.name) };
      return new LiveProjection(pool, feed, projection, { ...options, ...watched });
    });
    parts.guard.watch(this.projections);
    this.rebuilds = this.projections.map((projection) => new Rebuild(projection));
    this.processes = definition.processes.map(
      ({ manager, targets }) =>
        new ProcessRunner(
          pool,
          feed,
          manager as ProcessManager<unknown, DomainCommand>,
          this.sender(manager.name, targets),
          {
            ...{ service: this.name, now: () => clock.now(), report },
            ...(shares === undefined ? {} : { share: shares.share(`process ${manager.name}`) }),
            ...(tracing === undefined ? {} : { watch: tracing.processes(this.name) }),
          },
        ),
    );
    this.deeds = new DeedRecorder(this);
    this.verifications = new VerificationSchedule(this.rebuilds, this.logger, environment.verifyEveryMs);
    this.tasks = new ServiceTasks(this, definition.tasks ?? [], shares?.turn('tasks'));
  }

  async prepare(): Promise<void> {
    for (const projection of this.projections) await projection.prepare();
    for (const process of this.processes) await process.prepare();
  }

  async start(): Promise<void> {
    for (const projection of this.projections) await projection.start();
    for (const process of this.processes) await process.start();
    await this.deeds.start();
    this.verifications.start();
    await this.tasks.start();
  }

  async stop(): Promise<void> {
    await this.tasks.stop();
    await this.deeds.stop();
    await this.verifications.stop();
    await Promise.all([...this.processes, ...this.projections].map((runner) => runner.stop()));
  }

  projection(name: string): LiveProjection {
    const found = this.projections.find((runner) => runner.projection.name === name);
    if (found === undefined) throw new RangeError(`${this.name} has no projection ${name}`);
    return found;
  }

  async caughtUp(projection: string, token: string | undefined): Promise<void> {
    const live = this.projection(projection);
    if (token === undefined) return live.requireReadable();
    try {
      await live.waitFor(token, CONSISTENCY_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof ProjectionBehind) await this.requireReached(error.behind);
      throw error;
    }
  }

  /** A position that the log has not reached is no matter of waiting: nothing was recorded there. */
  private async requireReached(behind: ProjectionBehind['behind']): Promise<void> {
    for (const { service, wanted } of behind) {
      const { position } = await this.feed.head(service);
      if (wanted > position) throw new PositionNotYetReached(service, wanted, position);
    }
  }

  async caughtUpToHead(projection: string): Promise<void> {
    const runner = this.projection(projection);
    const { services } = await runner.status();
    const heads = await Promise.all(
      services.map(async ({ service }) => `${service}:${(await this.feed.head(service)).position}`),
    );
    await runner.waitFor(heads.join(','), CONSISTENCY_TIMEOUT_MS);
  }

  async positions(projection: string): Promise<{ readonly [service: string]: string }> {
    const { services } = await this.projection(projection).status();
    return Object.fromEntries(services.map(({ service, position }) => [service, position.toString()]));
  }

  /** Sends a process's command to this service's own runner; a target that is not listed is a fault in the composition. */
  private sender(process: string, targets: ServiceDefinition['processes'][number]['targets']): SendCommand {
    return async ({ aggregate, key, command }, identity) => {
      const target = targets[aggregate]?.(key);
      if (target === undefined)
        throw new TypeError(`${process} sends to ${aggregate}, which its subscription does not name`);
      return this.runner.execute(
        target.aggregate as unknown as Aggregate<unknown, DomainCommand, DomainEvent>,
        target.id,
        target.gather === undefined ? command : await target.gather(command, this),
        { ...identity, requestHash: '', origin: 'process', occurredAt: this.clock.now() },
      );
    };
  }
}
