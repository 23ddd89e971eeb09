import type { CloudEvent } from '@kontor/kernel';

/** How far a log was looked at: nothing at or below `position` is still to come. */
export interface Watermark {
  readonly position: bigint;
  /** When the last event at or below `position` was recorded; null when that is not known. */
  readonly recordedAt: string | null;
}

/**
 * Ordered contracts of one service and the watermark up to which nothing is still to come. A consumer stores the
 * watermark as its checkpoint.
 */
export interface FeedBatch {
  readonly service: string;
  readonly logId: string;
  readonly events: readonly CloudEvent[];
  readonly watermark: Watermark;
  /** True when the watermark had reached the head of the log when the batch was read. */
  readonly caughtUp: boolean;
}

export interface FeedOptions {
  readonly service: string;
  /** Read after this position; 0n is the beginning. */
  readonly after: bigint;
  /** The log that `after` belongs to; a feed of another log throws LogChanged. Null or absent: any log. */
  readonly logId?: string | null;
  readonly batchSize?: number;
  /** False: end at the head. True: wait for what comes. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export interface FeedHead extends Watermark {
  readonly logId: string;
}

/**
 * Published events of other services, in order, from any position on. Pulled: nothing is read ahead of the consumer.
 *
 * `read` ends when its signal is aborted. It throws LogChanged, PositionNotYetReached, UnknownService and, when the
 * other side cannot be reached, FeedUnavailable; read again from the last watermark after that.
 */
export abstract class Feed {
  abstract read(options: FeedOptions): AsyncIterable<FeedBatch>;
  abstract head(service: string): Promise<FeedHead>;
}
