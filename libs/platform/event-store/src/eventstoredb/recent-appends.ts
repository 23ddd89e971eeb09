import { LRUCache } from 'lru-cache';

/** Appends of this process that are remembered: those whose repetition could be answered before their events were seen in the log. */
const MAX_REMEMBERED = 10_000;

/**
 * The server answers a repeated append like a first one. Older ones are told by their position, which lies at or below what the
 * process had seen of the log; of those that run side by side the first to be answered is the first.
 * Position and id together name an event of one log; a log's events are appended by one or a few processes.
 */
class RecentAppends {
  private readonly answered = new LRUCache<string, bigint>({ max: MAX_REMEMBERED });

  /** False for the first receipt that names this event at this position, true ever after. */
  isRepeated(lastEventId: string, position: bigint): boolean {
    if (this.answered.get(lastEventId) === position) return true;
    this.answered.set(lastEventId, position);
    return false;
  }
}

export const recentAppends = new RecentAppends();
