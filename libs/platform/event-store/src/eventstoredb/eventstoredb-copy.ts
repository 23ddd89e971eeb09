import type { CopyTarget } from '../copy/copy-log.ts';
import type { StoredEvent } from '../event-store.ts';
import type { EventStoreDbEventStore } from './eventstoredb-event-store.ts';

/** A copied append stays below the server's limit with its times. */
const MAX_COPY_EVENTS = 500;
const MAX_COPY_BYTES = 900_000;

/** A log in EventStoreDB as the target of a copy: append by append, each at its exact revision, so that nothing is written twice. */
export function intoEventStoreDb(store: EventStoreDbEventStore): CopyTarget {
  return {
    store,
    async append(events) {
      for (const append of appendsOf(events)) await store.copy(append);
    },
  };
}

/** Consecutive events of one stream with one recorded time: an append of the old log, or a part of one. */
function* appendsOf(events: readonly StoredEvent[]): Generator<readonly StoredEvent[], void, undefined> {
  let append: StoredEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const [first] = append;
    const size = sizeOf(event);
    const same = first?.stream === event.stream && first.recordedAt === event.recordedAt;
    if (first !== undefined && (!same || append.length === MAX_COPY_EVENTS || bytes + size > MAX_COPY_BYTES)) {
      yield append;
      append = [];
      bytes = 0;
    }
    append.push(event);
    bytes += size;
  }
  if (append.length > 0) yield append;
}

const sizeOf = ({ data, metadata, type }: StoredEvent): number =>
  data.byteLength + Buffer.byteLength(JSON.stringify(metadata)) + 2 * type.length;
