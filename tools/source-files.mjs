// The source files of the repository, as sorted paths from its root with forward slashes.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

const PLACES = ['apps', 'bench', 'e2e', 'libs', 'tools'];
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'lint-fixtures', '.stryker-tmp']);

/** @param {RegExp} pattern tested against the path; returns the paths that match. */
export function sourceFiles(pattern) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) walk(path);
      else if (entry.isFile() && pattern.test(path)) found.push(path);
    }
  };
  const there = new Set(readdirSync(root));
  for (const place of PLACES) if (there.has(place)) walk(place);
  return found.sort();
}
