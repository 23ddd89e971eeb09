// Lets Node run the TypeScript sources, decorators included: `node --import ./tools/swc-hook.mjs file.ts`.
// Needs module.registerHooks, so the Node that package.json pins, not whichever the machine has.
//
// Each command and each service is a process that loads hundreds of files. What swc and V8 made of them is kept below
// node_modules/.cache, and found by what the file says: whoever changes a file gets the change. Where nothing can be written,
// as in a container, everything is made anew at each start.
import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Read once and passed along, because swc looks for .swcrc below the working directory only, and the command-line
// tool may be called from anywhere.
const options = JSON.parse(readFileSync(new URL('../.swcrc', import.meta.url), 'utf8'));
const load = createRequire(import.meta.url);
const maker = JSON.stringify([load('@swc/core/package.json').version, options]);
const cache = fileURLToPath(new URL('../node_modules/.cache/kontor/', import.meta.url));
const made = join(cache, 'swc');

enableCompileCache(join(cache, 'v8'));
process.setSourceMapsEnabled(true);
registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
    const filename = fileURLToPath(url);
    const source = readFileSync(filename, 'utf8');
    return { format: 'module', source: kept(filename, source) ?? transformed(filename, source), shortCircuit: true };
  },
});

/** One entry for each file, so that the folder does not grow: its first line is what it was made of. */
const entryOf = (filename) => join(made, hash('sha1', filename));
const originOf = (filename, source) => hash('sha1', `${maker}\n${filename}\n${source}`);

function kept(filename, source) {
  let entry;
  try {
    entry = readFileSync(entryOf(filename), 'utf8');
  } catch {
    return undefined;
  }
  const origin = originOf(filename, source);
  return entry.startsWith(origin) ? entry.slice(origin.length + 1) : undefined;
}

function transformed(filename, source) {
  // Only now: to load swc takes longer than to read everything that it has made.
  const { code } = load('@swc/core').transformSync(source, {
    ...options,
    filename,
    swcrc: false,
    sourceMaps: 'inline',
  });
  keep(filename, `${originOf(filename, source)}\n${code}`);
  return code;
}

/** Appears at once, by a rename: another process may be reading, or writing the same. */
function keep(filename, entry) {
  const fresh = `${entryOf(filename)}.${process.pid}`;
  try {
    mkdirSync(made, { recursive: true });
    writeFileSync(fresh, entry);
    renameSync(fresh, entryOf(filename));
  } catch {
    rmSync(fresh, { force: true });
  }
}
