import type { FeedBatch, Watermark } from '@kontor/feed';
import type { CloudEvent } from '@kontor/kernel';

/** A batch in parts of so many events as `partEvents` says each time; the last one has the batch's own watermark. */
export function* partsOf(batch: FeedBatch, partEvents: () => number): Generator<FeedBatch> {
  let rest = batch.events;
  for (;;) {
    const size = Math.max(1, partEvents());
    if (rest.length <= size) {
      yield { ...batch, events: rest };
      return;
    }
    const events = rest.slice(0, size);
    yield { ...batch, events, watermark: endOf(events.at(-1) as CloudEvent), caughtUp: false };
    rest = rest.slice(size);
  }
}

/** The watermark of a log that was looked at up to this event. */
export function endOf({ position, recordedat }: CloudEvent): Watermark {
  return { position: BigInt(position), recordedAt: recordedat };
}
