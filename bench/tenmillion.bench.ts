import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DEALS } from './deal-log.ts';
import { LogFill } from './log-fill.ts';
import { type BenchOptions, type Finding, perSecondText, summary } from './measure.ts';
import { foldedBy, memoryFinding } from './rebuild.bench.ts';
import { startBenchServer } from './server.ts';

const EVENTS = 10_000_000;
/** A hundred windows, whatever the size. */
const WINDOWS = 100;
const EARLY = [1, 6] as const;
const LATE = 5;
const GOAL = 0.9;
/** Appended behind the last window, for the lives that end there begin no new ones. */
const BEYOND = 20_000;
/** Fresh logs behind the last window, with as many windows of the long one after each as it had before the first. */
const FRESH_LOGS = 2;
const TOLD_EVERY = 10;
const SETTLED_WITHIN_MS = 300_000;

interface Rates {
  /** Events per second of each window of the long log. */
  readonly windows: readonly number[];
  /** Of the late windows and those that take turns with the fresh logs. */
  readonly late: readonly number[];
  /** Of the early windows of fresh logs. */
  readonly fresh: readonly number[];
}

/**
 * Ten million events, the same mixture of new and known streams from the first to the last: the log is as fast at its end as
 * it was at its beginning. A machine is not as fast after minutes as it was before, so at the end fresh logs on servers of their own
 * take turns with the long one, whose server has come to rest meanwhile. Then a rebuild over all of them.
 */
export async function tenMillionBench(databaseUrl: string, options: BenchOptions): Promise<Finding[]> {
  const events = options.events ?? EVENTS;
  const window = Math.floor(events / WINDOWS);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  try {
    const rates = await measured(pool, events, window);
    process.stderr.write(`events/s of each window of ${window}: ${rounded(rates.windows)}\n`);
    process.stderr.write(`windows ${EARLY[0] + 1} to ${EARLY[1]} of fresh logs: ${rounded(rates.fresh)}\n`);
    process.stderr.write(`the long log before, between and after: ${rounded(rates.late)}\n`);
    const early = summary(rates.windows.slice(...EARLY));
    const last = summary(rates.windows.slice(-LATE));
    const [late, fresh] = [summary(rates.late), summary(rates.fresh)];
    const ratio = last.median / early.median;
    const beside = late.median / fresh.median;
    process.stderr.write(
      `the last against the early ones: ${percent(ratio)}; in turn with fresh logs: ${percent(beside)}\n`,
    );
    const { rows } = await pool.query<{ bytes: string; position: string }>(
      `select pg_database_size(current_database()) as bytes, (select position from accounts_log.log) as position`,
    );
    const size = `${(Number(rows[0]?.bytes) / 1e9).toFixed(1)} GB on disk`;
    await pool.query('vacuum analyze');
    const rebuilt = await foldedBy(pool, databaseUrl, 'kontor', 'pipeline', Number(rows[0]?.position));
    return [
      {
        subject: `append, ${events} events, windows of ${window}`,
        ours: `last ${LATE} windows ${perSecondText(last)}; ${size}`,
        against: `windows ${EARLY[0] + 1} to ${EARLY[1]} ${perSecondText(early)}`,
        ratio: percent(ratio),
        goal: `≥ ${GOAL * 100} %`,
        met: ratio >= GOAL,
      },
      {
        subject: `… in turn with fresh logs, in the same minutes`,
        ours: `behind ${events} events ${perSecondText(late)}`,
        against: `windows ${EARLY[0] + 1} to ${EARLY[1]} ${perSecondText(fresh)}`,
        ratio: percent(beside),
        goal: `≥ ${GOAL * 100} %`,
        met: beside >= GOAL,
      },
      {
        subject: `rebuild of pipeline from ${events} events`,
        ours: `${Math.round(rebuilt.perSecond)}/s`,
        against: '',
        ratio: '',
        goal: '',
        met: null,
      },
      memoryFinding(`rebuild of pipeline from ${events} events`, [rebuilt], rebuilt.lastQuarterToFirst),
    ];
  } finally {
    await pool.end();
  }
}

async function measured(pool: pg.Pool, events: number, window: number): Promise<Rates> {
  const beyond = FRESH_LOGS * LATE * window + BEYOND;
  const fill = await LogFill.begin(pool, DEALS, events + beyond);
  const windows: number[] = [];
  while (windows.length < WINDOWS) {
    windows.push(...(await timed(fill, window, TOLD_EVERY)));
    process.stderr.write(`${windows.length * window} events: ${rounded(windows.slice(-TOLD_EVERY))}\n`);
  }
  const late = windows.slice(-LATE);
  const fresh: number[] = [];
  for (let n = 0; n < FRESH_LOGS; n += 1) {
    await atRest(pool);
    fresh.push(...(await freshLog(window)));
    late.push(...(await timed(fill, window, LATE)));
  }
  await fill.more(BEYOND);
  await fill.end();
  return { windows, late, fresh };
}

/** The rate of each of the next windows. */
async function timed(fill: LogFill, window: number, windows: number): Promise<readonly number[]> {
  const found: number[] = [];
  let appended = 0;
  let begun = performance.now();
  await fill.more(window * windows, (more) => {
    appended += more;
    if (appended < (found.length + 1) * window) return;
    const now = performance.now();
    found.push((window * 1_000) / (now - begun));
    begun = now;
  });
  return found;
}

/** Nothing of the log is left to be written, and nobody tidies it. */
async function atRest(pool: pg.Pool): Promise<void> {
  await pool.query('checkpoint');
  const busy = `select 1 from pg_stat_activity where backend_type = 'autovacuum worker'`;
  const deadline = performance.now() + SETTLED_WITHIN_MS;
  while ((await pool.query(busy)).rowCount !== 0) {
    if (performance.now() > deadline) throw new Error('autovacuum has not come to an end');
    await delay(100);
  }
  await pool.query('checkpoint');
}

/** The early windows of a log on a server of its own. */
async function freshLog(window: number): Promise<readonly number[]> {
  const server = await startBenchServer();
  const pool = new pg.Pool({ connectionString: server.url, max: 10 });
  try {
    const fill = await LogFill.begin(pool, DEALS, window * EARLY[1] + BEYOND);
    const windows = await timed(fill, window, EARLY[1]);
    await fill.end();
    return windows.slice(...EARLY);
  } finally {
    await pool.end();
    await server.stop();
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function rounded(rates: readonly number[]): string {
  return rates.map((rate) => Math.round(rate)).join(' ');
}
