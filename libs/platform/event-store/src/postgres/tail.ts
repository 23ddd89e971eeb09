import type { AllPage, EventFilter, ReadAllOptions, StoredEvent } from '../event-store.ts';
import { pause } from './log-signal.ts';
import type { StoreLimits } from './store.config.ts';

/**
 * The end of the log in memory, shared by the subscriptions of a process. A service has a dozen of them, all waiting at
 * the head: without this each would ask the server for the same few events. Who is behind reads for himself until he
 * reaches what is held here. Positions are dense, so a position is an index.
 */
export class Tail {
  private events: StoredEvent[] = [];
  private bytes = 0;
  /** Everything up to here is known; -1 while nobody has reached the head yet. */
  private end = -1n;
  private endRecordedAt: string | null = null;
  private endWasHead = false;
  private advancing: Promise<void> | undefined;
  private advancedAt = -Infinity;

  constructor(
    private readonly readAll: (options: ReadAllOptions) => Promise<AllPage>,
    /** The highest position anybody has told of. */
    private readonly toldHead: () => bigint,
    private readonly limits: StoreLimits,
  ) {}

  /** A page as readAll gives it. At the head it is asked for at most every `minReadIntervalMs`, for all together. */
  async page(options: ReadAllOptions, signal: AbortSignal): Promise<AllPage> {
    if (options.after < this.end - BigInt(this.events.length) || this.end < 0n) return this.ownPage(options);
    if (options.after >= this.end) {
      this.advancing ??= this.advance(signal).finally(() => {
        this.advancing = undefined;
      });
      await this.advancing;
    }
    return this.heldPage(options);
  }

  private async ownPage(options: ReadAllOptions): Promise<AllPage> {
    const page = await this.readAll(options);
    if (page.atHead && page.position > this.end) this.startAt(page);
    return page;
  }

  private startAt(page: AllPage): void {
    this.events = [];
    this.bytes = 0;
    this.end = page.position;
    this.endRecordedAt = page.recordedAt;
    this.endWasHead = true;
  }

  private async advance(signal: AbortSignal): Promise<void> {
    await pause(this.limits.minReadIntervalMs - (performance.now() - this.advancedAt), signal);
    this.advancedAt = performance.now();
    const from = this.end;
    const page = await this.readAll({ after: from, limit: this.limits.maxPageEvents });
    // Somebody who was far behind may have started the tail anew, further on.
    if (this.end !== from) return;
    for (const event of page.events) {
      this.events.push(event);
      this.bytes += event.data.byteLength;
    }
    this.end = page.position;
    this.endRecordedAt = page.recordedAt;
    this.endWasHead = page.atHead;
    this.trim();
  }

  private trim(): void {
    let from = 0;
    while (this.events.length - from > this.limits.maxTailEvents || this.bytes > this.limits.maxTailBytes) {
      this.bytes -= this.events[from]?.data.byteLength ?? 0;
      from += 1;
    }
    if (from > 0) this.events = this.events.slice(from);
  }

  private heldPage({ after, filter, limit }: ReadAllOptions): AllPage | Promise<AllPage> {
    const start = this.end - BigInt(this.events.length);
    // Trimmed or started anew in the meantime: what is wanted lies before what is held.
    if (after < start) return this.readAll({ after, limit, ...(filter && { filter }) });
    const events: StoredEvent[] = [];
    for (let at = Number(after - start); at < this.events.length; at += 1) {
      const event = this.events[at];
      if (event === undefined || !matches(event, filter)) continue;
      events.push(event);
      if (events.length === limit) {
        return { events, position: event.position, recordedAt: event.recordedAt, atHead: this.isHead(event.position) };
      }
    }
    const position = after > this.end ? after : this.end;
    return { events, position, recordedAt: this.endRecordedAt, atHead: this.isHead(position) };
  }

  private isHead(position: bigint): boolean {
    return this.endWasHead && position >= this.end && this.toldHead() <= position;
  }
}

/** As the filters of read_all: prefixes of texts, an empty list selects nothing. */
function matches(event: StoredEvent, filter: EventFilter | undefined): boolean {
  const { typePrefixes, streamPrefixes } = filter ?? {};
  return (
    (typePrefixes === undefined || typePrefixes.some((prefix) => event.type.startsWith(prefix))) &&
    (streamPrefixes === undefined || streamPrefixes.some((prefix) => event.stream.startsWith(prefix)))
  );
}
