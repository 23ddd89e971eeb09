import type { FeedHead } from './feed.ts';

/**
 * How far who has handled a log up to `position` is behind its head: in positions (events, or bytes of EventStoreDB), and in
 * seconds since `since`, milliseconds of the epoch at which it was last known to keep up; 0 when that is not known. Null where the head is not known.
 */
export function behind(position: bigint, head: FeedHead | null, since: number) {
  if (head === null) return { head: null, lag: null, lagSeconds: null };
  const lag = head.position > position ? head.position - position : 0n;
  const lagSeconds = lag === 0n || since === 0 ? 0 : Math.max(0, (Date.now() - since) / 1_000);
  return { head: head.position, lag, lagSeconds };
}
