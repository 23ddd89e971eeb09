import type { AllPage, ReadAllOptions, StoredEvent } from '../event-store.ts';
import { pause } from '../postgres/log-signal.ts';
import type { EventStoreDbLimits } from './eventstoredb.config.ts';
import { matches } from './log-reader.ts';

/**
 * The end of the log in memory, shared by the subscriptions of a process: what a dozen of them wait for is read once. Who is
 * behind reads for himself until he reaches what is held. Positions have gaps here, so what is held says where it begins.
 */
export class LogTail {
  private events: StoredEvent[] = [];
  private bytes = 0;
  /** Everything above `start` and up to `end` is held; `end` is −1 while nobody has reached the head. */
  private start = -1n;
  private end = -1n;
  private endRecordedAt: string | null = null;
  private endWasHead = false;
  private advancing: Promise<void> | undefined;
  private advancedAt = -Infinity;

  constructor(
    private readonly readAll: (options: ReadAllOptions) => Promise<AllPage>,
    /** The highest position anybody has told of. */
    private readonly toldHead: () => bigint,
    private readonly limits: EventStoreDbLimits,
  ) {}

  /** A page as readAll gives it. At the head it is asked for at most every `minReadIntervalMs`, for all together. */
  async page(options: ReadAllOptions, signal: AbortSignal): Promise<AllPage> {
    if (this.end < 0n || options.after < this.start) return this.ownPage(options);
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
    if (page.atHead && page.position > this.end) {
      this.events = [];
      this.bytes = 0;
      this.start = page.position;
      this.end = page.position;
      this.endRecordedAt = page.recordedAt;
      this.endWasHead = true;
    }
    return page;
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
      const event = this.events[from];
      if (event === undefined) break;
      this.bytes -= event.data.byteLength;
      this.start = event.position;
      from += 1;
    }
    if (from > 0) this.events = this.events.slice(from);
  }

  private heldPage({ after, filter, limit }: ReadAllOptions): AllPage | Promise<AllPage> {
    // Trimmed or started anew in the meantime: what is wanted lies before what is held.
    if (after < this.start) return this.readAll({ after, limit, ...(filter && { filter }) });
    const events: StoredEvent[] = [];
    for (let at = this.indexAbove(after); at < this.events.length; at += 1) {
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

  private indexAbove(position: bigint): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle]?.position ?? position) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isHead(position: bigint): boolean {
    return this.endWasHead && position >= this.end && this.toldHead() <= position;
  }
}
