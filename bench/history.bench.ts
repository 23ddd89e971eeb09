import { get, type IncomingMessage } from 'node:http';
import { PostgresEventStore } from '@kontor/event-store';
import pg from 'pg';
import { startOnLongHistory } from './long-history.ts';
import { type BenchOptions, type Finding, interleave, perSecondText, summary } from './measure.ts';
import type { BenchPlatform } from './processes.ts';
import { MemoryWatch, residentMb } from './usage.ts';

const EVENTS = 300_000;
const STALLED_S = 20;
const STALLED_READERS = 8;
/** A stalled reader holds what lies between two buffers of the system, and a page or two. */
const MAX_MORE_MB = 64;
const MAX_GROWTH = 1.1;
const PAGE = 1_000;
const NEWLINE = 10;

/**
 * The whole history of a service over HTTP, to a reader that only counts lines, beside a loop that reads the same pages of
 * the log by SQL and does nothing with them. And the platform's memory while readers have stopped to read.
 */
export async function historyBench(databaseUrl: string, options: BenchOptions): Promise<Finding[]> {
  const platform = await startOnLongHistory(databaseUrl, options.events ?? EVENTS);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  const store = new PostgresEventStore({ pool, schema: 'accounts_log' });
  try {
    const contenders = [
      { name: 'kontor', run: () => perSecond(() => readOverHttp(platform)) },
      { name: 'sql', run: () => perSecond(() => readBySql(store)) },
    ];
    await interleave(contenders, 1);
    const results = await interleave<number>(contenders, options.rounds);
    const [ours, theirs] = [results.get('kontor') ?? [], results.get('sql') ?? []];
    const ratio = summary(ours.map((rate, round) => rate / (theirs[round] as number)));
    const percent = (share: number) => (share * 100).toFixed(0);
    return [
      {
        subject: `history over HTTP, ${options.events ?? EVENTS} events to a fast reader`,
        ours: perSecondText(summary(ours)),
        against: `loop of SQL over the same pages ${perSecondText(summary(theirs))}`,
        ratio: `${percent(ratio.median)} % (${percent(ratio.min)}-${percent(ratio.max)})`,
        goal: '',
        met: null,
      },
      await stalled(platform, options.seconds ?? STALLED_S),
    ];
  } finally {
    await store.close();
    await pool.end();
    await platform.stop();
  }
}

async function perSecond(read: () => Promise<number>): Promise<number> {
  const begun = performance.now();
  const events = await read();
  return events / ((performance.now() - begun) / 1_000);
}

/** The events of the log that are published; one line each, and a watermark behind each page. */
async function readOverHttp(platform: BenchPlatform): Promise<number> {
  let lines = 0;
  for await (const chunk of await opened(platform)) {
    const bytes = chunk as Buffer;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  }
  return lines;
}

async function readBySql(store: PostgresEventStore): Promise<number> {
  let events = 0;
  for (let after = 0n; ;) {
    const page = await store.readAll({ after, limit: PAGE });
    events += page.events.length;
    after = page.position;
    if (page.atHead) return events;
  }
}

function opened(platform: BenchPlatform): Promise<IncomingMessage> {
  return new Promise((done, fail) => {
    const headers = { authorization: `Bearer ${platform.token}` };
    get(`${platform.url}/v1/history/accounts`, { headers, agent: false }, (answer) => {
      if (answer.statusCode === 200) done(answer);
      else fail(new Error(`the history was answered with ${String(answer.statusCode)}`));
    }).on('error', fail);
  });
}

/** Readers that take a first piece and then nothing more. */
async function stalled(platform: BenchPlatform, seconds: number): Promise<Finding> {
  const before = await residentMb(platform.pid);
  const readers = await Promise.all(Array.from({ length: STALLED_READERS }, () => opened(platform)));
  for (const reader of readers) reader.once('data', () => reader.pause());
  const watch = new MemoryWatch(platform.pid);
  await new Promise((done) => setTimeout(done, seconds * 1_000));
  const { peakMb, lastQuarterToFirst } = await watch.stop();
  for (const reader of readers) reader.destroy();
  return {
    subject: `memory, ${STALLED_READERS} readers of the history that have stalled for ${seconds} s`,
    ours: `peak ${peakMb.toFixed(0)} MB; last quarter`,
    against: `before ${before.toFixed(0)} MB; first quarter`,
    ratio: `+${(peakMb - before).toFixed(0)} MB; ${lastQuarterToFirst.toFixed(2)} ×`,
    goal: `≤ +${MAX_MORE_MB} MB and ≤ ${MAX_GROWTH} ×`,
    met: peakMb - before <= MAX_MORE_MB && lastQuarterToFirst <= MAX_GROWTH,
  };
}
