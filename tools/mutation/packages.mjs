// Where the names of our own packages lead in a copy of the repository. Stryker mutates a copy, but the links in
// node_modules lead to the original: what one library imports of another by name would run as it always did, and every
// mutant in it would survive.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, sourceFiles } from '../source-files.mjs';

/** @type {{ [name: string]: string }} the file, as a path from the root, that a name stands for */
export const fileOfPackage = {
  ...Object.fromEntries(
    sourceFiles(/^libs\/.+\/package\.json$/)
      .map((path) => ({
        folder: path.slice(0, -'/package.json'.length),
        ...JSON.parse(readFileSync(join(root, path), 'utf8')),
      }))
      .filter(({ exports }) => exports?.['.'] !== undefined)
      .map(({ folder, name, exports }) => [name, join(folder, exports['.'])]),
  ),
  // All that pure tests use of the testing library.
  '@kontor/testing/pure': 'libs/testing/src/pure.ts',
  'fast-check': 'tools/mutation/fast-check.mjs',
};

/** Suites of a library that judge its mutants. Those that need golden data stay out: a score is the same everywhere. */
export const SUITE = /^(?!.*\.(data|int|e2e)\.spec\.ts$).*\.spec\.ts$/;
