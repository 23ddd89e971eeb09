import { createHash, type Hash } from 'node:crypto';
import type { EventStore, StoredEvent } from '../event-store.ts';
import type { EventStoreDbEventStore } from './eventstoredb-event-store.ts';

export interface CopyOptions {
  readonly from: EventStore;
  /** An empty log, or one that an earlier run of the same copy has begun. Nobody else may write to either. */
  readonly to: EventStoreDbEventStore;
  /** Positions in the old log that are wanted in the new one: checkpoints of whoever reads it. */
  readonly checkpoints?: readonly bigint[];
  /** Told after every append. */
  readonly progress?: (events: bigint) => void;
  readonly signal?: AbortSignal;
}

export interface CopiedLog {
  readonly events: bigint;
  /** Of those, written by this run. */
  readonly written: bigint;
  /** SHA-256 over everything of every event but its position, in order; the same of both logs. */
  readonly hash: string;
  /** Each wanted position, and what it is in the new log. */
  readonly checkpoints: ReadonlyMap<bigint, bigint>;
}

/** The new log holds something else than the old one: it is not a copy of it, or somebody wrote to it. */
export class CopyDiffers extends Error {
  constructor(
    readonly event: bigint,
    reason: string,
  ) {
    super(`event ${event} of the copy: ${reason}`);
    this.name = 'CopyDiffers';
  }
}

/** As many as a page of both stores holds. */
const PAGE_EVENTS = 1_000;
/** A copied append stays below the server's limit with its times. */
const MAX_COPY_EVENTS = 500;

/**
 * Copies a whole log in its order: ids, types, bytes, metadata, revisions and recorded times. What an earlier run has written is
 * compared with the old log, event by event, before this one goes on behind it, so a run that was killed is just run again.
 * Then both logs are read and hashed. Throws CopyDiffers.
 */
export async function copyLog({ from, to, checkpoints = [], progress, signal }: CopyOptions): Promise<CopiedLog> {
  const source = wholeLog(from, signal);
  const there = wholeLog(to, signal);
  let events = 0n;
  for await (const copied of there) {
    const { value: original, done } = await source.next();
    if (done === true) throw new CopyDiffers(events, 'the old log has no such event');
    if (digestOf(copied) !== digestOf(original)) throw new CopyDiffers(events, `it is not ${original.id}`);
    events += 1n;
  }
  const before = events;
  for await (const append of appendsOf(source)) {
    await to.copy(append);
    events += BigInt(append.length);
    progress?.(events);
  }
  return { ...(await verified(from, to, checkpoints, signal)), written: events - before };
}

async function verified(
  from: EventStore,
  to: EventStore,
  wanted: readonly bigint[],
  signal: AbortSignal | undefined,
): Promise<Omit<CopiedLog, 'written'>> {
  const waiting = [...wanted].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const checkpoints = new Map<bigint, bigint>();
  const [one, other] = [createHash('sha256'), createHash('sha256')];
  const copies = wholeLog(to, signal);
  let events = 0n;
  /** Where the new log stands for a reader of the old one that has everything so far. */
  let reached = 0n;
  for await (const original of wholeLog(from, signal)) {
    const { value: copied, done } = await copies.next();
    if (done === true) throw new CopyDiffers(events, 'it is missing');
    while (waiting[0] !== undefined && waiting[0] < original.position) checkpoints.set(waiting.shift() ?? 0n, reached);
    add(one, original);
    add(other, copied);
    reached = copied.position;
    events += 1n;
  }
  for (const position of waiting) checkpoints.set(position, reached);
  if ((await copies.next()).done !== true) throw new CopyDiffers(events, 'the old log has no such event');
  const hash = one.digest('hex');
  if (hash !== other.digest('hex')) throw new CopyDiffers(events, 'the logs have different hashes');
  return { events, hash, checkpoints };
}

async function* wholeLog(
  store: EventStore,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredEvent, void, undefined> {
  for (let after = 0n; ;) {
    signal?.throwIfAborted();
    const page = await store.readAll({ after, limit: PAGE_EVENTS });
    yield* page.events;
    if (page.atHead) return;
    after = page.position;
  }
}

/** Consecutive events of one stream with one recorded time: an append of the old log, or a part of one. */
async function* appendsOf(events: AsyncIterable<StoredEvent>): AsyncGenerator<readonly StoredEvent[], void, undefined> {
  let append: StoredEvent[] = [];
  let bytes = 0;
  for await (const event of events) {
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

const MAX_COPY_BYTES = 900_000;
const sizeOf = ({ data, metadata, type }: StoredEvent): number =>
  data.byteLength + Buffer.byteLength(JSON.stringify(metadata)) + 2 * type.length;

function add(hash: Hash, { id, type, stream, revision, recordedAt, metadata, data }: StoredEvent): void {
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

function digestOf(event: StoredEvent): string {
  const hash = createHash('sha256');
  add(hash, event);
  return hash.digest('hex');
}
