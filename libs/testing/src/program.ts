import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase, type TestDatabase } from './pg.ts';
import { type PlatformApi, platformApi } from './platform-api.ts';
import { eventually } from './probe.ts';

const ROOT = new URL('../../../', import.meta.url);
const LINES_OF_LOGS = 6;

export interface PlatformStart {
  /** Default true: no demo firm. */
  readonly empty?: boolean;
  /** A platform that was stopped or killed: the same folder and database again. */
  readonly again?: { readonly database: TestDatabase; readonly folder: string };
  readonly env?: { readonly [name: string]: string };
}

/** A platform that runs as one process or more: the first one, and what it serves. */
export interface Program extends PlatformApi {
  readonly url: string;
  readonly adminToken: string;
  readonly folder: string;
  readonly database: TestDatabase;
  readonly pid: number;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; the database and the folder stay, for another start with `again`. */
  kill(): Promise<void>;
}

interface ProgramKind {
  /** In sentences. */
  readonly what: string;
  readonly main: string;
  readonly flags?: readonly string[];
  readonly upWithinMs: number;
  readonly downWithinMs: number;
  /** What is known only when the folder is. */
  readonly env?: (folder: string) => { readonly [name: string]: string };
}

/** Starts a program on a fresh database of the test server; throws what it said when it ends instead of coming up. */
export async function startProgram(kind: ProgramKind, start: PlatformStart): Promise<Program> {
  const database = start.again?.database ?? (await testDatabase());
  const folder = start.again?.folder ?? (await mkdtemp(join(tmpdir(), 'kontor-e2e-')));
  const child = spawn(
    process.execPath,
    [
      ...(kind.flags ?? []),
      ...['--import', './tools/swc-hook.mjs', kind.main],
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
        ...kind.env?.(folder),
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
    `${kind.what} says that it is up, or ends`,
    () => output.join('').includes('Kontor is up at') || (isRunning(child) ? undefined : 'ended'),
    kind.upWithinMs,
  );
  if (up === 'ended') throw new Error(`${kind.what} ended: ${output.join('')}\n${endsOfLogs(folder)}`);
  const url = (await readFile(join(folder, 'url'), 'utf8')).trim();
  const adminToken = (await readFile(join(folder, 'admin-token'), 'utf8')).trim();
  return {
    ...platformApi(url, adminToken),
    ...{ url, adminToken, folder, database, pid: child.pid as number },
    async stop() {
      if (isRunning(child)) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), kind.downWithinMs);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function endsOfLogs(folder: string): string {
  if (!existsSync(folder)) return '';
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => `${name}: ${readFileSync(join(folder, name), 'utf8').split('\n').slice(-LINES_OF_LOGS).join('\n')}`)
    .join('\n');
}
