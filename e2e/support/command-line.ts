import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = ['--import', './tools/swc-hook.mjs', 'apps/kontor/src/cli.ts'];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** The real command line as a process of its own, for the platform of this data folder. */
export function kontor(folder: string, ...args: readonly string[]): Promise<Ended> {
  return startKontor(folder, ...args).ended;
}

export function startKontor(folder: string, ...args: readonly string[]): Running {
  return run(process.execPath, [...CLI, '--data', folder, ...args]);
}

/** With `--json`, when it has to succeed: what it answered. */
export async function kontorJson<Answer>(folder: string, ...args: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await kontor(folder, '--json', ...args);
  if (code !== 0) throw new Error(`kontor ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(program, args, {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      KONTOR_URL: undefined,
      KONTOR_TOKEN: undefined,
      EVENTSTORE_URL: '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}
