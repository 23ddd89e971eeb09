// `npm run mutation`: how many small faults in the pure libraries do their own tests notice?
//
//   npm run mutation                                      every library against its floor
//   npm run mutation -- libs/receivables/domain           one library
//   npm run mutation -- libs/kernel/src/money.ts          one file: its survivors, no floor
//   npm run mutation -- libs/kernel --raise               and write the floor when the score is above it
//
// Not part of `npm test`: a library takes minutes. The floors are in tools/mutation/floor.json and only rise; why and how
// is docs/adr/0017. Mutants live in a copy under .stryker-tmp, so a run that is killed leaves the sources as they were.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { Command } from 'commander';
import { planOf, scoreOf, scoresByFile, survivorsOf, verdict } from './score.mjs';
import { root, sourceFiles } from '../source-files.mjs';

const FLOORS = join(root, 'tools/mutation/floor.json');
/** A runner keeps every module of every test file that it ever ran; a fresh one now and then gives the memory back. */
const RUNS_PER_RUNNER = 200;
/** How long a mutant may run beyond one and a half times what its tests take without it. */
const TIMEOUT_MS = 10_000;
/** What of the repository the tests of pure libraries never read, and so need not be copied. */
const NOT_COPIED = ['apps', 'bench', 'docs', 'e2e', 'infra', 'libs/platform', '.kontor', '.nx', '.ci', 'coverage'];

const libraries = [
  'libs/kernel',
  ...sourceFiles(/^libs\/[^/]+\/domain\/package\.json$/).map((path) => path.slice(0, -13)),
];

function patternsOf(library, parts) {
  const wanted = (parts.length === 0 ? [`${library}/src`] : parts).map((part) => {
    if (!existsSync(join(root, part))) throw new Error(`There is no ${part}.`);
    return statSync(join(root, part)).isDirectory() ? `${part}/**/*.ts` : part;
  });
  // Scenarios are tests; the root of a library only names what it exports.
  return [...wanted, '!**/*.spec.ts', '!**/*.scenarios.ts', `!${library}/src/index.ts`];
}

async function mutantsOf(library, patterns, { concurrency, incremental, jest }) {
  const mutants = await new Stryker({
    mutate: patterns,
    concurrency,
    incremental,
    incrementalFile: join(root, 'node_modules/.cache/kontor/mutation', `${library.replaceAll('/', '-')}.json`),
    ignorePatterns: NOT_COPIED,
    plugins: ['@stryker-mutator/jest-runner', join(import.meta.dirname, 'runner.mjs')],
    testRunner: jest ? 'jest' : 'pure',
    pureLibrary: library,
    testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
    maxTestRunnerReuse: RUNS_PER_RUNNER,
    timeoutMS: TIMEOUT_MS,
    jest: {
      projectType: 'custom',
      configFile: 'tools/mutation/jest.mjs',
      config: { roots: [`<rootDir>/${library}/`] },
      enableFindRelatedTests: false,
    },
    coverageAnalysis: 'perTest',
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only'],
    warnings: { unknownOptions: false },
    cleanTempDir: 'always',
    fileLogLevel: 'off',
    logLevel: 'warn',
  }).runMutationTest();
  return mutants.map((mutant) => ({ ...mutant, fileName: relative(root, mutant.fileName).replaceAll('\\', '/') }));
}

const sources = new Map();

/** The piece of source that a mutant stands for, on one line. Lines and columns count from 1 here. */
function originalOf({ fileName, location: { start, end } }) {
  if (!sources.has(fileName)) sources.set(fileName, readFileSync(join(root, fileName), 'utf8').split('\n'));
  const lines = sources.get(fileName).slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return short(lines.join(' '));
}

const short = (text) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 90 ? line : `${line.slice(0, 89)}…`;
};

function printed(mutant) {
  const { line, column } = mutant.location.start;
  const untested = mutant.status === 'NoCoverage' ? ' (no test comes here)' : '';
  return `  ${mutant.fileName}:${line}:${column}${untested}\n    - ${originalOf(mutant)}\n    + ${short(mutant.replacement ?? '')}`;
}

async function run(plan, options) {
  const floors = existsSync(FLOORS) ? JSON.parse(readFileSync(FLOORS, 'utf8')) : {};
  for (const { library, parts, patterns } of plan) {
    console.log(`\n${library}${parts.length === 0 ? '' : `, only ${parts.join(', ')}`}`);
    const mutants = await mutantsOf(library, patterns, options);
    for (const mutant of survivorsOf(mutants)) console.log(printed(mutant));
    for (const [name, { noticed, counted, score }] of Object.entries(scoresByFile(mutants))) {
      console.log(`  ${score.toFixed(2).padStart(6)} %  ${noticed} of ${counted}  ${name}`);
    }
    const { noticed, counted, score } = scoreOf(mutants);
    if (parts.length > 0) {
      console.log(
        `${library}: ${score} % of the part asked for, ${noticed} of ${counted}; a floor is for a whole library.`,
      );
      continue;
    }
    const { held, sentence, raise } = verdict(library, score, floors[library]);
    if (raise !== undefined && options.raise) {
      floors[library] = raise;
      writeFileSync(FLOORS, `${JSON.stringify(floors, null, 2)}\n`);
      console.log(`${library}: ${score} %, ${noticed} of ${counted}; written as its floor.`);
      continue;
    }
    console.log(`${sentence} (${noticed} of ${counted})`);
    if (!held) process.exitCode = 1;
  }
}

await new Command('npm run mutation --')
  .description('Makes small faults in the pure libraries, one at a time, and counts which of them the tests notice.')
  .argument('[paths...]', `libraries, folders or files (default: ${libraries.join(', ')})`)
  .option('--raise', 'write the floor of a library whose score is above it (tools/mutation/floor.json)', false)
  .option('--incremental', 'take over what the last such run found for code and tests that did not change', false)
  .option('--jest', 'run the tests through Jest: the same answer, many times slower', false)
  .option('--concurrency <n>', 'test runners at a time', (text) => Math.max(1, Number.parseInt(text, 10) || 1), 1)
  .addHelpText(
    'after',
    '\nA library below its floor ends with 1. A mutant is noticed when a test of the same library fails or runs too long.',
  )
  .action(async (asked, options, command) => {
    const plan = [];
    try {
      for (const part of planOf(asked, libraries))
        plan.push({ ...part, patterns: patternsOf(part.library, part.parts) });
    } catch (error) {
      command.error(error.message);
    }
    await run(plan, options);
  })
  .parseAsync();
