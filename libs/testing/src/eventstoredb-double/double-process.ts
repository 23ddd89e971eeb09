import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const HOOK = join(import.meta.dirname, '../../../../tools/swc-hook.mjs');
const MAIN = join(import.meta.dirname, 'main.ts');

/** The double in a process of its own, for tests that kill or freeze a server and for benches that measure only the client. */
export interface EventStoreDbProcess {
  readonly url: string;
  /** SIGKILL ends it, SIGSTOP freezes it, SIGCONT lets it go on. */
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly stop: () => Promise<void>;
}

export async function eventStoreDbProcess(port = 0): Promise<EventStoreDbProcess> {
  const child = spawn(process.execPath, ['--import', HOOK, MAIN, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const url = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => String(line)),
    ended.then(() => {
      throw new Error('the double did not start');
    }),
  ]);
  return {
    url,
    signal(signal) {
      child.kill(signal);
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
