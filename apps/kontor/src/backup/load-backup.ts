import { randomUUID } from 'node:crypto';
import {
  type CopiedKey,
  type CopiedSeal,
  importLog,
  importSeals,
  PostgresKeyVault,
  type SealsStamp,
} from '@kontor/event-store';
import type pg from 'pg';
import { sealsOf } from '../composition/platform.ts';
import { recordRestored } from '../migration/log-moves.ts';
import { prepareRegistry } from '../migration/store-registry.ts';
import { framesOf, type Progress } from './check-backup.ts';
import type { Frame } from './frames.ts';
import { type EventLine, eventOf, type Manifest, type ManifestLog } from './manifest.ts';

/** Frames come log by log, its events before its seals, so each log is one pass over its part of the file. */
export async function loadBackup(pool: pg.Pool, file: string, manifest: Manifest, progress: Progress): Promise<void> {
  const frames = new Peeked(framesOf(file));
  await frames.next();
  const total = manifest.logs.reduce((sum, { position }) => sum + Number(position), 0);
  let loaded = 0;
  await prepareRegistry(pool);
  for (const log of manifest.logs) {
    const events = partsOf(frames, 'L', log, (lines) => {
      loaded += lines.length;
      progress('loading', loaded, total);
      return (lines as EventLine[]).map(eventOf);
    });
    const { service, logId: oldLog } = log;
    const newLog = randomUUID();
    const position = BigInt(log.position);
    const stamp = { logId: newLog, position, partitionSize: BigInt(log.partitionSize) };
    await importLog(pool, `${log.service}_log`, stamp, events);
    await importSeals(
      pool,
      sealsOf(log.service),
      goingOnIn(newLog, log.seals),
      partsOf(frames, 'S', log, (lines) => lines as CopiedSeal[]),
    );
    await recordRestored(pool, { service, oldLog, newLog, position });
  }
  const vault = await PostgresKeyVault.open(pool);
  for (let frame = await frames.peek(); frame?.kind === 'K'; frame = await frames.peek())
    await vault.importKeys((await frames.next())?.lines as CopiedKey[]);
}

/** Roots keep the log that they were signed with; the next ones are of the log of now. */
function goingOnIn(newLog: string, seals: SealsStamp): SealsStamp {
  const { logId, roots } = seals;
  if (logId === null) return seals;
  return { ...seals, logId: newLog, roots: roots.map((root) => ({ logId, ...root })) };
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
