import { type ChildProcess, spawn } from 'node:child_process';
import { endedChildrenCpuSeconds } from './usage.ts';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { memoryFlagsOfStart } from '../libs/testing/src/start-flags.ts';

const ROOT = new URL('../', import.meta.url);

const MEMORY_FLAGS = memoryFlagsOfStart();

export interface BenchProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly output: () => string;
  /** Writes to its standard input. */
  tell(text: string): void;
  /** Resolves when its output contains this; rejects when it ends before. */
  says(text: string): Promise<void>;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** A TypeScript program of this repository in a process of its own; resolves when it prints `ready`. */
export async function startProgram(
  program: string,
  args: readonly string[],
  ready: string,
  environment: { readonly [name: string]: string } = {},
): Promise<BenchProcess> {
  const child = spawn(process.execPath, [...MEMORY_FLAGS, '--import', './tools/swc-hook.mjs', program, ...args], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let output = '';
  const listeners = new Set<() => void>();
  const read = (chunk: Buffer) => {
    output += chunk.toString('utf8');
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const says = (text: string) =>
    new Promise<void>((done, fail) => {
      const end = () => fail(new Error(`${program} ended: ${output}`));
      const look = () => {
        if (!output.includes(text)) return;
        listeners.delete(look);
        child.off('exit', end);
        done();
      };
      listeners.add(look);
      child.once('exit', end);
      look();
    });
  await says(ready);
  return {
    child,
    pid: child.pid as number,
    output: () => output,
    tell: (text) => void child.stdin.write(text),
    says,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Runs a program to its end: what it printed and the CPU seconds that it took. */
export async function runProgram(
  program: string,
  args: readonly string[],
  environment: { readonly [name: string]: string },
): Promise<{ readonly output: string; readonly cpuS: number }> {
  const child = spawn(process.execPath, ['--import', './tools/swc-hook.mjs', program, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  const ofEnded = endedChildrenCpuSeconds();
  const code = await new Promise((done) => child.once('close', done));
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}: ${errors}`);
  return { output, cpuS: endedChildrenCpuSeconds() - ofEnded };
}

export interface BenchPlatform extends BenchProcess {
  readonly url: string;
  readonly token: string;
  readonly folder: string;
  /** Ends it; its folder stays. */
  pause(): Promise<void>;
}

/** The real platform on a database of the bench's server; `folder`: of one that was paused before. */
export async function startBenchPlatform(
  databaseUrl: string,
  start: {
    readonly folder?: string;
    readonly environment?: { readonly [name: string]: string };
    readonly program?: string;
  } = {},
): Promise<BenchPlatform> {
  const folder = start.folder ?? (await mkdtemp(join(tmpdir(), 'kontor-bench-')));
  const process = await startProgram(
    start.program ?? 'apps/kontor/src/main.ts',
    ['--data', folder, '--port', '0', '--database', databaseUrl, '--empty'],
    'Kontor is up at',
    start.environment,
  );
  return {
    ...process,
    folder,
    url: (await readFile(join(folder, 'url'), 'utf8')).trim(),
    token: (await readFile(join(folder, 'admin-token'), 'utf8')).trim(),
    pause: () => process.stop(),
    async stop() {
      await process.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One service in a process of its own, with the keys of a platform that was paused. */
export async function startBenchService(
  service: string,
  databaseUrl: string,
  folder: string,
): Promise<BenchProcess & { readonly url: string }> {
  const process = await startProgram('apps/kontor/src/service.main.ts', ['--service', service], 'the service is up', {
    KONTOR_DATABASE_URL: databaseUrl,
    KONTOR_SIGNING_KEY_FILE: join(folder, 'signing-key.json'),
    KONTOR_SEAL_KEY_FILE: join(folder, 'seal-key.pem'),
    KONTOR_HTTP_PORT: '0',
    // Nobody is there: accounts reads no other service.
    KONTOR_ORIGIN: 'http://127.0.0.1:1',
  });
  const url = /"url":"([^"]+)"/.exec(process.output())?.[1];
  if (url === undefined) throw new Error(`${service} did not say where it is`);
  return { ...process, url };
}

/** Another database on the same server. */
export async function databaseBeside(databaseUrl: string, number: number): Promise<string> {
  const url = new URL(databaseUrl);
  const name = `${url.pathname.slice(1)}_${number}`;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

/** A command over HTTP that must be accepted. */
export function send(url: string, agent: Agent, headers: Record<string, string>, body: string): Promise<string> {
  return new Promise((done, fail) => {
    const outgoing = request(url, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      answer.on('end', () => {
        if (answer.statusCode === 201) done(text);
        else fail(new Error(`${url} answered ${String(answer.statusCode)}: ${text.slice(0, 300)}`));
      });
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}
