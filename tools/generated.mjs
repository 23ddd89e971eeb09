// What the generators of documents share: write the document, or with --check say whether it is stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './source-files.mjs';

/** @param {string} path from the root @param {string} text what the document should say */
export function writeOrCheck(path, text) {
  const file = join(root, path);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  let there = '';
  try {
    there = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (there === text) return;
  console.error(`${path} is stale: run "npm run docs" and commit it.`);
  process.exitCode = 1;
}

/** A text that must not break the table cell it stands in. */
export const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
