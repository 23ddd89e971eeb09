import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dice } from '@kontor/testing/seeded';
import { Command, InvalidArgumentError } from 'commander';
import { Administrator } from './administrator.ts';
import { Faults } from './faults.ts';
import { Firm } from './firm.ts';
import { Journal } from './journal.ts';
import { Oracle, SERVICES } from './oracle.ts';
import { type Report, sentences } from './report.ts';
import { type Ground, startGround } from './ground.ts';
import { topicFaults } from './topics.ts';

const WRITERS = 6;
const PAUSE_MS = 60;
/** What was under way when the faults end has so long to come to an outcome. */
const SETTLED_WITHIN_MS = 180_000;
const REPEATED_ONE_IN = 20;
const MOST_MINUTES = 10_000;
/** In less than this a rebuild would hardly be through. */
const REBUILDS_FROM_MINUTES = 0.5;
const PROGRESS_EVERY_MS = 1_000;
/** Where nobody looks, in a log. */
const PROGRESS_LINE_EVERY_MS = 10_000;

interface Arguments {
  readonly seed: number;
  readonly minutes: number;
  readonly json?: true;
  readonly keep?: true;
}

const program = new Command('chaos')
  .description(
    'The distributed platform under load, with a random mix of faults: services, brokers and PostgreSQL killed, restarted, stalled and cut off. ' +
      'At the end everything must be there once, in order, and every read model must equal its fold. Ends with 1 when something is found.',
  )
  .option('--seed <number>', 'repeats the choices of an earlier run', wholeNumber, Date.now() % 2 ** 31)
  .option('--minutes <number>', 'how long faults are made', minutesOf, 10)
  .option('--json', 'the report as JSON on standard output')
  .option('--keep', 'keep data folder and logs, and say where they are')
  .allowExcessArguments(false);

program.parse();
process.exitCode = await run(program.opts<Arguments>());

async function run(options: Arguments): Promise<number> {
  const { seed, minutes } = options;
  const say = (line: string) => process.stderr.write(`${line}\n`);
  say(`chaos: seed ${seed}, ${minutes} minutes; starting the distributed platform`);
  const ground = await startGround(mkdtempSync(join(tmpdir(), 'kontor-chaos-')));
  const end = () => void ground.stop(options.keep === true).finally(() => process.exit(1));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  let report: Report;
  try {
    report = await chaos(ground, options, say);
  } finally {
    await ground.stop(options.keep === true);
    if (options.keep === true) say(`kept: ${ground.folder}`);
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else for (const line of sentences(report)) process.stdout.write(`${line}\n`);
  return report.findings.length === 0 ? 0 : 1;
}

async function chaos(ground: Ground, { seed, minutes }: Arguments, say: (line: string) => void): Promise<Report> {
  const chance = dice(seed);
  const journal = new Journal(ground.api);
  // Apart from the dice of the faults: how often a writer throws depends on how fast answers come.
  const firm = new Firm(ground.api, journal, dice(seed + 1), `chaos-${seed}`);
  await firm.setUp(WRITERS);
  const stop = new AbortController();
  const giveUp = new AbortController();
  const faults = new Faults(ground, chance, say);
  const began = Date.now();
  const progress = setInterval(
    () => {
      const seconds = Math.round((Date.now() - began) / 1_000);
      const line = `${seconds} s of ${minutes * 60}: ${journal.accepted.size} accepted, ${faults.total} faults, now ${faults.now}`;
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
      else say(line);
    },
    process.stderr.isTTY ? PROGRESS_EVERY_MS : PROGRESS_LINE_EVERY_MS,
  );
  const administrator = new Administrator(ground.api, dice(seed + 2));
  const working = [
    ...Array.from({ length: WRITERS }, (_, desk) => firm.work(desk, stop.signal, giveUp.signal, PAUSE_MS)),
    ...(minutes >= REBUILDS_FROM_MINUTES ? [administrator.work(stop.signal, giveUp.signal)] : []),
  ];
  try {
    await faults.make(began + minutes * 60_000);
    say('\nfaults end; everything is well again');
    stop.abort();
    const late = setTimeout(() => giveUp.abort(), SETTLED_WITHIN_MS);
    await Promise.all(working);
    clearTimeout(late);
  } finally {
    clearInterval(progress);
    stop.abort();
    giveUp.abort();
  }
  const settled = Date.now();
  await journal.repeat([...journal.accepted.keys()].filter(() => chance.once(REPEATED_ONE_IN)));
  const oracle = new Oracle(ground.api, firm.books, journal, say);
  const wrong = await oracle
    .judge()
    .catch((error: unknown) => [...oracle.findings, `the oracle failed: ${String(error)}`]);
  const inTopics = await Promise.all(
    SERVICES.map((service) => topicFaults(ground.brokers, service, oracle.eventsOf(service))),
  ).then(
    (found) => found.flat(),
    (error: unknown) => [`the topics could not be judged: ${String(error)}`],
  );
  return {
    seed,
    minutes,
    faults: Object.fromEntries(faults.counts),
    accepted: journal.accepted.size,
    refused: Object.fromEntries(journal.refused),
    unavailable: Object.fromEntries(journal.unavailable),
    unanswered: journal.unanswered,
    longestWithoutProgressS: Math.round(journal.longestWaitMs / 100) / 10,
    quietAfterS: Math.round((Date.now() - settled) / 100) / 10,
    restarts: ground.restarts(),
    rebuilds: Object.fromEntries(administrator.deeds),
    findings: [
      ...journal.open.map(({ key, path }) => `${path} under ${key} never had an outcome`),
      ...journal.findings,
      ...faults.findings,
      ...administrator.findings,
      ...ground.crashes(),
      ...wrong,
      ...inTopics,
    ],
  };
}

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0 && minutes <= MOST_MINUTES)) throw new InvalidArgumentError('must be a number of minutes');
  return minutes;
}
