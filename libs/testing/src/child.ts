import { spawn } from 'node:child_process';
import { join } from 'node:path';

const HOOK = join(import.meta.dirname, '../../../tools/swc-hook.mjs');

/** Runs a TypeScript file in a process of its own: how it ended, and what it printed on both streams. */
export async function endOf(
  script: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly signal: string | null; readonly output: string }> {
  const child = spawn(process.execPath, ['--import', HOOK, script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => (output += chunk));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, output });
    });
  });
}
