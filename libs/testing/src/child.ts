import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const HOOK = join(import.meta.dirname, '../../../tools/swc-hook.mjs');

/** How a process ended, and what it printed on both streams. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

interface Started {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ended>;
}

/** Runs a TypeScript file in a process of its own. */
export async function endOf(script: string, args: readonly string[]): Promise<Ended> {
  const { child, ended } = started(script, args);
  child.stdin.end();
  return ended;
}

/**
 * Processes of one script for a test that needs many, one after the other: they start while the one before still runs, and
 * wait (`toldToGo` of deadly-pool.ts) until it is their turn.
 */
export class StartedAhead {
  readonly #script: string;
  readonly #argsOf: (nth: number) => readonly string[];
  readonly #ahead: number;
  readonly #waiting: Started[] = [];
  #nth = 0;

  /** `argsOf`: the arguments of the n-th process, from 0. */
  constructor(script: string, argsOf: (nth: number) => readonly string[], ahead = 3) {
    this.#script = script;
    this.#argsOf = argsOf;
    this.#ahead = ahead;
  }

  async next(): Promise<Ended> {
    while (this.#waiting.length <= this.#ahead) {
      this.#waiting.push(started(this.#script, this.#argsOf(this.#nth)));
      this.#nth += 1;
    }
    const { child, ended } = this.#waiting.shift() as Started;
    child.stdin.end('go\n');
    return ended;
  }

  /** Those that were never told to go end. */
  async dispose(): Promise<void> {
    await Promise.all(
      this.#waiting.splice(0).map(({ child, ended }) => {
        child.kill('SIGKILL');
        return ended;
      }),
    );
  }
}

function started(script: string, args: readonly string[]): Started {
  const child = spawn(process.execPath, ['--import', HOOK, script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  // It may be gone before it was told to go.
  child.stdin.on('error', () => undefined);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => (output += chunk));
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, output });
    });
  });
  return { child, ended };
}
