import { type CopiedKey, type CopiedSeal, importLog, importSeals, PostgresKeyVault } from '@kontor/event-store';
import type pg from 'pg';
import { sealsOf } from '../composition/platform.ts';
import { framesOf, type Progress } from './check-backup.ts';
import type { Frame } from './frames.ts';
import { type EventLine, eventOf, type Manifest, type ManifestLog } from './manifest.ts';

/** Frames come log by log, its events before its seals, so each log is one pass over its part of the file. */
export async function loadBackup(pool: pg.Pool, file: string, manifest: Manifest, progress: Progress): Promise<void> {
  const frames = new Peeked(framesOf(file));
  await frames.next();
  const total = manifest.logs.reduce((sum, { position }) => sum + Number(position), 0);
  let loaded = 0;
  for (const log of manifest.logs) {
    const events = partsOf(frames, 'L', log, (lines) => {
      loaded += lines.length;
      progress('loading', loaded, total);
      return (lines as EventLine[]).map(eventOf);
    });
    const stamp = { logId: log.logId, position: BigInt(log.position), partitionSize: BigInt(log.partitionSize) };
    await importLog(pool, `${log.service}_log`, stamp, events);
    await importSeals(
      pool,
      sealsOf(log.service),
      log.seals,
      partsOf(frames, 'S', log, (lines) => lines as CopiedSeal[]),
    );
  }
  const vault = await PostgresKeyVault.open(pool);
  for (let frame = await frames.peek(); frame?.kind === 'K'; frame = await frames.peek())
    await vault.importKeys((await frames.next())?.lines as CopiedKey[]);
}

async function* partsOf<Part>(
  frames: Peeked,
  kind: Frame['kind'],
  { service }: ManifestLog,
  partOf: (lines: readonly unknown[]) => Part,
): AsyncGenerator<Part> {
  for (
    let frame = await frames.peek();
    frame?.kind === kind && frame.lines[0] === service;
    frame = await frames.peek()
  ) {
    await frames.next();
    yield partOf(frame.lines.slice(1));
  }
}

class Peeked {
  #held: Frame | undefined;

  constructor(private readonly frames: AsyncGenerator<Frame>) {}

  async peek(): Promise<Frame | undefined> {
    if (this.#held === undefined) {
      const next = await this.frames.next();
      if (next.done === true) return undefined;
      this.#held = next.value;
    }
    return this.#held;
  }

  async next(): Promise<Frame | undefined> {
    const frame = await this.peek();
    this.#held = undefined;
    return frame;
  }
}
