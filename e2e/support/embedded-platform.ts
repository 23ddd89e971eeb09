import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@kontor/testing';
import { Api } from '../chaos/api.ts';
import { type Ended, run } from './command-line.ts';

const UP_WITHIN_MS = 180_000;
const STOP_WITHIN_MS = 60_000;
const MAIN = ['--import', './tools/swc-hook.mjs', 'apps/kontor/src/main.ts'];

/** The embedded platform with the PostgreSQL that it brings along, without the demo firm. */
export interface EmbeddedPlatform {
  readonly api: Api;
  readonly folder: string;
  readonly ended: Promise<Ended>;
  /** Process id of its PostgreSQL, as that says itself. */
  postgres(): Promise<number>;
  /** SIGTERM, and how it ended. */
  stop(): Promise<Ended>;
  dispose(): Promise<void>;
}

export async function embeddedPlatform(folder?: string): Promise<EmbeddedPlatform> {
  const data = folder ?? (await mkdtemp(join(tmpdir(), 'kontor-embedded-')));
  const { child, ended } = run(process.execPath, [...MAIN, '--data', data, '--port', '0', '--empty']);
  let output = '';
  child.stdout?.on('data', (text: string) => (output += text));
  const up = await eventually(
    'the platform says that it is up, or ends',
    () => output.includes('Kontor is up at') || (child.exitCode ?? undefined),
    UP_WITHIN_MS,
  );
  if (up !== true) throw new Error(`the platform ended: ${JSON.stringify(await ended)}`);
  const url = (await readFile(join(data, 'url'), 'utf8')).trim();
  const token = (await readFile(join(data, 'admin-token'), 'utf8')).trim();
  const platform: EmbeddedPlatform = {
    api: new Api(
      () => url,
      () => token,
    ),
    folder: data,
    ended,
    async postgres() {
      const text = await readFile(join(data, 'postgres', 'postmaster.pid'), 'utf8');
      return Number(text.split('\n', 1)[0]);
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      const end = await ended;
      clearTimeout(timer);
      return end;
    },
    async dispose() {
      await platform.stop();
      await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
  return platform;
}
