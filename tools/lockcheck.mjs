// Fails when package-lock.json has holes: an optional platform package that its parent names and the lock lacks.
// `npm install` leaves them out without a word when the registry has no such version, and then `npm ci` fails for
// everyone. Also refuses a lock that names a registry.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param lock the parsed package-lock.json; returns one sentence per fault. */
export function lockFaults(lock) {
  const faults = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (entry.resolved?.includes('://')) faults.push(`${path} names where it came from: ${entry.resolved}`);
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      // Node's own resolution: next to the parent first, then in every node_modules above it.
      let folder = path;
      let found = false;
      while (!found) {
        found = `${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages;
        if (folder === '') break;
        const cut = folder.lastIndexOf('node_modules/');
        folder = cut <= 0 ? '' : folder.slice(0, cut - 1);
      }
      if (!found) faults.push(`${name} is missing, wanted by ${path}`);
    }
  }
  return faults;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = lockFaults(JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')));
  for (const fault of faults) console.error(`package-lock.json: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
