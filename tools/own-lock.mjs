// Installs what a folder's own package-lock.json says, unless it is there:
//
//   node tools/own-lock.mjs bench/peers
//
// For what only a few people run and nobody else should wait for: it is no dependency of the product, and `npm start` in a
// fresh clone does not bring it.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const folder of process.argv.slice(2)) {
  const lock = join(root, folder, 'package-lock.json');
  // npm's own list of what is there, written when it has finished.
  const list = join(root, folder, 'node_modules/.package-lock.json');
  if (existsSync(list) && statSync(list).mtimeMs >= statSync(lock).mtimeMs) continue;
  console.error(`kontor: installing what ${folder} needs ...`);
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: join(root, folder), stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
