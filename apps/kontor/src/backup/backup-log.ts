import type { CopiedEvent, CopiedSeal } from '@kontor/event-store';
import type { ManifestLog } from './manifest.ts';

/** A log as it goes into a backup: cut somewhere, its events counted from 1. */
export interface BackupLog {
  readonly manifest: ManifestLog;
  events(): AsyncIterable<readonly CopiedEvent[]>;
  seals(): AsyncIterable<readonly CopiedSeal[]>;
}
