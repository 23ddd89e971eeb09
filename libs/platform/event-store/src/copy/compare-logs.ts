import { createHash } from 'node:crypto';
import type { EventStore } from '../event-store.ts';
import { addTo, CopyDiffers, eventsAfter, isCopy } from './copied-event.ts';

export interface CompareOptions {
  readonly from: EventStore;
  readonly to: EventStore;
  /** So many events from the first on; what the old log has behind them is left out. Default: all. */
  readonly events?: bigint | undefined;
  /** Told how many events were found to be the same. */
  readonly progress?: ((events: bigint) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ComparedLogs {
  readonly events: bigint;
  /** SHA-256 over everything of every event but its position, in order; the same of both logs. */
  readonly hash: string;
}

const PROGRESS_EVENTS = 500n;

/** Reads both logs as they lie in their stores, from the first event to the last. Throws CopyDiffers at the first difference. */
export async function compareLogs({
  from,
  to,
  events: count,
  progress,
  signal,
}: CompareOptions): Promise<ComparedLogs> {
  const hash = createHash('sha256');
  const copies = eventsAfter(to, 0n, signal);
  let events = 0n;
  for await (const original of eventsAfter(from, 0n, signal)) {
    if (events === count) break;
    const { value: copied, done } = await copies.next();
    if (done === true) throw new CopyDiffers(events, `${original.id} is missing`);
    if (!isCopy(copied, original)) throw new CopyDiffers(events, `${copied.id} is not ${original.id} as it was`);
    addTo(hash, copied);
    events += 1n;
    if (events % PROGRESS_EVENTS === 0n) progress?.(events);
  }
  if ((await copies.next()).done !== true) throw new CopyDiffers(events, 'the old log has no such event');
  progress?.(events);
  return { events, hash: hash.digest('hex') };
}
