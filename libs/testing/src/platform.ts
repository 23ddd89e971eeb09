import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDistributed } from './distributed.ts';
import { testDatabase, type TestDatabase } from './pg.ts';
import { type PlatformApi, platformApi } from './platform-api.ts';
import { eventually } from './probe.ts';
import { memoryFlagsOfStart } from './start-flags.ts';

const UP_WITHIN_MS = 60_000;
/** The demo firm is built first: seconds, but of a machine that other suites share. */
const UP_WITH_DEMO_WITHIN_MS = 240_000;
const DOWN_WITHIN_MS = 30_000;
const ROOT = new URL('../../../', import.meta.url);

export interface TestPlatform extends PlatformApi {
  readonly url: string;
  readonly adminToken: string;
  readonly folder: string;
  readonly database: TestDatabase;
  readonly pid: number;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; the database and the folder stay, for `startPlatform({ again })`. */
  kill(): Promise<void>;
  /** Removes database and folder; stops first where it still runs. */
  dispose(): Promise<void>;
}

export interface PlatformStart {
  /** Default true: no demo firm. */
  readonly empty?: boolean;
  /** A platform that was stopped or killed: the same folder and database again. */
  readonly again?: Pick<TestPlatform, 'database' | 'folder'>;
  readonly env?: { readonly [name: string]: string };
}

/**
 * The real platform as a process of its own, on a fresh database of the test server. A suite that runs again on the
 * distributed set-up says so by KONTOR_TEST_PLATFORM, and is otherwise the same.
 */
export async function startPlatform(start: PlatformStart = {}): Promise<TestPlatform> {
  if (process.env.KONTOR_TEST_PLATFORM === 'distributed') return startDistributed(start);
  const database = start.again?.database ?? (await testDatabase());
  const folder = start.again?.folder ?? (await mkdtemp(join(tmpdir(), 'kontor-e2e-')));
  const child = spawn(
    process.execPath,
    [
      ...memoryFlagsOfStart(),
      ...['--import', './tools/swc-hook.mjs', 'apps/kontor/src/main.ts'],
      ...['--data', folder, '--port', '0', '--database', database.url],
      ...(start.empty === false ? [] : ['--empty']),
    ],
    {
      cwd: ROOT,
      // A server that was given for the tests holds many logs: whoever wants the platform on it says so.
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        EVENTSTORE_URL: process.env.KONTOR_TEST_EVENTSTORE ?? '',
        ...start.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const up = await eventually(
    'the platform says that it is up, or ends',
    () => output.join('').includes('Kontor is up at') || (running(child) ? undefined : 'ended'),
    start.empty === false ? UP_WITH_DEMO_WITHIN_MS : UP_WITHIN_MS,
  );
  if (up === 'ended') throw new Error(`the platform ended: ${output.join('')}\n${logTail(folder)}`);
  const url = (await readFile(join(folder, 'url'), 'utf8')).trim();
  const adminToken = (await readFile(join(folder, 'admin-token'), 'utf8')).trim();

  const platform: TestPlatform = {
    url,
    adminToken,
    folder,
    database,
    pid: child.pid as number,
    ...platformApi(url, adminToken),
    async stop() {
      if (running(child)) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), DOWN_WITHIN_MS);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async dispose() {
      await platform.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return platform;
}

/** A key that makes a command repeatable. */
export function idempotencyKey(): { 'idempotency-key': string } {
  return { 'idempotency-key': randomUUID() };
}

function running(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function logTail(folder: string): string {
  const file = join(folder, 'kontor.log');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-6).join('\n') : '';
}
