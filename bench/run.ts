import { parseArgs } from 'node:util';
import { appendBench } from './append.bench.ts';
import { brakeBench } from './brake.bench.ts';
import { commandsBench } from './commands.bench.ts';
import { eventStoreDbBench } from './eventstoredb.bench.ts';
import { historyBench } from './history.bench.ts';
import { importsBench } from './imports.bench.ts';
import { kafkaBench } from './kafka.bench.ts';
import { latencyBench } from './latency.bench.ts';
import type { BenchOptions, Finding } from './measure.ts';
import { memoryBench } from './memory.bench.ts';
import { projectionsBench } from './projections.bench.ts';
import { rebuildBench } from './rebuild.bench.ts';
import { startBenchServer } from './server.ts';
import { tenMillionBench } from './tenmillion.bench.ts';

/** Each bench on a database of its own, on one server with durability on. */
const BENCHES: { readonly [name: string]: (databaseUrl: string, options: BenchOptions) => Promise<Finding[]> } = {
  append: appendBench,
  eventstoredb: eventStoreDbBench,
  commands: commandsBench,
  projections: projectionsBench,
  kafka: kafkaBench,
  imports: importsBench,
  memory: memoryBench,
  rebuild: rebuildBench,
  brake: brakeBench,
  latency: latencyBench,
  history: historyBench,
  tenmillion: tenMillionBench,
};

/** It takes a quarter of an hour and 10 GB: run when it is named. */
const BY_NAME_ONLY: ReadonlySet<string> = new Set(['tenmillion']);

const NUMBER = { type: 'string' } as const;
const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { events: NUMBER, seconds: NUMBER, rounds: NUMBER },
});
const options: BenchOptions = {
  events: numberOf(values.events),
  seconds: numberOf(values.seconds),
  rounds: numberOf(values.rounds),
};
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}.\n`);
  process.exit(1);
}
const server = await startBenchServer();
const findings: Finding[] = [];
try {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length > 0 ? !wanted.includes(name) : BY_NAME_ONLY.has(name)) continue;
    process.stderr.write(`${name} …\n`);
    const found = await bench(await newDatabase(name), options);
    for (const finding of found) print(finding);
    findings.push(...found);
  }
} finally {
  await server.stop();
}
const missed = findings.filter(({ met }) => met === false);
process.stdout.write(`\n${table(findings)}\n\n${findings.length} findings, ${missed.length} below their goal\n`);
process.exitCode = missed.length === 0 ? 0 : 1;

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}

function print({ subject, ours, against, ratio, goal, met }: Finding): void {
  const verdict = met === null ? '' : met ? '  [met]' : '  [MISSED]';
  process.stdout.write(
    `${subject}\n  kontor   ${ours}\n  against  ${against}\n  ratio    ${ratio}   goal ${goal}${verdict}\n`,
  );
}

/** All findings in columns: the run in one look. */
function table(all: readonly Finding[]): string {
  const rows = [
    ['what', 'kontor', 'ratio', 'goal', ''],
    ...all.map(({ subject, ours, ratio, goal, met }) => [
      subject,
      ours,
      ratio,
      goal,
      met === null ? '' : met ? 'met' : 'MISSED',
    ]),
  ];
  const widths = rows[0]?.map((_head, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function newDatabase(name: string): Promise<string> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`create database bench_${name}`);
  await client.end();
  const url = new URL(server.url);
  url.pathname = `/bench_${name}`;
  return url.href;
}
