import type pg from 'pg';
import type { AllPage, EventFilter, LogHead, ReadAllOptions, ReadStreamOptions, StoredEvent } from '../event-store.ts';
import { StoreTimeout } from '../errors.ts';
import { isoOf, storedEvents, type EventRow } from './event-row.ts';
import { storeError } from './pg-errors.ts';
import type { StoreLimits } from './store.config.ts';
import { headStatement, readAllStatement, readStreamStatement, statsStatement } from './statements.ts';

/** Sizes of a log as an administrator asks for them. */
export interface StoreStats extends LogHead {
  /** Positions are dense, so this is the number of events. */
  readonly events: bigint;
  readonly streams: bigint;
  readonly partitions: number;
  readonly bytes: bigint;
}

interface AllRow extends EventRow {
  readonly stream: string;
  readonly bytes_before: string;
  readonly head: string;
  /** Recorded time of the last position looked at. */
  readonly looked_at: string | null;
}
interface StatsRow {
  readonly log_id: string;
  readonly position: string;
  readonly recorded_at: string | null;
  readonly streams: string;
  readonly partitions: string;
  readonly bytes: string;
}

const NO_EVENTS = 0;

/** Everything that asks the log and changes nothing, over the pool. */
export class LogReader {
  constructor(
    private readonly pool: pg.Pool,
    private readonly schema: string,
    private readonly limits: StoreLimits,
  ) {}

  async *readStream(stream: string, options: ReadStreamOptions): AsyncGenerator<StoredEvent, void, undefined> {
    const forwards = options.direction !== 'backwards';
    let left = options.limit ?? Infinity;
    let next = options.from ?? null;
    while (left > NO_EVENTS) {
      const limit = Math.min(left, this.limits.maxPageEvents);
      const rows = await this.query<EventRow & { more: boolean }>(
        'read stream',
        `kontor_stream_${forwards ? 'f' : 'b'}`,
        readStreamStatement(this.schema, forwards),
        [stream, next, limit, this.limits.maxPageBytes],
      );
      for (const event of storedEvents(rows, () => stream)) {
        left -= 1;
        next = forwards ? event.revision + 1n : event.revision - 1n;
        yield event;
      }
      // The page says by itself whether the stream goes on, so most streams are one query.
      if (rows.at(-1)?.more !== true) return;
    }
  }

  async readAll({ after, filter, limit }: ReadAllOptions): Promise<AllPage> {
    const events = Math.max(1, Math.min(limit, this.limits.maxPageEvents));
    const types = prefixes(filter?.typePrefixes);
    const streams = prefixes(filter?.streamPrefixes);
    const filtered = types !== null || streams !== null;
    const look = filtered ? Math.max(events, this.limits.maxLookedAtPerRead) : events;
    const rows = await this.query<AllRow>(
      'read all',
      filtered ? 'kontor_filtered' : 'kontor_all',
      readAllStatement(this.schema),
      [after, look, events, this.limits.maxPageBytes, types, streams],
    );
    const first = rows[0];
    if (first === undefined) throw new Error(`${this.schema}: read_all gave no row`);
    const found = first.event_id === null ? [] : storedEvents(rows, (row) => row.stream);
    const head = BigInt(first.head);
    const last = found.at(-1);
    // A page that was cut short, by number or by bytes, was looked at up to its last event only.
    if (last !== undefined && (found.length === events || this.isFull(rows.at(-1)))) {
      return { events: found, position: last.position, recordedAt: last.recordedAt, atHead: last.position >= head };
    }
    const lookedTo = after + BigInt(look) < head ? after + BigInt(look) : head;
    return {
      events: found,
      position: after > head ? after : lookedTo,
      recordedAt: first.looked_at === null ? null : isoOf(first.looked_at),
      atHead: lookedTo === head,
    };
  }

  async head(): Promise<LogHead> {
    const rows = await this.query<{ log_id: string; position: string; recorded_at: string | null }>(
      'head',
      'kontor_head',
      headStatement(this.schema),
      [],
    );
    const row = rows[0];
    if (row === undefined) throw new Error(`${this.schema}: the log's own row is missing`);
    return {
      logId: row.log_id,
      position: BigInt(row.position),
      recordedAt: row.recorded_at === null ? null : isoOf(row.recorded_at),
    };
  }

  async stats(): Promise<StoreStats> {
    const rows = await this.query<StatsRow>('stats', 'kontor_stats', statsStatement(this.schema), []);
    const row = rows[0];
    if (row === undefined) throw new Error(`${this.schema}: the log's own row is missing`);
    const position = BigInt(row.position);
    return {
      logId: row.log_id,
      position,
      recordedAt: row.recorded_at === null ? null : isoOf(row.recorded_at),
      events: position,
      streams: BigInt(row.streams),
      partitions: Number(row.partitions),
      bytes: BigInt(row.bytes),
    };
  }

  private isFull(last: AllRow | undefined): boolean {
    if (last === undefined) return false;
    const bytes = Number(last.bytes_before) + last.data.length / 2 + Buffer.byteLength(last.metadata);
    return bytes >= this.limits.maxPageBytes;
  }

  private async query<Row extends pg.QueryResultRow>(
    operation: string,
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const timeoutMs = this.limits.readTimeoutMs;
    const { promise: silence, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new StoreTimeout(operation, timeoutMs));
    }, timeoutMs + this.limits.connectTimeoutMs);
    try {
      const config = {
        name: `${this.schema}_${name}`,
        text,
        values: [...values],
        query_timeout: timeoutMs,
      };
      const { rows } = await Promise.race([this.pool.query<Row>(config), silence]);
      return rows;
    } catch (error) {
      throw storeError(operation, error, timeoutMs);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Null selects all. An empty prefix does too. */
function prefixes(list: EventFilter['typePrefixes']): readonly string[] | null {
  return list === undefined || list.includes('') ? null : list;
}
