import { createHash, type Hash } from 'node:crypto';
import type { EventStore, StoredEvent } from '../event-store.ts';

/** The new log holds something else than the old one: it is not a copy of it, or somebody wrote to it. */
export class CopyDiffers extends Error {
  constructor(
    /** Number of the event in the order of the log, from 0. */
    readonly event: bigint,
    reason: string,
  ) {
    super(`event ${event} of the copy: ${reason}`);
    this.name = 'CopyDiffers';
  }
}

/** As many as a page of both stores holds. */
export const PAGE_EVENTS = 1_000;

/** Everything of an event but its position. */
export function addTo(hash: Hash, { id, type, stream, revision, recordedAt, metadata, data }: StoredEvent): void {
  // The lengths keep the end of one field from being the beginning of the next.
  const texts = JSON.stringify([
    id,
    type,
    stream,
    `${revision}`,
    recordedAt,
    JSON.stringify(metadata),
    data.byteLength,
  ]);
  hash.update(texts).update(data);
}

/** Whether two events of two logs are the same in all but their positions. */
export function isCopy(one: StoredEvent, other: StoredEvent): boolean {
  return digestOf(one) === digestOf(other);
}

function digestOf(event: StoredEvent): string {
  const hash = createHash('sha256');
  addTo(hash, event);
  return hash.digest('hex');
}

export async function* eventsAfter(
  store: EventStore,
  position: bigint,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredEvent, void, undefined> {
  for (let after = position; ;) {
    signal?.throwIfAborted();
    const page = await store.readAll({ after, limit: PAGE_EVENTS });
    yield* page.events;
    if (page.atHead) return;
    after = page.position;
  }
}
