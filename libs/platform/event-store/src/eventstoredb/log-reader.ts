import { StreamNotFoundError, type AllStreamResolvedEvent, type ResolvedEvent } from '@eventstore/db-client';
import type { AllPage, EventFilter, LogHead, ReadAllOptions, ReadStreamOptions, StoredEvent } from '../event-store.ts';
import type { ClientSlot } from './client-slot.ts';
import { collect } from './collect.ts';
import type { EventStoreDbLimits } from './eventstoredb.config.ts';
import { belongs, type LogIdentity, type LogScope } from './log-identity.ts';
import { createdAt, storedEvent } from './recorded-event.ts';
import { NotAPosition, storeError } from './store-errors.ts';

/** Everything that asks the log and changes nothing. */
export class LogReader {
  constructor(
    private readonly slot: ClientSlot,
    private readonly scope: LogScope,
    private readonly limits: EventStoreDbLimits,
    private readonly identity: () => Promise<LogIdentity>,
    /** Told of everything that is read: the log reaches at least there. */
    private readonly seen: (position: bigint, recordedAt: string) => void,
  ) {}

  async *readStream(stream: string, options: ReadStreamOptions): AsyncGenerator<StoredEvent, void, undefined> {
    const forwards = options.direction !== 'backwards';
    let left = options.limit ?? Infinity;
    let from = options.from;
    while (left > 0 && (from === undefined || from >= 0n)) {
      const { events, cut } = await this.streamPage(stream, forwards, from, Math.min(left, this.limits.maxPageEvents));
      for (const event of events) {
        left -= 1;
        from = forwards ? event.revision + 1n : event.revision - 1n;
        yield event;
      }
      if (!cut) return;
    }
  }

  /** One page; `cut` says that there may be more of it. */
  private async streamPage(
    stream: string,
    forwards: boolean,
    from: bigint | undefined,
    maxCount: number,
  ): Promise<{ readonly events: readonly StoredEvent[]; readonly cut: boolean }> {
    const events: StoredEvent[] = [];
    let bytes = 0;
    let cut = false;
    const open = (): AsyncIterable<ResolvedEvent> =>
      this.slot.get().readStream(`${this.scope.streamPrefix}${stream}`, {
        direction: forwards ? 'forwards' : 'backwards',
        fromRevision: from ?? (forwards ? 'start' : 'end'),
        maxCount,
      });
    try {
      await collect(
        this.slot,
        open,
        this.limits.readTimeoutMs,
        'read stream',
        ({ event, commitPosition }: ResolvedEvent) => {
          if (event === undefined) return false;
          events.push(storedEvent(event, commitPosition ?? event.position?.commit ?? 0n, stream));
          bytes += events.at(-1)?.data.byteLength ?? 0;
          cut = events.length === maxCount || bytes >= this.limits.maxPageBytes;
          return cut;
        },
      );
    } catch (error) {
      if (error instanceof StreamNotFoundError) return { events: [], cut: false };
      throw storeError('read stream', error, this.limits.readTimeoutMs, { stream });
    }
    for (const { position, recordedAt } of events) this.seen(position, recordedAt);
    return { events, cut };
  }

  /**
   * The client can filter subscriptions only, so a page is read through everything the server holds, and what is not the
   * log's is left out here. `position` is always that of an event: a checkpoint that the server makes up is never used.
   */
  async readAll({ after, filter, limit }: ReadAllOptions): Promise<AllPage> {
    const { birth } = await this.identity();
    const from = after > birth ? after : birth;
    const want = Math.max(1, Math.min(limit, this.limits.maxPageEvents));
    const look = Math.max(want, this.limits.maxLookedAtPerRead);
    const events: StoredEvent[] = [];
    let bytes = 0;
    let looked = 0;
    let more = false;
    let position = after;
    let recordedAt: string | null = null;
    const take = ({ event, commitPosition }: AllStreamResolvedEvent): boolean => {
      if (event === undefined) return false;
      const at = commitPosition ?? event.position.commit;
      const { streamPrefix } = this.scope;
      const own = belongs(this.scope, event.streamId, event.type);
      if (at <= from) {
        // Reads begin with the event at the position itself, which says when the caller's position was recorded.
        if (from > birth) recordedAt = own ? storedEvent(event, at, '').recordedAt : createdAt(event);
        return false;
      }
      if (events.length === want || looked === look || bytes >= this.limits.maxPageBytes) {
        more = true;
        return true;
      }
      looked += 1;
      position = at;
      const stored = own ? storedEvent(event, at, event.streamId.slice(streamPrefix.length)) : null;
      recordedAt = stored?.recordedAt ?? createdAt(event);
      if (stored !== null && matches(stored, filter)) {
        events.push(stored);
        bytes += stored.data.byteLength;
      }
      return false;
    };
    await this.readFrom(from, look + 2, take).catch((error: unknown) => {
      if (!(error instanceof NotAPosition)) throw error;
      // Whoever begins with an event says "after the position before it", and there nothing stands.
      return this.readFrom(from + 1n, look + 2, take).catch((again: unknown) => {
        throw again instanceof NotAPosition ? error : again;
      });
    });
    if (position > after && recordedAt !== null) this.seen(position, recordedAt);
    return { events, position, recordedAt, atHead: !more };
  }

  /** Throws NotAPosition before anything was taken. */
  private async readFrom(
    position: bigint,
    maxCount: number,
    take: (item: AllStreamResolvedEvent) => boolean,
  ): Promise<void> {
    const fromPosition = { commit: position, prepare: position };
    const open = (): AsyncIterable<AllStreamResolvedEvent> => this.slot.get().readAll({ fromPosition, maxCount });
    try {
      await collect(this.slot, open, this.limits.readTimeoutMs, 'read all', take);
    } catch (error) {
      throw storeError('read all', error, this.limits.readTimeoutMs, { position });
    }
  }

  /** The last event of any kind: whoever has read up to there has no lag. An untouched log is at 0. */
  async head(): Promise<LogHead> {
    return this.headOf(await this.identity());
  }

  /** The same for a log that is just being opened. */
  async headOf({ logId, birth }: LogIdentity): Promise<LogHead> {
    let head: LogHead = { logId, position: 0n, recordedAt: null };
    const open = (): AsyncIterable<AllStreamResolvedEvent> =>
      this.slot.get().readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 });
    try {
      await collect(
        this.slot,
        open,
        this.limits.readTimeoutMs,
        'head',
        ({ event, commitPosition }: AllStreamResolvedEvent) => {
          if (event === undefined) return false;
          const position = commitPosition ?? event.position.commit;
          const own = belongs(this.scope, event.streamId, event.type);
          const recordedAt = own ? storedEvent(event, position, '').recordedAt : createdAt(event);
          if (position > birth) head = { logId, position, recordedAt };
          return true;
        },
      );
    } catch (error) {
      throw storeError('head', error, this.limits.readTimeoutMs);
    }
    if (head.recordedAt !== null) this.seen(head.position, head.recordedAt);
    return head;
  }
}

/** Prefixes of texts; an empty list selects nothing, an absent one all. */
export function matches(event: StoredEvent, filter: EventFilter | undefined): boolean {
  const { typePrefixes, streamPrefixes } = filter ?? {};
  return (
    (typePrefixes === undefined || typePrefixes.some((prefix) => event.type.startsWith(prefix))) &&
    (streamPrefixes === undefined || streamPrefixes.some((prefix) => event.stream.startsWith(prefix)))
  );
}
