import pg from 'pg';
import { writeDeals } from './deal-log.ts';
import type { Finding } from './measure.ts';
import { memoryFindings } from './memory.ts';
import { startProgram } from './processes.ts';
import { idleMb, MemoryWatch } from './usage.ts';

const EVENTS = 1_000_000;

/** Memory of a process that folds a million events. */
export async function memoryBench(databaseUrl: string): Promise<Finding[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  let head: bigint;
  try {
    head = await writeDeals(pool, EVENTS);
  } finally {
    await pool.end();
  }
  const folding = await startProgram('bench/fold-process.ts', [databaseUrl], 'idle\n');
  try {
    const idle = await idleMb(folding.pid);
    const watch = new MemoryWatch(folding.pid);
    folding.tell('go\n');
    await folding.says('folded\n');
    return await memoryFindings(`a fold of ${head} events`, idle, watch);
  } finally {
    await folding.stop();
  }
}
