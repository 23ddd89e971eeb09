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
/** Windows between two looks at what the machine does meanwhile, and the windows of such a look. */
const LOOK_EVERY = 10;
const LOOK_WINDOWS = 5;

interface Rates {
  /** Events per second of each window of the long log. */
  readonly windows: readonly number[];
  /** The same of fresh logs: before the first window and after each ten. */
  readonly looks: readonly number[];
}

/**
 * Ten million events, the same mixture of new and known streams from the first to the last: the log is as fast at its end as
 * it was at its beginning. After each ten windows the same is appended to a fresh log on a fresh server: what changes there is
 * the machine. Then a rebuild over all of them.
 */
export async function tenMillionBench(databaseUrl: string, options: BenchOptions): Promise<Finding[]> {
  const events = options.events ?? EVENTS;
  const window = Math.floor(events / WINDOWS);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  try {
    const { windows, looks } = await rates(pool, events, window);
    process.stderr.write(`events/s of each window of ${window}: ${rounded(windows)}\n`);
    process.stderr.write(`of fresh logs in between: ${rounded(looks)}\n`);
    const [early, late] = [summary(windows.slice(...EARLY)), summary(windows.slice(-LATE))];
    const ratio = late.median / early.median;
    // What the machine did meanwhile is in the fresh logs too.
    const beside = ratio / ((looks.at(-1) as number) / (looks[0] as number));
    process.stderr.write(`the last against the early ones: ${percent(ratio)}; beside fresh logs: ${percent(beside)}\n`);
    const { rows } = await pool.query<{ bytes: string; position: string }>(
      `select pg_database_size(current_database()) as bytes, (select position from accounts_log.log) as position`,
    );
    const size = `${(Number(rows[0]?.bytes) / 1e9).toFixed(1)} GB on disk`;
    await pool.query('vacuum analyze');
    const rebuilt = await foldedBy(pool, databaseUrl, 'kontor', 'pipeline', Number(rows[0]?.position));
    return [
      {
        subject: `append, ${events} events, windows of ${window}`,
        ours: `last ${LATE} windows ${perSecondText(late)}; ${size}`,
        against: `windows ${EARLY[0] + 1} to ${EARLY[1]} ${perSecondText(early)}`,
        ratio: percent(ratio),
        goal: `≥ ${GOAL * 100} %`,
        met: ratio >= GOAL,
      },
      {
        subject: `… each against the fresh log that was nearest to it`,
        ours: `fresh log behind the last window ${Math.round(looks.at(-1) as number)}/s`,
        against: `before the first ${Math.round(looks[0] as number)}/s; all ${perSecondText(summary(looks))}`,
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

async function rates(pool: pg.Pool, events: number, window: number): Promise<Rates> {
  const windows: number[] = [];
  const looks = [await freshLog(window)];
  const fill = await LogFill.begin(pool, DEALS, events + BEYOND);
  while (windows.length < WINDOWS) {
    windows.push(...(await timed(fill, window, LOOK_EVERY)));
    looks.push(await freshLog(window));
    process.stderr.write(
      `${windows.length * window} events: ${rounded(windows.slice(-LOOK_EVERY))}; a fresh log ${rounded(looks.slice(-1))}\n`,
    );
  }
  await fill.more(BEYOND);
  await fill.end();
  return { windows, looks };
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

/** What the machine does at this moment: the median rate of a few windows of a fresh log. */
async function freshLog(window: number): Promise<number> {
  const server = await startBenchServer();
  const pool = new pg.Pool({ connectionString: server.url, max: 10 });
  try {
    const fill = await LogFill.begin(pool, DEALS, window * (LOOK_WINDOWS + 1));
    await fill.more(window);
    const found = await timed(fill, window, LOOK_WINDOWS);
    await fill.end();
    return summary(found).median;
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
