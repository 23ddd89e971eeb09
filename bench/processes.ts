import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = new URL('../', import.meta.url);

export interface BenchProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly output: () => string;
  stop(): Promise<void>;
}

/** A TypeScript program of this repository in a process of its own; resolves when it prints `ready`. */
export async function startProgram(program: string, args: readonly string[], ready: string): Promise<BenchProcess> {
  const child = spawn(process.execPath, ['--import', './tools/swc-hook.mjs', program, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  await new Promise<void>((done, fail) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.includes(ready)) done();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => fail(new Error(`${program} ended with ${String(code)}: ${output}`)));
  });
  return {
    child,
    pid: child.pid as number,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export interface BenchPlatform extends BenchProcess {
  readonly url: string;
  readonly token: string;
  readonly folder: string;
}

/** The real platform on a database of the bench's server. */
export async function startBenchPlatform(databaseUrl: string): Promise<BenchPlatform> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-bench-'));
  const process = await startProgram(
    'apps/kontor/src/main.ts',
    ['--data', folder, '--port', '0', '--database', databaseUrl, '--empty'],
    'Kontor is up at',
  );
  return {
    ...process,
    folder,
    url: (await readFile(join(folder, 'url'), 'utf8')).trim(),
    token: (await readFile(join(folder, 'admin-token'), 'utf8')).trim(),
    async stop() {
      await process.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
