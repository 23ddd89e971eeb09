import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore, StoredEvent } from '../event-store.ts';
import { CopyDiffers, isCopy, PAGE_EVENTS } from './copied-event.ts';

/** A log that takes over another one's events as they are, their recorded times included. Nobody else writes to it. */
export interface CopyTarget {
  readonly store: EventStore;
  /** The next events of the log, in order. When it fails, some of them may be there, the first ones first. */
  append(events: readonly StoredEvent[]): Promise<void>;
}

/** Positions of the same events in both logs, in order. */
export interface CopiedStretch {
  readonly from: readonly bigint[];
  readonly to: readonly bigint[];
}

export interface CopyOptions {
  readonly from: EventStore;
  readonly to: CopyTarget;
  /** The last event that is known to stand in both logs, and how many there are up to it. */
  readonly after?: { readonly from: bigint; readonly to: bigint; readonly events: bigint } | undefined;
  /** Told of each stretch when it was read back and found to be the same; the next one waits for it. */
  readonly copied: (stretch: CopiedStretch) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** A cluster may answer a read from a member that lags behind the one that wrote. */
const READ_BACK_ATTEMPTS = 50;
const READ_BACK_PAUSE_MS = 100;

/**
 * Copies a log in its order, stretch by stretch: what an earlier run has written behind the last stretch that it told of is compared
 * first, what is missing is written, and all is read back. A run that was killed anywhere is just run again. Throws CopyDiffers.
 */
export async function copyLog({ from, to, after, copied, signal }: CopyOptions): Promise<void> {
  let { from: position, to: reached, events } = after ?? { from: 0n, to: 0n, events: 0n };
  for (;;) {
    signal?.throwIfAborted();
    const page = await from.readAll({ after: position, limit: PAGE_EVENTS });
    const there = await nextOf(to.store, reached, page.events.length);
    requireCopies(there, page.events, events);
    const missing = page.events.slice(there.length);
    if (missing.length > 0) {
      await to.append(missing);
      const written = await readBack(to.store, there.at(-1)?.position ?? reached, missing.length);
      requireCopies(written, missing, events + BigInt(there.length));
      if (written.length < missing.length)
        throw new CopyDiffers(events + BigInt(there.length + written.length), 'it is missing after it was written');
      there.push(...written);
    }
    if (there.length > 0) await copied({ from: page.events.map(positionOf), to: there.map(positionOf) });
    events += BigInt(page.events.length);
    reached = there.at(-1)?.position ?? reached;
    position = page.position;
    if (page.atHead) break;
  }
  if ((await nextOf(to.store, reached, 1)).length > 0) throw new CopyDiffers(events, 'the old log has no such event');
}

const positionOf = ({ position }: StoredEvent): bigint => position;

function requireCopies(copies: readonly StoredEvent[], originals: readonly StoredEvent[], before: bigint): void {
  for (const [n, copy] of copies.entries()) {
    const original = originals[n];
    if (original === undefined || !isCopy(copy, original))
      throw new CopyDiffers(before + BigInt(n), `${copy.id} is not ${original?.id ?? 'there'} as it was`);
  }
}

async function readBack(store: EventStore, after: bigint, count: number): Promise<StoredEvent[]> {
  let found: StoredEvent[] = [];
  for (let attempt = 1; attempt <= READ_BACK_ATTEMPTS; attempt += 1) {
    found = await nextOf(store, after, count);
    if (found.length === count) break;
    await pause(READ_BACK_PAUSE_MS);
  }
  return found;
}

/** At most so many events of the log behind a position. */
async function nextOf(store: EventStore, after: bigint, count: number): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (let position = after; events.length < count;) {
    const page = await store.readAll({ after: position, limit: count - events.length });
    events.push(...page.events);
    if (page.atHead) break;
    position = page.position;
  }
  return events;
}
