import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { StartFault } from '../start-fault.ts';
import { BrokenBackup, type Frame, unframed } from './frames.ts';
import type { EventLine, Manifest } from './manifest.ts';

const CHUNK_BYTES = 1_048_576;

/** Called often with what is under way; whoever wants to stop throws. */
export type Progress = (step: string, done: number, total: number) => void;

export interface BackupSummary {
  readonly manifest: Manifest;
  readonly destroyed: readonly string[];
  /** By service: under which names its events lie, each with the position of the first. */
  readonly types: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Reads a backup from end to end, so that a broken one is known before anything is made. Throws StartFault with the reason. */
export async function checkBackup(file: string, progress: Progress = () => undefined): Promise<BackupSummary> {
  let manifest: Manifest | undefined;
  const destroyed: string[] = [];
  const counts = new Map<string, bigint>();
  const types = new Map<string, Map<string, string>>();
  for await (const { kind, lines } of framesOf(file, progress)) {
    if (kind === 'M') manifest = lines[0] as Manifest;
    else if (kind === 'D') destroyed.push(...(lines as string[]));
    else if (kind === 'L') {
      const service = lines[0] as string;
      counts.set(service, (counts.get(service) ?? 0n) + BigInt(lines.length - 1));
      const known = types.get(service) ?? new Map<string, string>();
      types.set(service, known);
      for (const [position, , , , , type] of lines.slice(1) as EventLine[])
        if (!known.has(type)) known.set(type, position);
    }
  }
  if (manifest === undefined) throw new StartFault(`${file} has no manifest.`);
  for (const { service, position } of manifest.logs)
    if ((counts.get(service) ?? 0n) !== BigInt(position))
      throw new StartFault(`${file} does not hold the whole log of ${service}.`);
  return { manifest, destroyed, types };
}

/** The frames of the file, each checked. What is wrong with the file is a StartFault. */
export async function* framesOf(file: string, progress: Progress = () => undefined): AsyncGenerator<Frame> {
  try {
    const { size } = await stat(file);
    yield* unframed(readInParts(file, size, progress));
  } catch (error) {
    if (error instanceof BrokenBackup) throw new StartFault(`${file} ${error.message}.`);
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT') throw new StartFault(`There is no file ${file}.`);
    if (code === 'EISDIR') throw new StartFault(`${file} is a folder.`);
    if (code === 'EACCES') throw new StartFault(`There is no permission to read ${file}.`);
    throw error;
  }
}

async function* readInParts(file: string, size: number, progress: Progress): AsyncGenerator<Buffer> {
  let done = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    yield chunk;
    done += chunk.byteLength;
    progress('reading', done, size);
  }
}
