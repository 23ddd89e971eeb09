import { randomUUID } from 'node:crypto';
import { errorText, type Feed, pause } from '@kontor/feed';
import type pg from 'pg';
import { contractTypesOf } from '../personal-copies.ts';
import type { Projection } from '../projection.ts';
import { ProjectionRunner } from '../projection-runner.ts';
import { CHECKPOINT_POLL_MS } from '../projections.config.ts';
import type { ProjectionStatus } from '../runner-types.ts';
import { ProjectionBuilding } from '../errors.ts';
import { servicesOf } from '../schema.ts';
import { unsealNow } from '../unseal.ts';
import { Brake } from './brake.ts';
import { dropEnded, dropForsakenChecks } from './ended-copies.ts';
import type { LiveProjectionOptions } from './live-options.ts';
import { type CopyRow, RebuildRegistry, type Skip } from './registry.ts';
import { BRAKED_PAGE_EVENTS, REGISTRY_POLL_MS } from './rebuild.config.ts';
import type { Unseal } from './row-events.ts';
import { RunningCopies } from './running-copies.ts';
import { StandingCopies } from './standing-copies.ts';
import { requireReplaceable, switchWhenCaughtUp, type VersionBuild, versionBuildIn } from './version-build.ts';

/**
 * A projection with all its copies: the live one, one that is built beside it, or the one that was live before. The registry says which
 * there should be; each process looks at it once a second and does what it says, after a crash too.
 */
export class LiveProjection {
  readonly projection: Projection;
  readonly services: readonly string[];
  readonly registry: RebuildRegistry;
  readonly pool: pg.Pool;
  readonly feed: Feed;
  readonly options: LiveProjectionOptions;
  /** This process, where copies are given out to be folded. */
  readonly folder = randomUUID();
  readonly unseal: Unseal;
  readonly #copies = new RunningCopies();
  readonly #standing: StandingCopies | undefined;
  /** A key was destroyed since copies that nobody folds were looked at. */
  #erased = true;
  /** Something that is to be dropped was being read. */
  #leftovers = false;
  #skips: readonly Skip[] = [];
  #stamp = '';
  #building: VersionBuild | undefined;
  /** Whether this process folds the live and the kept copies. */
  #mine = false;
  #turn: Promise<unknown> = Promise.resolve();
  /** Copies that a comparison folds by itself for a moment. */
  readonly #set = new Set<string>();
  #running: { readonly abort: AbortController; readonly done: Promise<unknown> } | undefined;

  constructor(pool: pg.Pool, feed: Feed, projection: Projection, options: LiveProjectionOptions = {}) {
    this.pool = pool;
    this.feed = feed;
    this.projection = projection;
    this.options = options;
    this.services = servicesOf(contractTypesOf(projection));
    this.registry = new RebuildRegistry(pool);
    const { vault } = options;
    if (vault !== undefined) {
      this.#standing = new StandingCopies(pool, this.registry, projection, vault);
      vault.onDestroyed(() => {
        this.#erased = true;
      });
    }
    this.unseal = async (events) =>
      projection.personal !== undefined && vault !== undefined ? unsealNow(vault, events) : events;
  }

  /** Of the declared version: the copy that the views are over, or the one that is built because they are over an older version. */
  get live(): ProjectionRunner {
    const found = this.#copies.find(({ state, schema }) => state === 'live' || schema === this.#building?.schema);
    if (found !== undefined) return found;
    throw new Error(`${this.projection.name} was not prepared`);
  }

  /** Set while the declared version is built and the views are over an older one. */
  get building(): VersionBuild | undefined {
    return this.#building;
  }

  /** Whether this process folds that copy now. */
  folds(schema: string): boolean {
    return this.#copies.folds(schema);
  }

  /** Whose turn it is folds the live and the kept copies. Two that do for a moment are kept apart by their checkpoints. */
  async hasTurn(): Promise<boolean> {
    return (await this.options.turn?.held()) ?? true;
  }

  /** Throws ProjectionBuilding. */
  requireReadable(): void {
    if (this.#building === undefined) return;
    throw new ProjectionBuilding(this.projection.name, this.projection.version, this.#building.viewsOn);
  }

  /** The schema of the live tables. */
  get schema(): string {
    return this.live.schema;
  }

  /** Where a copy lies, with the skips of today. */
  placed(schema: string, views: boolean): Projection {
    const skips = [...(this.projection.skips ?? []), ...this.#skips];
    return { ...this.projection, skips, placed: { schema, views } };
  }

  copy(schema: string): ProjectionRunner | undefined {
    return this.#copies.find((row) => row.schema === schema);
  }

  async prepare(): Promise<void> {
    await RebuildRegistry.migrate(this.pool);
    await this.registry.adopt(this.projection);
    await this.reconcile();
    await this.live.prepare();
    await requireReplaceable(this);
  }

  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const abort = new AbortController();
    const report = (error: unknown) => this.#report(error);
    const done = Promise.all([this.#look(abort.signal), switchWhenCaughtUp(this, abort.signal, report)]);
    this.#running = { abort, done };
    await this.reconcile();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.abort.abort();
    await running?.done;
    await this.#inTurn(() => this.#copies.stop());
    await this.options.turn?.release();
    // Handed over at once; when the database is gone too, the silence hands it over.
    await this.registry.disclaim(this.folder).catch((error: unknown) => this.#report(error));
  }

  async status(): Promise<ProjectionStatus> {
    return this.live.status();
  }

  async waitFor(token: string, timeoutMs: number): Promise<void> {
    const givesUpAt = performance.now() + timeoutMs;
    await this.live.waitFor(token, timeoutMs);
    // What was asked for is folded, but cannot be read before the views are switched.
    while (this.#building !== undefined && performance.now() < givesUpAt)
      await pause(CHECKPOINT_POLL_MS, new AbortController().signal);
    this.requireReadable();
  }

  /** Empties the live tables and folds them from the first event: queries are incomplete meanwhile. */
  async rebuild(): Promise<void> {
    return this.#inTurn(() => this.live.rebuild());
  }

  /** Makes what runs here what the registry says. */
  async reconcile(): Promise<void> {
    return this.#inTurn(() => this.#reconcile());
  }

  /** Stops the fold of a copy for as long as `work` folds it by itself. */
  async setAside<Result>(schema: string, work: () => Promise<Result>): Promise<Result> {
    this.#set.add(schema);
    try {
      await this.reconcile();
      return await work();
    } finally {
      this.#set.delete(schema);
      await this.reconcile();
    }
  }

  runnerOf(projection: Projection, feed: Feed = this.feed, gives = false): ProjectionRunner {
    const { latency, elsewhere, turn: _turn, ...options } = this.options;
    const brake = gives && latency !== undefined ? new Brake(latency, elsewhere) : undefined;
    return new ProjectionRunner(this.pool, feed, projection, {
      ...(brake !== undefined && { batchSize: BRAKED_PAGE_EVENTS }),
      ...options,
      ...(brake !== undefined && {
        beforeBatch: (signal, workedMs) => brake.hold(signal, workedMs),
        partEvents: () => brake.partEvents(),
      }),
    });
  }

  async #reconcile(): Promise<void> {
    const rows = await this.registry.copies(this.projection.name);
    if (this.#running !== undefined) this.#mine = await this.hasTurn();
    this.#skips = await this.registry.skips(this.projection.name);
    const building = versionBuildIn(rows, this.projection);
    const wanted = rows.filter(
      ({ state, version }) =>
        version === this.projection.version && ['live', 'kept', 'building', 'paused'].includes(state),
    );
    await this.#copies.become(
      wanted,
      this.#skips.length,
      // A rebuild gives way to appends; a version that queries wait for does not.
      ({ schema }, views) => this.runnerOf(this.placed(schema, views), this.feed, !views && building === undefined),
      async (row) => this.#running !== undefined && !this.#set.has(row.schema) && (await this.#folds(row)),
    );
    this.#building = building;
    const ended = await dropEnded(this.pool, this.projection.name);
    this.#leftovers = !(await dropForsakenChecks(this.pool, this.projection)) || !ended;
    await this.#emptyStanding();
  }

  async #emptyStanding(): Promise<void> {
    this.#erased = false;
    try {
      await this.#standing?.empty();
    } catch (error) {
      this.#erased = true;
      throw error;
    }
  }

  /** Live and kept copies are folded by the process whose turn it is; a rebuild by the one that has claimed it. */
  async #folds({ state, schema }: CopyRow): Promise<boolean> {
    if (state === 'paused') return false;
    return state === 'building' ? this.registry.claim(schema, this.folder) : this.#mine;
  }

  async #look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(REGISTRY_POLL_MS, signal);
      if (signal.aborted) return;
      // The next look tries again.
      await this.#lookOnce().catch((error: unknown) => this.#report(error));
    }
  }

  async #lookOnce(): Promise<void> {
    const stamp = await this.registry.stamp(this.projection.name);
    const builds = this.#copies.find(({ state }) => state === 'building') !== undefined;
    const calls = builds || this.#erased || this.#leftovers;
    if (stamp === this.#stamp && !calls && (await this.hasTurn()) === this.#mine) return;
    await this.reconcile();
    this.#stamp = stamp;
  }

  #report(error: unknown): void {
    const { name } = this.projection;
    this.options.report?.({
      kind: 'retrying',
      projection: name,
      service: this.services.join(),
      error: errorText(error),
    });
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work, work);
    // Whoever asked for the turn hears of its failure; the next one in line does not.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
