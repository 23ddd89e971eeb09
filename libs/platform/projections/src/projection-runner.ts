import {
  type Checkpoint,
  Checkpoints,
  consume,
  errorText,
  type Feed,
  type FeedHead,
  inTransaction,
  lowestPosition,
  pause,
} from '@kontor/feed';
import type pg from 'pg';
import { parseConsistencyToken } from './consistency.ts';
import { type Behind, ProjectionBehind, ProjectionChanged } from './errors.ts';
import { FoldPace } from './fold-pace.ts';
import { ParkedStreams } from './parked-streams.ts';
import { partsOf } from './parts.ts';
import { contractTypesOf, PersonalCopies, personalTables } from './personal-copies.ts';
import { Progress } from './progress.ts';
import type { Projection } from './projection.ts';
import { CHECKPOINT_POLL_MS, FOLD_BATCH_EVENTS } from './projections.config.ts';
import { type RetriedStream, retryParked } from './retry-parked.ts';
import type { ProjectionRunnerOptions, ProjectionStatus, ServiceStatus } from './runner-types.ts';
import { emptySchema, prepareSchema, replaceSchema, schemaOf, servicesOf } from './schema.ts';
import { type FoldParts, ServiceFold } from './service-fold.ts';
import { notRunYet, type ServiceRun, statusOf } from './service-run.ts';
import { TableWriter } from './table-writer.ts';
import { unsealAll } from './unseal.ts';

/** Folds the contracts of one or more services into the tables of one projection. */
export class ProjectionRunner {
  readonly projection: Projection;
  readonly schema: string;
  readonly services: readonly string[];
  readonly #pool: pg.Pool;
  readonly #feed: Feed;
  readonly #options: ProjectionRunnerOptions;
  readonly #consumer: string;
  readonly #parts: FoldParts;
  readonly #runs: ReadonlyMap<string, ServiceRun>;
  readonly #progress = new Progress();
  #folded = 0;
  #running: { readonly abort: AbortController; readonly done: Promise<unknown> } | undefined;

  constructor(pool: pg.Pool, feed: Feed, projection: Projection, options: ProjectionRunnerOptions = {}) {
    this.projection = projection;
    this.schema = schemaOf(projection);
    this.services = servicesOf(contractTypesOf(projection));
    this.#pool = pool;
    this.#feed = feed;
    this.#options = options;
    this.#consumer = projection.name;
    const { vault } = options;
    if (projection.personal !== undefined && vault === undefined)
      throw new TypeError(`${projection.name} is personal and needs a key vault`);
    this.#parts = {
      pool,
      projection,
      consumer: this.#consumer,
      writers: new Map(
        Object.entries(projection.tables).map(([name, table]) => [name, new TableWriter(this.schema, name, table)]),
      ),
      checkpoints: new Checkpoints(this.schema, this.#consumer),
      parkedStreams: new ParkedStreams(this.schema),
      unseal: async (events) =>
        projection.personal !== undefined && vault !== undefined ? unsealAll(vault, events) : events,
      forget: (subject) => vault?.forget([subject]),
      lookForDestroyedKeys: async () => (projection.personal === undefined ? undefined : vault?.look()),
      watch: options.watch,
      copies: new PersonalCopies(this.schema, personalTables(projection)),
    };
    this.#runs = new Map(this.services.map((service) => [service, notRunYet()]));
  }

  /** Events that this runner has passed, also those that do not concern it. */
  get folded(): number {
    return this.#folded;
  }

  /** Makes schema, tables and views. Idempotent; `start` and `catchUp` call it. Throws ProjectionChanged. */
  async prepare(): Promise<void> {
    await inTransaction(this.#pool, 'begin', (client) =>
      prepareSchema(client, this.projection, this.#consumer, this.#options.readerRole),
    );
  }

  /** Folds from the checkpoints on, until `stop`. */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    await this.prepare();
    this.#launch();
  }

  /** Ends after the batches in hand. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.abort.abort();
    // Whoever waits for a position goes on by the rows: another process, or another runner here, may fold them now.
    this.#progress.wake();
    await running?.done;
  }

  /**
   * Folds to the present head of every service and returns: for tests, benchmarks and the command line. Throws what
   * waiting cannot mend, as LogChanged.
   */
  async catchUp(): Promise<void> {
    await this.prepare();
    const { signal } = new AbortController();
    await Promise.all(this.services.map((service) => this.#consume(service, false, signal)));
  }

  /**
   * Resolves when every position of `orders:18842,accounts:7` was folded, else throws ProjectionBehind. Services that the
   * projection does not fold are passed over. Throws InvalidConsistencyToken.
   */
  async waitFor(token: string, timeoutMs: number): Promise<void> {
    const wanted = [...parseConsistencyToken(token)].filter(([service]) => this.#runs.has(service));
    const timeout = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const { moves } = this.#progress;
      const behind = await this.#behind(wanted);
      if (behind.length === 0) return;
      if (timeout.aborted) throw new ProjectionBehind(this.projection.name, behind, timeoutMs);
      if (moves === this.#progress.moves) await this.#nextMove(timeout);
    }
  }

  async status(): Promise<ProjectionStatus> {
    const services = await Promise.all(this.services.map((service) => this.#statusOf(service)));
    return { projection: this.projection.name, version: this.projection.version, schema: this.schema, services };
  }

  /** Empties the tables and sets the checkpoints back; a running projection folds on from the beginning. */
  async rebuild(): Promise<void> {
    const wasRunning = this.#running !== undefined;
    await this.stop();
    try {
      await this.prepare();
      await inTransaction(this.#pool, 'begin', (client) => emptySchema(client, this.projection, this.#consumer));
    } catch (error) {
      if (!(error instanceof ProjectionChanged)) throw error;
      await inTransaction(this.#pool, 'begin', (client) =>
        replaceSchema(client, this.projection, this.#consumer, this.#options.readerRole),
      );
    }
    for (const run of this.#runs.values()) Object.assign(run, { position: undefined, caughtUpAt: undefined });
    if (wasRunning) this.#launch();
  }

  /** Applies what lies behind a parked stream, in order. It stays parked from the first event that fails again. */
  retryParked(service: string, stream: string): Promise<RetriedStream> {
    return retryParked(this.#parts, this.#options.vault, service, stream);
  }

  #launch(): void {
    const abort = new AbortController();
    const done = Promise.all(
      this.services.map(async (service) => {
        try {
          await this.#consume(service, true, abort.signal);
          this.#runOf(service).state = 'stopped';
        } catch (error) {
          // One service's log cannot be read any more; the others are folded on.
          Object.assign(this.#runOf(service), { state: 'failed', error: errorText(error) });
          this.#options.report?.({ kind: 'failed', projection: this.projection.name, service, error });
        }
      }),
    );
    this.#running = { abort, done };
  }

  async #consume(service: string, follow: boolean, signal: AbortSignal): Promise<void> {
    const run = this.#runOf(service);
    const fold = new ServiceFold(this.#parts, service, ({ event, error }) => {
      const { name } = this.projection;
      this.#options.report?.({ kind: 'parked', projection: name, service, stream: event.subject, error });
    });
    const pace = new FoldPace(performance.now());
    let workedMs = 0;
    await consume({
      feed: this.#feed,
      service,
      follow,
      ...(follow && { gather: () => this.#progress.gather(pace.next(performance.now()), signal) }),
      signal,
      batchSize: this.#options.batchSize ?? FOLD_BATCH_EVENTS,
      checkpoint: async () => {
        const checkpoint = await fold.load();
        this.#moved(run, checkpoint);
        run.state = 'running';
        return checkpoint;
      },
      apply: async (batch, checkpoint) => {
        const { beforeBatch, partEvents = () => Number.POSITIVE_INFINITY } = this.#options;
        let reached = checkpoint;
        for (const part of partsOf(batch, partEvents)) {
          await beforeBatch?.(signal, workedMs);
          const begun = performance.now();
          reached = await fold.apply(part, reached, !follow);
          workedMs = performance.now() - begun;
        }
        return reached;
      },
      progress: (batch, checkpoint) => {
        Object.assign(run, { state: 'running', error: null });
        if (batch.caughtUp) run.caughtUpAt = Date.now();
        this.#folded += batch.events.length;
        this.#moved(run, checkpoint);
      },
      retrying: (error) => {
        Object.assign(run, { state: 'retrying', error: errorText(error) });
        this.#options.report?.({ kind: 'retrying', projection: this.projection.name, service, error });
      },
    });
  }

  #moved(run: ServiceRun, checkpoint: Checkpoint): void {
    run.position = lowestPosition(checkpoint);
    run.recordedAt = checkpoint.recordedAt;
    this.#progress.moved();
  }

  async #behind(wanted: readonly (readonly [string, bigint])[]): Promise<readonly Behind[]> {
    const behind: Behind[] = [];
    for (const [service, position] of wanted) {
      const folded = await this.#positionOf(service);
      if (folded < position) behind.push({ service, position: folded, wanted: position });
    }
    return behind;
  }

  /** A process that folds knows its own progress; any other reads the rows. */
  async #positionOf(service: string): Promise<bigint> {
    const { position } = this.#runOf(service);
    if (this.#running !== undefined && position !== undefined) return position;
    return lowestPosition(await this.#parts.checkpoints.read(this.#pool, service));
  }

  /** Of a fold in another process nothing is heard: its rows are looked at again after a moment. */
  async #nextMove(timeout: AbortSignal): Promise<void> {
    if (this.#running === undefined) await pause(CHECKPOINT_POLL_MS, timeout);
    else await this.#progress.next(timeout);
  }

  async #statusOf(service: string): Promise<ServiceStatus> {
    const { checkpoints, parkedStreams } = this.#parts;
    const stored = await checkpoints.read(this.#pool, service);
    // As it is before the log is asked for its head: nobody is said to be ahead of that.
    const run = { ...this.#runOf(service) };
    return statusOf(service, run, {
      stored,
      folding: this.#running !== undefined,
      head: await this.#feed.head(service).catch((): FeedHead | null => null),
      parkedStreams: await parkedStreams.count(this.#pool, service),
    });
  }

  #runOf(service: string): ServiceRun {
    const run = this.#runs.get(service);
    if (run === undefined) throw new RangeError(`${this.projection.name} does not fold ${service}`);
    return run;
  }
}
