import type { EventStore } from '@kontor/event-store';
import { EVENTSTOREDB_LIMITS } from '@kontor/event-store/eventstoredb';
import { pause } from '@kontor/feed';
import { BELIEVED_FOR_MS } from './writers-lease.ts';

/** What the server had taken when its writer gave it up may still be carried out. */
const SERVER_IS_LATE_MS = 3_000;

/**
 * From when the lease is taken by who moves the logs until nobody writes to the old ones any more. A writer that has lost contact
 * believes for a while that it holds the lease, may begin an append in the last moment of it, and that one takes its time.
 * A log in PostgreSQL needs none of this: the switch takes the lock of its appends.
 */
export const LATE_WRITERS_MS = BELIEVED_FOR_MS + EVENTSTOREDB_LIMITS.appendTimeoutMs + SERVER_IS_LATE_MS;

const TELL_EVERY_MS = 1_000;

export interface Wait {
  /** When the lease was taken, by performance.now(). */
  readonly since: number;
  readonly graceMs: number;
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly progress: (done: number) => void;
}

/** What was copied and compared meanwhile was no loss of time: it counts. */
export async function untilWritersAreGone({ since, graceMs, signal, progress }: Wait): Promise<void> {
  for (;;) {
    const leftMs = since + graceMs - performance.now();
    if (leftMs <= 0) return;
    progress(1 - leftMs / graceMs);
    await pause(Math.min(leftMs, TELL_EVERY_MS), signal);
    signal.throwIfAborted();
  }
}

/** Whether the log has an event behind this position: those of others on the same server do not count. */
export async function hasEventsAfter(store: EventStore, position: bigint): Promise<boolean> {
  for (let after = position; ;) {
    const page = await store.readAll({ after, limit: 1 });
    if (page.events.length > 0) return true;
    if (page.atHead) return false;
    after = page.position;
  }
}
