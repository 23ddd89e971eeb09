// Which stored events there are, and the golden file of each: what a version of an event looked like when it was first
// stored. Events stay for ever, so a golden file is never edited and never removed.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, sourceFiles } from './source-files.mjs';

/** @typedef {{ codec: { context: string, events: { [type: string]: { version: number, upcasts?: object } } } }} Aggregate */
/** @typedef {{ [name: string]: { file: string, sha256: string } }} GoldenFiles by stored name, `orders.OrderPlaced.v1` */

/** The names of all versions that the codecs read. @param {Aggregate[]} aggregates */
export function storedNames(aggregates) {
  const names = aggregates.flatMap(({ codec: { context, events } }) =>
    Object.entries(events).flatMap(([type, { version }]) =>
      Array.from({ length: version }, (_, index) => `${context}.${type}.v${index + 1}`),
    ),
  );
  return [...new Set(names)].toSorted();
}

/** One sentence per version that today's code cannot bring to the present one. @param {Aggregate[]} aggregates */
export function upcastFaults(aggregates) {
  return aggregates.flatMap(({ codec: { context, events } }) =>
    Object.entries(events).flatMap(([type, { version, upcasts = {} }]) =>
      Array.from({ length: version - 1 }, (_, index) => index + 1)
        .filter((from) => typeof upcasts[from] !== 'function')
        .map((from) => `${context}.${type} has no upcast from version ${from}`),
    ),
  );
}

/** @param {string} context @param {string[]} names @param {string[]} paths of all golden files */
export function goldenFilesOf(names, paths) {
  return Object.fromEntries(
    names.map((name) => {
      const [context, type, version] = name.split('.');
      const file = `${type.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase()}.${version}.json`;
      const folder = context === 'platform' ? 'apps/kontor/' : `libs/${context}/domain/`;
      return [name, paths.filter((path) => path.startsWith(folder) && path.endsWith(`/golden/${file}`))];
    }),
  );
}

/**
 * @param {GoldenFiles} released
 * @param {string[]} names of what is stored now
 * @param {{ [name: string]: string[] }} files by stored name
 * @param {(path: string) => string | undefined} hashOf undefined: there is no such file
 */
export function goldenFaults(released, names, files, hashOf) {
  const known = new Set(names);
  return [
    ...names.flatMap((name) => {
      const found = files[name] ?? [];
      if (found.length === 1) return [];
      return [found.length === 0 ? `${name} has no golden file` : `${name} has two golden files: ${found.join(', ')}`];
    }),
    ...Object.entries(released).flatMap(([name, { file, sha256 }]) => {
      if (!known.has(name)) return [`${name} was stored by the last release, and no codec reads it any more`];
      const now = hashOf(file);
      if (now === undefined) return [`${file}, what ${name} looked like when it was stored, is gone`];
      return now === sha256 ? [] : [`${file} was edited: ${name} lies in stores as it was; a change is a new version`];
    }),
  ];
}

export function sha256OfFile(path) {
  try {
    return createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export const goldenPaths = () => sourceFiles(/\/golden\/[^/]+\.json$/);
