// A test runner for Stryker that loads the tests of a pure library once and then runs them in this process, mutant after
// mutant. Pure code has nothing to set up between two tests, so a mutant costs milliseconds where Jest needs a second.
// `--jest` runs the same through Jest, to see that both say the same.
//
// What could go wrong is a mutant that leaves something behind. So a test that fails is run once more without the mutant:
// when it fails then too, everything is loaded afresh and the mutant gets a second try.
import { readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { fileOfPackage, SUITE } from './packages.mjs';
import { inSuite, testsOf } from './tests-here.mjs';

/** The first test: it fails when a mutant does not let the library load. */
const LOADS = { id: 'the library loads', run: () => undefined };

const stryker = (globalThis.__stryker__ ??= {});
const transformed = new Map();
/** Part of every address below the copy, so that a next generation of modules can be loaded beside the last. */
let generation = 0;

function hook(copy) {
  const inCopy = pathToFileURL(`${copy}/`).href;
  const swc = JSON.parse(readFileSync(join(copy, '.swcrc'), 'utf8'));
  const addressOf = { '@jest/globals': new URL('./tests-here.mjs', import.meta.url).href };
  for (const [name, file] of Object.entries(fileOfPackage)) addressOf[name] = pathToFileURL(join(copy, file)).href;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(addressOf[specifier] ?? specifier, context);
      if (!found.url.startsWith(inCopy) || !found.url.endsWith('.ts')) return found;
      return { ...found, url: `${found.url}?generation=${generation}` };
    },
    load(url, context, nextLoad) {
      if (!url.startsWith(inCopy) || !url.includes('.ts?')) return nextLoad(url, context);
      const filename = fileURLToPath(url);
      if (!transformed.has(filename)) {
        const source = readFileSync(filename, 'utf8');
        transformed.set(filename, transformSync(source, { ...swc, filename, swcrc: false, sourceMaps: false }).code);
      }
      return { format: 'module', source: transformed.get(filename), shortCircuit: true };
    },
  });
}

class PureRunner {
  static inject = ['options'];
  /** Stryker starts this process in the copy. */
  #copy = process.cwd();
  #suites;
  #tests;
  #spentMs = new Map();

  constructor(options) {
    this.#suites = readdirSync(join(this.#copy, options.pureLibrary), { recursive: true })
      .filter((path) => SUITE.test(path))
      .map((path) => `${options.pureLibrary}/${path}`)
      .toSorted();
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  init() {
    hook(this.#copy);
  }

  async dryRun() {
    stryker.activeMutant = undefined;
    stryker.mutantCoverage = { static: {}, perTest: {} };
    await this.#load();
    const tests = [];
    for (const test of this.#tests) tests.push({ ...(await this.#run(test)), id: test.id, name: test.id });
    return { status: 'complete', tests: tests.map(toResult), mutantCoverage: stryker.mutantCoverage };
  }

  async mutantRun(options) {
    const first = await this.#tryOn(options);
    if (first.test === undefined || first.test === LOADS) return answer(first);
    stryker.activeMutant = undefined;
    stryker.hitCount = undefined;
    stryker.hitLimit = undefined;
    if (options.mutantActivation === 'static' || (await this.#run(first.test)).failure === undefined)
      return answer(first);
    return answer(await this.#tryOn({ ...options, reloadEnvironment: true }));
  }

  async #tryOn({ activeMutant, testFilter, hitLimit, mutantActivation, reloadEnvironment }) {
    const early = mutantActivation === 'static';
    stryker.hitLimit = hitLimit;
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    stryker.activeMutant = early ? activeMutant.id : undefined;
    if (early || reloadEnvironment || this.#tests === undefined) {
      try {
        await this.#load();
      } catch (error) {
        this.#tests = undefined;
        return { ran: 0, test: LOADS, failure: String(error) };
      }
    }
    stryker.activeMutant = activeMutant.id;
    const wanted = testFilter && new Set(testFilter);
    const tests = this.#tests
      .filter(({ id }) => wanted === undefined || wanted.has(id))
      .toSorted((a, b) => (this.#spentMs.get(a.id) ?? 0) - (this.#spentMs.get(b.id) ?? 0));
    let ran = 0;
    for (const test of tests) {
      const { failure } = await this.#run(test);
      ran += 1;
      if (stryker.hitCount > stryker.hitLimit) return { ran, timeout: true };
      if (failure !== undefined) return { ran, test, failure };
    }
    return { ran };
  }

  async #load() {
    generation += 1;
    this.#tests = await testsOf(async () => {
      for (const suite of this.#suites) await inSuite(suite, () => import(pathToFileURL(join(this.#copy, suite)).href));
    });
    this.#tests.unshift(LOADS);
  }

  async #run({ id, run }) {
    const began = performance.now();
    stryker.currentTestId = id;
    let failure;
    try {
      await run();
    } catch (error) {
      failure = String(error?.message ?? error);
    } finally {
      stryker.currentTestId = undefined;
    }
    const timeSpentMs = performance.now() - began;
    if (failure === undefined) this.#spentMs.set(id, timeSpentMs);
    return { failure, timeSpentMs };
  }
}

const toResult = ({ failure, ...test }) =>
  failure === undefined ? { ...test, status: 0 } : { ...test, status: 1, failureMessage: failure };

function answer({ ran, test, failure, timeout }) {
  if (timeout) return { status: 'timeout' };
  if (test === undefined) return { status: 'survived', nrOfTests: ran };
  return { status: 'killed', killedBy: [test.id], failureMessage: failure, nrOfTests: ran };
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'pure', injectableClass: PureRunner }];
