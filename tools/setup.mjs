// Installs what package-lock.json says when it is not installed yet, so that `npm start` and `npm test` alone are
// enough on a fresh clone. No dependencies, and any Node from 20 on, because it runs before there is anything else.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LOCK_POLL_MS = 200;
/** A claim without a pid in it belongs to a process that died between the two steps, once it is this old. */
const EMPTY_CLAIM_MS = 5_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.kontor-setup');
const claim = join(root, '.kontor-setup.lock');

const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
const stamp = createHash('sha256').update(`${process.platform} ${process.arch}\n${lockText}`).digest('hex');

function installed() {
  if (!existsSync(join(modules, '.bin', 'node'))) return false;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return true;
  if (!installedByHand()) return false;
  writeFileSync(stampFile, stamp);
  return true;
}

/** Somebody ran `npm install`: npm's own list of what is there, written when it has finished, agrees with the lock. */
function installedByHand() {
  const listFile = join(modules, '.package-lock.json');
  if (!existsSync(listFile)) return false;
  const { packages: there } = JSON.parse(readFileSync(listFile, 'utf8'));
  return Object.entries(JSON.parse(lockText).packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = there[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true || wanted.peer === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** mkdir is the lock: of two first runs at once, one installs and the other waits. */
function claimed() {
  try {
    mkdirSync(claim);
    writeFileSync(join(claim, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const pid = Number(readFileSync(join(claim, 'pid'), 'utf8'));
    if (pid > 0 && !alive(pid)) rmSync(claim, { recursive: true, force: true });
  } catch {
    const age = Date.now() - (statSync(claim, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > EMPTY_CLAIM_MS) rmSync(claim, { recursive: true, force: true });
  }
  return false;
}

function install() {
  console.error('kontor: installing dependencies (once per package-lock.json) ...');
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const { status, error } = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) {
    console.error(`kontor: npm ci failed with ${status}`);
    process.exitCode = status ?? 1;
    return;
  }
  writeFileSync(stampFile, stamp);
}

while (!installed()) {
  if (!claimed()) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
    continue;
  }
  try {
    // Another run may have finished between the look and the claim.
    if (!installed()) install();
  } finally {
    rmSync(claim, { recursive: true, force: true });
  }
  if (process.exitCode) break;
}
