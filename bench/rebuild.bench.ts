import pg from 'pg';
import { writeDeals } from './deal-log.ts';
import { writeLedgers } from './ledger-log.ts';
import { type BenchOptions, type Finding, interleave, perSecondText, summary } from './measure.ts';
import { type BenchProcess, startProgram } from './processes.ts';
import { idleMb, MemoryWatch } from './usage.ts';

const EVENTS = 1_000_000;
const ROUNDS = 3;
const GOAL = 0.6;
const MAX_GROWTH = 1.1;

const LOGS = { pipeline: writeDeals, dunning: writeLedgers } as const;
type Name = keyof typeof LOGS;

export interface Folded {
  readonly perSecond: number;
  readonly schema: string;
  readonly idleMb: number;
  readonly peakMb: number;
  readonly lastQuarterToFirst: number;
}

/** A rebuild beside the live projection, alone, against a loop that reads the same log and writes the same rows. */
export async function rebuildBench(databaseUrl: string, options: BenchOptions): Promise<Finding[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  try {
    const findings: Finding[] = [];
    for (const name of ['pipeline', 'dunning'] as const) {
      const head = await LOGS[name](pool, options.events ?? EVENTS);
      await pool.query('vacuum analyze');
      findings.push(...(await compared(pool, databaseUrl, name, Number(head), options.rounds ?? ROUNDS)));
    }
    return findings;
  } finally {
    await pool.end();
  }
}

async function compared(pool: pg.Pool, databaseUrl: string, name: Name, events: number, rounds: number) {
  let raw = '';
  const results = await interleave<Folded>(
    [
      {
        name: 'loop',
        run: async () => {
          const folded = await foldedBy(pool, databaseUrl, 'loop', name, events);
          raw = folded.schema;
          return folded;
        },
      },
      {
        name: 'kontor',
        run: (round) =>
          foldedBy(pool, databaseUrl, 'kontor', name, events, async (copy) => {
            if (round === 0) await requireSameRows(pool, copy, raw);
          }),
      },
    ],
    rounds,
  );
  const [ours, theirs] = [results.get('kontor') ?? [], results.get('loop') ?? []];
  const ratio = summary(ours.map(({ perSecond }, round) => perSecond / (theirs[round] as Folded).perSecond));
  const growth = summary(ours.map(({ lastQuarterToFirst }) => lastQuarterToFirst));
  const percent = (share: number) => (share * 100).toFixed(0);
  return [
    {
      subject: `rebuild of ${name} from ${events} events, alone`,
      ours: perSecondText(summary(ours.map(({ perSecond }) => perSecond))),
      against: `hand-written loop ${perSecondText(summary(theirs.map(({ perSecond }) => perSecond)))}`,
      ratio: `${percent(ratio.median)} % (${percent(ratio.min)}-${percent(ratio.max)})`,
      goal: `≥ ${GOAL * 100} %`,
      met: ratio.median >= GOAL,
    },
    memoryFinding(`rebuild of ${name} from ${events} events`, ours, growth.median),
  ];
}

/** The most of the last quarter against the most of the first. */
export function memoryFinding(subject: string, all: readonly Folded[], growth: number): Finding {
  const peak = summary(all.map(({ peakMb }) => peakMb)).median;
  const idle = summary(all.map((one) => one.idleMb)).median;
  return {
    subject: `memory, ${subject}`,
    ours: `peak ${peak.toFixed(0)} MB; last quarter`,
    against: `idle ${idle.toFixed(0)} MB; first quarter`,
    ratio: `${growth.toFixed(2)} ×`,
    goal: `≤ ${MAX_GROWTH} ×`,
    met: growth <= MAX_GROWTH,
  };
}

/** One fold in a process of its own. `then` sees what it built before that is dropped. */
export async function foldedBy(
  pool: pg.Pool,
  databaseUrl: string,
  contender: 'kontor' | 'loop',
  name: Name,
  events: number,
  then: (schema: string) => Promise<void> = async () => undefined,
): Promise<Folded> {
  await pool.query('checkpoint');
  const folding = await startProgram('bench/rebuild-process.ts', [databaseUrl, contender, name], 'idle\n');
  const idle = await idleMb(folding.pid, 1_000);
  const watch = new MemoryWatch(folding.pid);
  folding.tell('go\n');
  const { ms, schema } = await outcome(folding);
  const { peakMb, lastQuarterToFirst } = await watch.stop();
  await then(schema);
  folding.tell('end\n');
  await folding.ended;
  return { perSecond: events / (ms / 1_000), schema, idleMb: idle, peakMb, lastQuarterToFirst };
}

async function outcome(folding: BenchProcess): Promise<{ readonly ms: number; readonly schema: string }> {
  await folding.says('folded ');
  const [, ms, schema] = /folded (\d+) into (\S+)/.exec(folding.output()) ?? [];
  if (ms === undefined || schema === undefined) throw new Error(folding.output());
  return { ms: Number(ms), schema };
}

/** Otherwise the loop would be fast at something else. */
async function requireSameRows(pool: pg.Pool, ours: string, theirs: string): Promise<void> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = $1 and table_name <> all ($2)`,
    [ours, ['checkpoints', 'parked_streams', 'dead_letters', 'declaration']],
  );
  for (const { name } of tables) {
    const { rows } = await pool.query<{ digest: string }>(
      `select count(*) || '/' || sum(hashtextextended(t::text, 0)) as digest from ${ours}.${name} t
       union all select count(*) || '/' || sum(hashtextextended(t::text, 0)) from ${theirs}.${name} t`,
    );
    const [left, right] = rows.map(({ digest }) => digest);
    if (left !== right) throw new Error(`${name}: the loop wrote other rows than the rebuild (${left}, ${right})`);
  }
}
