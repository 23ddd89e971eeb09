// The jars of the broker, fetched once by Maven and kept beside node_modules. A folder is named after the pom that it was
// made from and appears at once, by a rename, so that a half-finished download is never used.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../source-files.mjs';

const FETCHED_WITHIN_MS = 600_000;

const pom = join(import.meta.dirname, 'pom.xml');
const cache = join(root, 'node_modules', '.cache', 'kontor-kafka');

function folder() {
  return join(cache, createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 16));
}

export function jarsThere() {
  return existsSync(folder());
}

/** @returns {string} the folder of the jars; fetches them when they are not there yet */
export function kafkaJars() {
  const there = folder();
  if (existsSync(there)) return there;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'fetching-'));
  try {
    const { status, stdout, error } = spawnSync(
      'mvn',
      ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fresh}`],
      { encoding: 'utf8', timeout: FETCHED_WITHIN_MS },
    );
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`Maven did not get the jars of Kafka:\n${stdout}`);
    renameSync(fresh, there);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another run may have finished in the meantime.
    if (!existsSync(there)) throw error;
  }
  return there;
}
