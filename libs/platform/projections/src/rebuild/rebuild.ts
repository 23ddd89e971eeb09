import { Checkpoints, errorText, lowestPosition, pause, sqlState } from '@kontor/feed';
import type pg from 'pg';
import { baseSchemaOf, prepareSchema } from '../schema.ts';
import { allEqual, type Comparison, compareTables } from './compare.ts';
import { decided } from './decided.ts';
import type { LiveProjection } from './live-projection.ts';
import { ATTEMPT_PAUSE_MS, SWITCH_LOCK_TIMEOUT_MS, SWITCH_WITHIN_MS } from './rebuild.config.ts';
import { cancellable, refuseRetired, refuseUnderWay, refuseVersionBuild, required } from './deeds-allowed.ts';
import { FoldedElsewhere, NoSuchRebuild, NotCompared, OldCopyKept, ViewsInUse } from './rebuild-errors.ts';
import { type Rates, RebuildRate } from './rebuild-rate.ts';
import type { CopyRow, CopyState, NewAct } from './registry.ts';
import { withEvents } from './row-events.ts';
import { withSnapshot } from './snapshot.ts';

export interface RebuildStatus extends CopyRow, Rates {
  /** Positions of the log passed and to pass: events, or bytes on EventStoreDB. */
  readonly done: bigint;
  readonly total: bigint;
  readonly caughtUp: boolean;
  readonly error: string | null;
  readonly parkedStreams: number;
}

type Who = { readonly actor: string; readonly reason?: string | null };
type Found = (client: pg.ClientBase, copies: readonly CopyRow[]) => CopyRow | Promise<CopyRow>;

/** What an administrator does with the rebuild of one projection. Each deed is one transaction, then this process follows it. */
export class Rebuild {
  readonly #live: LiveProjection;
  readonly #switchWithinMs: number;
  readonly #rate = new RebuildRate();

  constructor(live: LiveProjection, switchWithinMs = SWITCH_WITHIN_MS) {
    this.#live = live;
    this.#switchWithinMs = switchWithinMs;
  }

  get live(): LiveProjection {
    return this.#live;
  }

  /** Begins to build a copy beside the live one. Throws RebuildUnderWay and OldCopyKept. */
  async start(who: Who): Promise<RebuildStatus> {
    const { projection, registry, folder } = this.#live;
    await decided(this.#live, async (client, copies) => {
      refuseUnderWay(copies, projection.name);
      const kept = copies.find(({ state }) => state === 'kept');
      if (kept !== undefined) throw new OldCopyKept(projection.name, kept.schema);
      const { version } = projection;
      const number = 1 + Math.max(1, ...copies.filter((row) => row.version === version).map((row) => row.number));
      const schema = `${baseSchemaOf(projection)}_r${number}`;
      const row = { version, number, schema, startedBy: who.actor, reason: who.reason ?? null };
      await registry.insert(client, row, projection, folder);
      await this.makeSchema(client, schema);
      await registry.tell(client, this.#act('RebuildStarted', who, { schema }));
    });
    await this.#live.reconcile();
    return this.status();
  }

  async pause(who: Who): Promise<RebuildStatus> {
    return this.#move('RebuildPaused', who, this.#in(['building']), 'paused');
  }

  async resume(who: Who): Promise<RebuildStatus> {
    return this.#move('RebuildResumed', who, this.#in(['paused']), 'building');
  }

  /** The copy is dropped; the live tables were never touched. */
  async cancel(who: Who): Promise<RebuildStatus> {
    return this.#move(
      'RebuildCancelled',
      who,
      (client, copies) => cancellable(this.#live, client, copies),
      'cancelled',
    );
  }

  /** Drops the copy that was live before the switch. */
  async discard(who: Who): Promise<RebuildStatus> {
    return this.#move('OldCopyDiscarded', who, this.#in(['kept']), 'discarded');
  }

  /** Compares live and copy at one checkpoint, and remembers the outcome for the switch. Throws NotTogether, FoldedElsewhere. */
  async compare(who: Who): Promise<Comparison> {
    const { registry, projection, folder } = this.#live;
    refuseVersionBuild(this.#live);
    const row = required(await registry.copies(projection.name), projection, ['building', 'kept']);
    if (row.state === 'building') await registry.claim(row.schema, folder, true);
    // Who folds a kept copy would fold it on past the live one that is held.
    else if (!(await this.#live.hasTurn())) throw new FoldedElsewhere(projection.name, row.schema);
    const comparison = await this.comparison(row.schema);
    await decided(this.#live, async (client) => {
      await registry.setComparison(client, row.schema, comparison);
      await registry.tell(client, this.#act('RebuildCompared', who, { schema: row.schema, equal: comparison.equal }));
    });
    return comparison;
  }

  /** What comparing a copy with the live tables shows; nothing is remembered. */
  async comparison(schema: string): Promise<Comparison> {
    const live = this.#live;
    const [liveOne, copy] = [live.placed(live.schema, true), live.placed(schema, false)];
    const snapshot = { pool: live.pool, feed: live.feed, live: liveOne, copy };
    let release: () => void = () => undefined;
    const met = new Promise<void>((done) => (release = done));
    const compared = withSnapshot(
      { ...snapshot, fold: (feed) => live.runnerOf(copy, feed).catchUp() },
      async (client, positions) => {
        // The copy is folded on while the snapshot is read.
        release();
        const tables = await compareTables(client, liveOne, copy);
        return { positions, tables: await withEvents(tables, copy, live.feed, positions, live.unseal) };
      },
    );
    // A failure comes out of `compared`; here it only ends the wait.
    await live.setAside(schema, () => Promise.race([met, compared.then(release, release)]));
    const { positions, tables } = await compared;
    return {
      at: new Date().toISOString(),
      positions: Object.fromEntries(Array.from(positions, ([service, position]) => [service, position.toString()])),
      equal: allEqual(tables),
      tables,
    };
  }

  /**
   * Puts the stable views over the rebuilt copy, in one transaction; the live one of before is kept and folded on. Queries that
   * run keep what they read. Throws NotCompared, ViewsInUse.
   */
  async switch(who: Who & { readonly acceptDifferences?: boolean }): Promise<RebuildStatus> {
    refuseVersionBuild(this.#live);
    return this.#swap('ProjectionSwitched', who, 'building', (row) => {
      const { name } = this.#live.projection;
      if (row.comparison === null) throw new NotCompared(name, 'compare first');
      if (!row.comparison.equal && who.acceptDifferences !== true)
        throw new NotCompared(
          name,
          'the comparison found differences; accept them if they are what it was rebuilt for',
        );
    });
  }

  /** Puts the views back over the copy that was kept; the other is kept now. Throws ViewsInUse. */
  async switchBack(who: Who): Promise<RebuildStatus> {
    return this.#swap('ProjectionSwitchedBack', who, 'kept', () => undefined);
  }

  /** Empties the live tables and folds them from the first event: queries are incomplete meanwhile. Throws RebuildUnderWay. */
  async inPlace(who: Who): Promise<void> {
    const { projection, registry, schema } = this.#live;
    await decided(this.#live, async (client, copies) => {
      refuseUnderWay(copies, projection.name);
      await registry.tell(client, this.#act('ProjectionRefolded', who, { schema }));
    });
    await this.#live.rebuild();
  }

  /** The rebuild that there is, else the last one. Throws NoSuchRebuild when there never was one. */
  async status(): Promise<RebuildStatus> {
    const { projection, registry } = this.#live;
    const copies = await registry.copies(projection.name);
    const current = copies.find(({ state }) => state === 'building' || state === 'paused' || state === 'kept');
    const row = current ?? copies.filter(({ number }) => number > 1).at(-1);
    if (row === undefined) throw new NoSuchRebuild(projection.name, null, null);
    return this.#statusOf(row);
  }

  /** Every copy that there is or was, oldest first. */
  async copies(): Promise<readonly CopyRow[]> {
    return this.#live.registry.copies(this.#live.projection.name);
  }

  /** Makes the tables of a copy; what is parked in the live tables is parked in it too. */
  async makeSchema(client: pg.ClientBase, schema: string): Promise<void> {
    const { projection, options } = this.#live;
    await prepareSchema(client, this.#live.placed(schema, false), projection.name, options.readerRole);
    await client.query(`insert into ${schema}.parked_streams select * from ${this.#live.schema}.parked_streams`);
  }

  #in(states: readonly CopyState[]): Found {
    return (_client, copies) => required(copies, this.#live.projection, states);
  }

  async #move(act: string, who: Who, find: Found, to: CopyState): Promise<RebuildStatus> {
    const { registry } = this.#live;
    const moved = await decided(this.#live, async (client, copies) => {
      const row = await find(client, copies);
      await registry.setState(client, row.schema, to);
      await registry.tell(client, this.#act(act, who, { schema: row.schema }));
      return { ...row, state: to };
    });
    await this.#live.reconcile();
    return this.#statusOf(moved);
  }

  async #swap(act: string, who: Who, from: 'building' | 'kept', check: (row: CopyRow) => void): Promise<RebuildStatus> {
    const { projection, registry, options } = this.#live;
    const givesUpAt = performance.now() + this.#switchWithinMs;
    for (;;) {
      try {
        const row = await decided(this.#live, async (client, copies) => {
          if (from === 'kept') refuseRetired(copies, projection);
          const next = required(copies, projection, [from]);
          const live = copies.find(({ state }) => state === 'live') as CopyRow;
          check(next);
          await client.query(`set local lock_timeout = ${SWITCH_LOCK_TIMEOUT_MS}`);
          await this.#requireCaughtUp(client, live.schema, next.schema);
          const place = (schema: string, views: boolean) =>
            prepareSchema(client, this.#live.placed(schema, views), projection.name, options.readerRole);
          await place(live.schema, false);
          await place(next.schema, true);
          // One after the other: two copies are never live, and never two beside the live one.
          await registry.setState(client, next.schema, 'retired');
          await registry.setState(client, live.schema, 'kept');
          await registry.setState(client, next.schema, 'live');
          await registry.tell(client, this.#act(act, who, { schema: next.schema, kept: live.schema }));
          return live;
        });
        await this.#live.reconcile();
        return await this.#statusOf({ ...row, state: 'kept' });
      } catch (error) {
        if (sqlState(error) !== '55P03' && !(error instanceof Behind)) throw error;
        if (performance.now() > givesUpAt)
          throw new ViewsInUse(projection.name, this.#switchWithinMs, await this.#sessions(error));
      }
      await pause(ATTEMPT_PAUSE_MS, new AbortController().signal);
    }
  }

  /** Whoever has seen a change in the live tables sees it after the switch too. Holds both folds up for the switch. */
  async #requireCaughtUp(client: pg.ClientBase, live: string, next: string): Promise<void> {
    const { name } = this.#live.projection;
    const [from, to] = [new Checkpoints(live, name), new Checkpoints(next, name)];
    for (const service of this.#live.services) {
      const [left, right] = [await from.lock(client, service), await to.lock(client, service)];
      if (lowestPosition(right) < lowestPosition(left)) throw new Behind(next, service);
    }
  }

  async #sessions(error: unknown): Promise<readonly string[]> {
    if (error instanceof Behind) return [errorText(error)];
    const { rows } = await this.#live.pool.query<{ session: string }>(
      `select distinct a.usename || ' (' || concat_ws(', ', 'pid ' || a.pid, nullif(a.application_name, '')) || ')' as session
       from pg_locks l join pg_stat_activity a using (pid) join pg_class c on c.oid = l.relation
       join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and l.granted and a.pid <> pg_backend_pid() order by 1 limit 5`,
      [this.#live.projection.viewSchema],
    );
    return rows.map(({ session }) => session);
  }

  async #statusOf(row: CopyRow): Promise<RebuildStatus> {
    const runner = this.#live.copy(row.schema);
    const gone = { done: 0n, total: 0n, eventsPerSecond: null, secondsLeft: null, error: null, parkedStreams: 0 };
    if (runner === undefined || row.state === 'cancelled' || row.state === 'discarded')
      return { ...row, ...gone, caughtUp: false };
    const { services } = await runner.status();
    const done = services.reduce((sum, { position }) => sum + position, 0n);
    const total = services.reduce((sum, { position, head }) => sum + (head ?? position), 0n);
    const events = this.#live.folds(row.schema) ? runner.folded : undefined;
    return {
      ...row,
      done,
      total,
      ...this.#rate.of(row.schema, done, total - done, events),
      caughtUp: done >= total,
      error: services.find(({ error }) => error !== null)?.error ?? null,
      parkedStreams: services.reduce((sum, { parkedStreams }) => sum + parkedStreams, 0),
    };
  }

  #act(act: string, who: Who, details: NewAct['details']): NewAct {
    return { projection: this.#live.projection.name, act, actor: who.actor, reason: who.reason ?? null, details };
  }
}

/** The copy has not yet folded what the live one has. */
class Behind extends Error {
  constructor(schema: string, service: string) {
    super(`${schema} is still behind in ${service}`);
    this.name = 'Behind';
  }
}
