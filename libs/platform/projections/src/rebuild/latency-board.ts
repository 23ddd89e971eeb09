import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type AppendFigures, type AppendLatency, areAboveUsual } from './append-latency.ts';
import { HEARD_FOR_MS, SAID_EVERY_MS, SAID_HOLDS_MS } from './rebuild.config.ts';
import { REGISTRY_SCHEMA } from './registry-schema.ts';

const TABLE = `${REGISTRY_SCHEMA}.append_latency`;

/** What processes of one installation tell each other, so that a rebuild in one gives way to commands in another. */
export interface AppendsElsewhere {
  /** Whether commands come in, in any other process. */
  areBusy(): Promise<boolean>;
  /** Whether they are slower in one of those than is usual there. */
  areAboveUsual(): Promise<boolean>;
}

/**
 * A row of each process, written once a second while it appends. What a row says holds for a moment by the clock of the
 * database: who died or fell silent is not waited for.
 */
export class LatencyBoard implements AppendsElsewhere {
  readonly #process = randomUUID();
  readonly #pool: pg.Pool;
  readonly #latency: AppendLatency;
  readonly #report: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #saying: Promise<void> | undefined;
  #heard: readonly AppendFigures[] = [];
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(pool: pg.Pool, latency: AppendLatency, report: (error: unknown) => void) {
    this.#pool = pool;
    this.#latency = latency;
    this.#report = report;
  }

  /** Expects that the tables of rebuilds are there. */
  async start(): Promise<void> {
    await this.#pool.query(`delete from ${TABLE} where said_at < clock_timestamp() - interval '1 hour'`);
    this.#timer = setInterval(() => {
      this.#saying ??= this.say()
        .catch(this.#report)
        .finally(() => {
          this.#saying = undefined;
        });
    }, SAID_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saying;
    await this.#pool.query(`delete from ${TABLE} where process = $1`, [this.#process]).catch(this.#report);
  }

  /** Nothing is written while nothing is appended. */
  async say(): Promise<void> {
    const figures = this.#latency.figures(SAID_EVERY_MS);
    if (figures === undefined) return;
    await this.#pool.query(
      `insert into ${TABLE} (process, present_ms, usual_ms) values ($1, $2, $3)
       on conflict (process) do update
       set present_ms = excluded.present_ms, usual_ms = excluded.usual_ms, said_at = excluded.said_at`,
      [this.#process, figures.presentMs, figures.usualMs],
    );
  }

  async areBusy(): Promise<boolean> {
    return (await this.#others()).length > 0;
  }

  async areAboveUsual(): Promise<boolean> {
    return (await this.#others()).some(areAboveUsual);
  }

  /** Asked for by rebuilds alone, some times a second at most. */
  async #others(): Promise<readonly AppendFigures[]> {
    if (performance.now() - this.#heardAt < HEARD_FOR_MS) return this.#heard;
    this.#heardAt = performance.now();
    try {
      // Not from the future either: a clock that was set back would make a row of the past hold for long.
      const { rows } = await this.#pool.query<AppendFigures>(
        `select present_ms as "presentMs", usual_ms as "usualMs" from ${TABLE}
         where process <> $1 and abs(extract(epoch from clock_timestamp() - said_at)) * 1000 < $2`,
        [this.#process, SAID_HOLDS_MS],
      );
      this.#heard = rows;
    } catch (error) {
      this.#heard = [];
      this.#report(error);
    }
    return this.#heard;
  }
}
