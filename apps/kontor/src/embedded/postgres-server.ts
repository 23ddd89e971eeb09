import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { environment } from '../kontor.config.ts';
import { StartFault } from '../start-fault.ts';
import { type Installation, USER } from './postgres-installation.ts';

/** Without any answer. A server that says that it recovers is waited for longer: it reads its log again. */
const READY_WITHIN_MS = 60_000;
const RECOVERED_WITHIN_MS = 600_000;
const POLL_MS = 20;
const STOP_WITHIN_MS = 30_000;
const OLD_SESSIONS_POLL_MS = 200;
/**
 * `npm run start:distributed`: six processes, each a pool of 10 and 6 connections beside it (two for appends, notifications, leases,
 * relay, the writers' lease): 96. `npm start`: one process, a pool of 40 and at most 6 for each of five services: 70. A backup, a migration, tools of
 * analysts and PostgreSQL's own three come on top. A connection that nobody opens costs some kilobytes.
 */
const MAX_CONNECTIONS = 200;
const CANNOT_CONNECT_NOW = '57P03';

export interface PostgresServer {
  readonly pid: number;
  /** Resolves when the server has ended, wanted or not. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

// The shell waits for the server, and a second one on a pipe from Node. When Node goes, in whatever way (SIGKILL included),
// the pipe closes and the server is stopped fast and cleanly: no orphan holds the data folder. POSIX only.
const KEEPER = `exec 3<&0
"$@" >>"$LOG" 2>&1 3<&- & server=$!
{ read -r _ <&3; kill -INT $server; } 2>/dev/null & watch=$!
echo $server
wait $server
kill $watch 2>/dev/null`;

/**
 * A durable PostgreSQL on a cluster: fsync and synchronous_commit are on, it listens on 127.0.0.1 only and asks for a
 * password.
 */
export async function startPostgres(installation: Installation): Promise<PostgresServer> {
  await waitForOldServer(installation.data);
  const deadline = Date.now() + STOP_WITHIN_MS;
  for (;;) {
    try {
      return await startOnce(installation);
    } catch (error) {
      // Sessions of a server that was killed end by themselves, each after the statement that it is in.
      if (!String(error).includes('pre-existing shared memory block') || Date.now() > deadline) throw error;
      await delay(OLD_SESSIONS_POLL_MS);
    }
  }
}

async function startOnce({ postgres, data, log, port, asOther }: Installation): Promise<PostgresServer> {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: MAX_CONNECTIONS,
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'sh', postgres, '-D', data, ...flags], {
    ...asOther,
    cwd: data,
    env: { PATH: environment.path, LOG: log, TZ: 'UTC' },
    stdio: ['pipe', 'pipe', 'ignore'],
    // Away from the terminal's process group: Ctrl-C must reach Node first, whose end ends the server.
    detached: true,
  });
  const ended = new Promise<void>((done) => keeper.once('exit', () => done()));
  const pid = await serverPid(keeper);
  const stop = async () => {
    keeper.stdin.end();
    await Promise.race([ended, delay(STOP_WITHIN_MS, undefined, { ref: false })]);
  };
  try {
    await acceptsConnections(keeper, port, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid, ended, stop };
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

function serverPid(keeper: ChildProcess): Promise<number> {
  return new Promise((done, fail) => {
    keeper.once('error', fail);
    keeper.stdout?.once('data', (chunk: Buffer) => done(Number(chunk.toString('utf8'))));
    keeper.once('exit', () => fail(new StartFault('PostgreSQL ended before it had started.')));
  });
}

async function acceptsConnections(keeper: ChildProcess, port: number, log: string): Promise<void> {
  const { default: pg } = await import('pg');
  const begun = Date.now();
  let recovering = false;
  while (Date.now() < begun + (recovering ? RECOVERED_WITHIN_MS : READY_WITHIN_MS)) {
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
      recovering ||= code === CANNOT_CONNECT_NOW;
    }
    await delay(POLL_MS);
  }
  throw new StartFault(`PostgreSQL was not ready within ${(Date.now() - begun) / 1000} s; see ${log}.`);
}

function tail(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n');
}
