import pg from 'pg';
import { DEALS } from './deal-log.ts';
import { fillLog } from './log-fill.ts';
import { type BenchOptions, type Finding, perSecondText, summary } from './measure.ts';
import { foldedBy, memoryFinding } from './rebuild.bench.ts';

const EVENTS = 10_000_000;
/** A hundred windows, whatever the size. */
const WINDOWS = 100;
const EARLY = [1, 6] as const;
const LATE = 5;
const GOAL = 0.9;
/** Appended behind the last window, for the lives that end there begin no new ones. */
const BEYOND = 20_000;

/**
 * Ten million events, the same mixture of new and known streams from the first to the last: the log is as fast at its end as
 * it was at its beginning. Then a rebuild over all of them.
 */
export async function tenMillionBench(databaseUrl: string, options: BenchOptions): Promise<Finding[]> {
  const events = options.events ?? EVENTS;
  const window = Math.floor(events / WINDOWS);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  try {
    const rates = await windows(pool, events, window);
    process.stderr.write(`events/s of each window of ${window}: ${rates.map((rate) => Math.round(rate)).join(' ')}\n`);
    const [early, late] = [summary(rates.slice(...EARLY)), summary(rates.slice(-LATE))];
    const ratio = late.median / early.median;
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
        ratio: `${(ratio * 100).toFixed(0)} %`,
        goal: `≥ ${GOAL * 100} %`,
        met: ratio >= GOAL,
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

/** Events per second of each full window. */
async function windows(pool: pg.Pool, events: number, window: number): Promise<readonly number[]> {
  const rates: number[] = [];
  let appended = 0;
  let begun = performance.now();
  await fillLog(pool, DEALS, events + BEYOND, (more) => {
    appended += more;
    if (rates.length === WINDOWS || appended < (rates.length + 1) * window) return;
    const now = performance.now();
    rates.push((window * 1_000) / (now - begun));
    begun = now;
    if (rates.length % 10 === 0) process.stderr.write(`${appended} events, ${Math.round(rates.at(-1) ?? 0)}/s\n`);
  });
  return rates;
}
