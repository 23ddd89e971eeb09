import {
  MaxAppendSizeExceededError,
  WrongExpectedVersionError,
  type AppendResult,
  type BinaryEventData,
} from '@eventstore/db-client';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { AppendTooLarge, InvalidAppend, StoreTimeout, StoreUnavailable, WrongExpectedRevision } from '../errors.ts';
import type { AppendReceipt, ExpectedRevision, NewEvent, StoredEvent } from '../event-store.ts';
import { measured } from '../postgres/append-request.ts';
import type { ClientSlot } from './client-slot.ts';
import { REPEAT_WINDOW, type EventStoreDbLimits } from './eventstoredb.config.ts';
import type { LogIdentity, LogScope } from './log-identity.ts';
import type { LogReader } from './log-reader.ts';
import { recentAppends } from './recent-appends.ts';
import { STAMP_BYTES, stamped, type StoredTimes } from './recorded-event.ts';
import { isFinal, isNoAnswer, storeError, StreamDeletedByStranger } from './store-errors.ts';

const FIRST_DELAY_MS = 25;
const DOUBT_PAUSE_MS = 50;

/** What the appender knows of the log at the moment it sends. */
export interface LogKnowledge {
  readonly head: () => bigint;
  readonly recordedAt: () => string | null;
  readonly wrote: (position: bigint) => void;
}

interface Append {
  readonly stream: string;
  readonly given: ExpectedRevision;
  readonly events: readonly NewEvent[];
  readonly wire: BinaryEventData[];
  /** By performance.now(): nothing is sent and nobody waits beyond. */
  readonly until: number;
}

/**
 * Appends one by one, each in a call of its own with a deadline. On the wire the expectation is always an exact revision or no
 * stream: only these make a repetition safe for ever. The retries of one append keep its first expectation.
 */
export class Appender {
  private readonly underWay = new Set<Promise<unknown>>();
  /**
   * Attempts without an answer, by the id of their last event, and until when the server may still carry them out: their deadline,
   * which the server keeps too.
   */
  private readonly doubts = new Map<string, number>();
  private closed = false;

  constructor(
    private readonly slot: ClientSlot,
    private readonly reader: LogReader,
    private readonly scope: LogScope,
    private readonly limits: EventStoreDbLimits,
    private readonly identity: () => Promise<LogIdentity>,
    private readonly log: LogKnowledge,
  ) {}

  append(stream: string, given: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendReceipt> {
    return this.send(stream, given, events, null);
  }

  /** Events of another log, one stream's next ones, recorded at one time, which stays theirs. */
  copy(events: readonly StoredEvent[]): Promise<AppendReceipt> {
    const [first] = events;
    if (first === undefined) throw new InvalidAppend('', 'no events');
    const { stream, revision, recordedAt } = first;
    return this.send(stream, revision === 0n ? 'none' : revision - 1n, events, { recordedAt });
  }

  private async send(
    stream: string,
    given: ExpectedRevision,
    events: readonly NewEvent[],
    copied: StoredTimes | null,
  ): Promise<AppendReceipt> {
    const { metadata, bytes } = measured(stream, given, events, this.limits);
    const stranger = events.find(({ type }) => !type.startsWith(this.scope.typePrefix) || type.startsWith('$'));
    if (stranger !== undefined) throw new InvalidAppend(stream, `${stranger.type} is not of this log`);
    if (this.closed) {
      // In a turn of its own: a caller that asks again at once would leave nobody else a turn.
      await turn();
      throw new StoreUnavailable('append', { cause: new Error('the store is closed') });
    }
    const append: Append = {
      stream,
      given,
      events,
      wire: this.onTheWire(events, metadata, bytes, copied),
      until: performance.now() + this.limits.appendTimeoutMs,
    };
    const work = this.inTime(this.run(append));
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }

  /** Takes no more, and waits for what was taken. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.underWay);
  }

  private onTheWire(
    events: readonly NewEvent[],
    metadata: readonly Uint8Array[],
    bytes: number,
    copied: StoredTimes | null,
  ): BinaryEventData[] {
    const recordedAfter = this.log.recordedAt();
    // The server's limit counts the stamp too: an append that is full without it goes without.
    const fits = bytes + events.length * STAMP_BYTES <= this.limits.maxAppendBytes;
    const times = copied ?? (recordedAfter !== null && fits ? { recordedAfter } : null);
    return events.map(({ id, type, data }, n) => {
      const own = metadata[n] ?? new Uint8Array();
      return {
        id,
        type,
        contentType: 'application/octet-stream',
        data,
        // The client takes plain byte arrays only; of a Buffer it would write the JSON.
        metadata: times === null ? new Uint8Array(own) : stamped(own, times),
      };
    });
  }

  /** Whatever hangs below: the caller has an answer in time. */
  private inTime(work: Promise<AppendReceipt>): Promise<AppendReceipt> {
    const { appendTimeoutMs } = this.limits;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new StoreTimeout('append', appendTimeoutMs));
      }, appendTimeoutMs);
      work.then(resolve, reject).finally(() => {
        clearTimeout(timer);
      });
    });
  }

  private async run(append: Append): Promise<AppendReceipt> {
    try {
      await this.identity();
    } catch (error) {
      throw storeError('append', error, this.limits.appendTimeoutMs);
    }
    if (typeof append.given === 'bigint') return this.appendAt(append, append.given);
    if (append.given === 'none') return this.appendAt(append, -1n);
    for (;;) {
      const found = await this.lookBack(append, append.given);
      if ('receipt' in found) return found.receipt;
      try {
        return await this.appendAt(append, found.last);
      } catch (error) {
        // Somebody was faster; under these expectations that is no refusal.
        if (!(error instanceof WrongExpectedRevision) || performance.now() >= append.until) throw error;
      }
    }
  }

  /** What `any` and `exists` mean for this stream now: the events are there already, or where the stream ends. */
  private async lookBack(
    { stream, given, events }: Append,
    expected: 'any' | 'exists',
  ): Promise<{ readonly receipt: AppendReceipt } | { readonly last: bigint }> {
    const ids = new Map(events.map(({ id }, n) => [id.toLowerCase(), n]));
    const window: StoredEvent[] = [];
    for await (const event of this.reader.readStream(stream, { direction: 'backwards', limit: REPEAT_WINDOW })) {
      window.push(event);
    }
    const last = window[0]?.revision ?? -1n;
    if (expected === 'exists' && last < 0n) throw new WrongExpectedRevision(stream, given, last);
    const end = window.findIndex(({ id }) => ids.has(id));
    if (end < 0) return { last };
    const there = window.slice(end, end + events.length).reverse();
    const final = there.at(-1);
    if (final === undefined || there.length < events.length || there.some(({ id }, n) => ids.get(id) !== n)) {
      throw new WrongExpectedRevision(stream, given, last);
    }
    return { receipt: { revision: final.revision, position: final.position, repeated: true } };
  }

  /** At an exact revision, −1 for no stream. Tries again while the server is away, within the append's time. */
  private async appendAt(append: Append, at: bigint): Promise<AppendReceipt> {
    const { stream, given, until } = append;
    // The log reaches at least here before anything is sent: what lies at or below was there already.
    const headBefore = this.log.head();
    let delayMs = FIRST_DELAY_MS;
    for (let attempt = 1; ; attempt += 1) {
      const leftMs = until - performance.now();
      const deadlineMs = Math.max(1, Math.round(leftMs - Math.min(this.limits.readBackMs, leftMs / 3)));
      if (leftMs <= 0) throw new StoreTimeout('append', this.limits.appendTimeoutMs);
      try {
        const result = await this.slot.get().appendToStream(`${this.scope.streamPrefix}${stream}`, append.wire, {
          ...this.slot.unary,
          expectedRevision: at < 0n ? 'no_stream' : at,
          deadline: deadlineMs,
        });
        this.slot.answered();
        return this.receipt(append, at, headBefore, result);
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) {
          this.slot.answered();
          const actual = typeof error.actualVersion === 'bigint' ? error.actualVersion : -1n;
          // The stream is not that far yet: an attempt that nobody answered may still come and find it so.
          const doubtMs = actual < at ? this.doubtMs(append) : 0;
          if (doubtMs === 0) throw new WrongExpectedRevision(stream, given, actual);
          await pause(Math.min(doubtMs, DOUBT_PAUSE_MS));
          continue;
        }
        if (error instanceof MaxAppendSizeExceededError) {
          // The server's own limit is lower than the port's, or the stamp of a copied event was one too many.
          throw new AppendTooLarge(stream, bytesOf(append), error.maxAppendSize);
        }
        if (isFinal(error)) throw storeError('append', error, this.limits.appendTimeoutMs, { stream });
        this.doubts.set(lastId(append), performance.now() + deadlineMs);
        if (isNoAnswer(error)) {
          this.slot.notAnswered();
          const found = await this.readBack(append, at, headBefore);
          if (found !== null) return found;
          throw new StoreTimeout('append', this.limits.appendTimeoutMs);
        }
        if (attempt >= this.limits.maxAppendAttempts || until - performance.now() <= delayMs) {
          throw storeError('append', error, this.limits.appendTimeoutMs, { stream, outcome: 'unknown' });
        }
      }
      await pause(delayMs);
      delayMs *= 2;
    }
  }

  private doubtMs(append: Append): number {
    const now = performance.now();
    for (const [id, until] of this.doubts) if (until < now) this.doubts.delete(id);
    return Math.max(0, (this.doubts.get(lastId(append)) ?? now) - now);
  }

  /** The events, if they stand where they were meant to; null when they do not, or when nobody answers. */
  private async readBack({ stream, events }: Append, at: bigint, headBefore: bigint): Promise<AppendReceipt | null> {
    const stored: StoredEvent[] = [];
    try {
      for await (const event of this.reader.readStream(stream, { from: at + 1n, limit: events.length }))
        stored.push(event);
    } catch {
      // Still silent: the append's own time decides when the caller hears so.
      return null;
    }
    const final = stored.at(-1);
    if (final === undefined || stored.length < events.length) return null;
    if (stored.some(({ id }, n) => id !== events[n]?.id.toLowerCase())) return null;
    return this.told(final, headBefore);
  }

  private receipt({ stream, events }: Append, at: bigint, headBefore: bigint, result: AppendResult): AppendReceipt {
    const revision = at + BigInt(events.length);
    // A stream that was deleted behind our back goes on with its old numbers, and a repeated append on one has no position.
    if (result.nextExpectedRevision !== revision || result.position === undefined) {
      throw new StreamDeletedByStranger(stream);
    }
    return this.told({ id: lastId({ events }), revision, position: result.position.commit }, headBefore);
  }

  /**
   * The server answers a repeated append like a first one, so what it does not say is told from what this process knows. What another
   * process wrote, and this one has not seen yet, passes for its own.
   */
  private told(
    { id, revision, position }: Pick<StoredEvent, 'id' | 'revision' | 'position'>,
    headBefore: bigint,
  ): AppendReceipt {
    this.log.wrote(position);
    // What is older than the question leaves the place of the first one free: that one may not have been answered yet.
    return { revision, position, repeated: position <= headBefore || recentAppends.isRepeated(id, position) };
  }
}

const lastId = ({ events }: Pick<Append, 'events'>): string => events.at(-1)?.id.toLowerCase() ?? '';

/** As the server counts them: the stamps are in. */
const bytesOf = ({ wire }: Append): number =>
  wire.reduce(
    (sum, { data, metadata, type }) => sum + data.length + (metadata as Uint8Array).length + 2 * type.length,
    0,
  );
