import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { caughtUp } from './long-history.ts';
import type { Finding } from './measure.ts';
import { memoryFindings } from './memory.ts';
import { type BenchPlatform, runProgram, startBenchPlatform } from './processes.ts';
import { cpuSeconds, idleMb, MemoryWatch, serverCpuSeconds } from './usage.ts';

const DATA = process.env['KONTOR_DATA'] ?? '../shared/data';
const SOURCES = ['crm', 'receivables'];

interface Report {
  readonly read: number;
  readonly accepted: number;
  readonly seconds: number;
}

/** `kontor import` as an administrator runs it, against the platform; its data are no part of the repository. */
export async function importsBench(databaseUrl: string): Promise<Finding[]> {
  if (!existsSync(join(DATA, 'crm')) || !existsSync(join(DATA, 'receivables')))
    return [
      {
        subject: 'imports of crm and receivables',
        ours: 'left out',
        against: `there are no data in ${DATA}; KONTOR_DATA names another folder`,
        ratio: '',
        goal: '',
        met: null,
      },
    ];
  const platform = await startBenchPlatform(databaseUrl);
  try {
    const idle = await idleMb(platform.pid);
    // Once without effect, so that growth is that of the work and not of code that is loaded and compiled.
    for (const source of SOURCES) await kontorImport(platform, source, '--dry-run');
    const watch = new MemoryWatch(platform.pid);
    const findings: Finding[] = [];
    for (const source of SOURCES) findings.push(await imported(platform, databaseUrl, source));
    return [...findings, ...(await memoryFindings('both imports', idle, watch))];
  } finally {
    await platform.stop();
  }
}

function kontorImport(platform: BenchPlatform, source: string, ...more: readonly string[]) {
  const rejects = join(platform.folder, `${source}.rejected.csv`);
  return runProgram(
    'apps/kontor/src/cli.ts',
    ['import', source, join(DATA, source), '--json', '--rejects', rejects, ...more],
    { KONTOR_URL: platform.url, KONTOR_TOKEN: platform.token },
  );
}

async function imported(platform: BenchPlatform, databaseUrl: string, source: string): Promise<Finding> {
  const port = Number(new URL(databaseUrl).port);
  const used = async () => ({ node: await cpuSeconds(platform.pid), postgres: await serverCpuSeconds(port) });
  const before = await used();
  const { output, cpuS } = await kontorImport(platform, source);
  const { read, accepted, seconds } = JSON.parse(output) as Report;
  const begin = performance.now();
  await caughtUp(platform);
  const behind = (performance.now() - begin) / 1000;
  const after = await used();
  const node = after.node - before.node;
  const postgres = after.postgres - before.postgres;
  return {
    subject: `import of ${source}, ${accepted} of ${read} rows accepted`,
    ours: `${Math.round(read / seconds)} rows/s in ${seconds.toFixed(1)} s; all read models ${behind.toFixed(1)} s later`,
    against: `CPU: platform ${node.toFixed(1)} s, PostgreSQL ${postgres.toFixed(1)} s, command line ${cpuS.toFixed(1)} s`,
    ratio: `Node : PostgreSQL ${(node / postgres).toFixed(2)}`,
    goal: '',
    met: null,
  };
}
