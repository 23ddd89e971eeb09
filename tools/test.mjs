// `npm test`: everything that must hold, what needs no test first, and at the end one line that counts it.
//
//   left out: golden data (KONTOR_DATA), Kafka (Java 17)      only when something was left out
//   812 passed, 0 failed                     the tests of the one Jest run, plus one for each check before it
//
// KONTOR_REQUIRE=data,... makes it a failure that suites are left out for want of the named thing.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { kafkaAvailable } from './kafka/available.mjs';
import { root, sourceFiles } from './source-files.mjs';
import { closing, leftOut } from './test-report.mjs';

const required = (process.env.KONTOR_REQUIRE ?? '').split(',').filter((name) => name !== '');

// What whole suites may need from outside. A name in KONTOR_REQUIRE that no suite here stands for requires nothing: there
// is nothing that could be left out.
const needs = [
  {
    name: 'data',
    label: 'golden data (KONTOR_DATA)',
    present: existsSync(resolve(root, process.env.KONTOR_DATA || '../shared/data')),
    suites: sourceFiles(/\.data\.(int\.|e2e\.)?spec\.ts$/),
  },
  {
    name: 'kafka',
    label: 'Kafka (Java 17)',
    present: kafkaAvailable(),
    suites: sourceFiles(/\.kafka\.int\.spec\.ts$/),
  },
];

const node = process.execPath;
const bin = (path) => join('node_modules', path);
const hook = ['--import', './tools/swc-hook.mjs'];
// A cache may forgive a file whose types changed elsewhere; where everything is required, nothing is forgiven.
const cached = (name) => (required.length > 0 ? [] : ['--cache', '--cache-location', bin(`.cache/kontor/${name}`)]);

/** The longest first, so that none is left alone at the end. */
const checks = [
  ['lint', [bin('eslint/bin/eslint.js'), '.', ...cached('eslint')]],
  ['formatting', [bin('prettier/bin/prettier.cjs'), '--check', '.', '--log-level', 'warn', ...cached('prettier')]],
  ['types', [bin('typescript/bin/tsc'), '-p', 'tsconfig.json']],
  ['types of the pure libraries', [bin('typescript/bin/tsc'), '-p', 'libs/tsconfig.pure.json']],
  ['what nobody calls', [bin('knip/bin/knip.js'), '--no-config-hints']],
  ['package-lock.json', ['tools/lockcheck.mjs']],
  ['docs/events.md', [...hook, 'tools/events-doc.mjs', '--check']],
  ['docs/asyncapi.yaml', [...hook, 'tools/asyncapi-doc.mjs', '--check']],
  ['promises of the last release', [...hook, 'tools/contracts-release.mjs', '--check']],
  ['docs/configuration.md', [...hook, 'tools/configuration-doc.mjs', '--check']],
  ['docs/coverage.md', ['tools/coverage-doc.mjs', '--check']],
];
if (existsSync(join(root, 'docker-compose.yml')))
  checks.push(
    ['docker-compose.yml', ['tools/compose-check.mjs']],
    ['variables that documents name', ['tools/variables-check.mjs']],
  );

/** How long Jest may take to leave after it has written its report; longer means that a test left something open. */
const LEAVE_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** Checks wait for the disk as well. */
const CHECKS_AT_A_TIME = Math.max(2, availableParallelism() - 1);
/** Suites wait for the programs that they start, and for time to pass, a fifth of the time: three keep two cores busy. */
const SUITES_AT_A_TIME = Math.max(2, Math.min(Math.max(3, availableParallelism() - 1), Math.floor(totalmem() / 2.5e9)));

/**
 * @param {string[]} args
 * @param {{ last?: string, said?: string[] }} [options] last: the file whose existence says that the work is done; said:
 *   takes what it prints, which otherwise is printed at once
 */
function run(args, { last, said } = {}) {
  return new Promise((done, fail) => {
    const output = said === undefined ? 'inherit' : 'pipe';
    const child = spawn(node, args, { cwd: root, stdio: ['ignore', output, output] });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => said.push(text));
    let leaveBefore = Infinity;
    const watch = setInterval(() => {
      if (last === undefined || !existsSync(last)) return;
      if (leaveBefore === Infinity) leaveBefore = Date.now() + LEAVE_WITHIN_MS;
      if (Date.now() > leaveBefore) child.kill('SIGKILL');
    }, LOOK_EVERY_MS);
    child.once('error', fail);
    child.once('close', (code) => {
      clearInterval(watch);
      done(code ?? 1);
    });
  });
}

let passed = 0;
const failed = [];

const waiting = checks.values();
async function checkOn() {
  for (const [name, args] of waiting) {
    const start = performance.now();
    const said = [];
    const ok = (await run(args, { said })) === 0;
    process.stdout.write(said.join(''));
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    if (ok) passed += 1;
    else failed.push(name);
  }
}
await Promise.all(Array.from({ length: CHECKS_AT_A_TIME }, checkOn));

const { lines, missing } = leftOut(needs, required);
for (const need of missing) failed.push(`${need} is required and not there`);

const folder = mkdtempSync(join(tmpdir(), 'kontor-test-'));
const report = join(folder, 'jest.json');
try {
  const code = await run(
    [
      '--experimental-vm-modules',
      '--no-warnings',
      bin('jest/bin/jest.js'),
      `--maxWorkers=${SUITES_AT_A_TIME}`,
      '--passWithNoTests',
      '--json',
      `--outputFile=${report}`,
    ],
    { last: report },
  );
  const jest = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  const tests = closing(jest, code, root);
  passed += tests.passed;
  failed.push(...tests.failed);
  lines.push(...tests.leftOut);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const name of failed) console.log(`FAILED ${name}`);
if (lines.length > 0) console.log(`left out: ${lines.join(', ')}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
