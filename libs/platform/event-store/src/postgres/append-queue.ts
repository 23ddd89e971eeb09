import { StoreTimeout, StoreUnavailable } from '../errors.ts';
import type { AppendRequest } from './append-request.ts';
import type { StoreLimits } from './store.config.ts';

/** Writes one batch and settles every request of it. Never rejects. */
export type WriteBatch = (batch: readonly AppendRequest[]) => Promise<void>;

/** One writer and what it is writing. */
interface Lane {
  readonly write: WriteBatch;
  writing: Promise<void> | undefined;
}

/**
 * Gathers the appends of this process into batches, at most one of each writer under way. While they are written the next
 * gathers, so batches grow with the load and an idle store answers at once.
 * The log takes one batch at a time. A second one waits for it in the server, which then has no way to Node and back between
 * the two. Each batch is one commit, so few appends stay together.
 * A stream is once in all that is under way: the second append to it must see the first one's revision.
 */
export class AppendQueue {
  private waiting: AppendRequest[] = [];
  private readonly lanes: readonly Lane[];
  private readonly streamsUnderWay = new Set<string>();
  private scheduled = false;
  private closed = false;

  constructor(
    writers: readonly WriteBatch[],
    private readonly limits: StoreLimits,
  ) {
    this.lanes = writers.map((write) => ({ write, writing: undefined }));
  }

  add(request: AppendRequest): void {
    if (this.closed) {
      request.reject(new StoreUnavailable('append', { cause: new Error('the store is closed') }));
    } else if (this.waiting.length >= this.limits.maxWaitingAppends) {
      request.reject(
        new StoreUnavailable('append', { cause: new Error(`${this.waiting.length} appends are waiting already`) }),
      );
    } else {
      this.waiting.push(request);
      this.schedule();
    }
  }

  /** Takes no more, and waits for what was taken. */
  async close(): Promise<void> {
    this.closed = true;
    while (this.waiting.length > 0 || this.underWay > 0) {
      this.flush();
      const underWay = this.lanes.flatMap(({ writing }) => writing ?? []);
      if (underWay.length > 0) await Promise.race(underWay);
    }
  }

  private get underWay(): number {
    return this.lanes.filter(({ writing }) => writing !== undefined).length;
  }

  /** One turn of the event loop, so that everybody who was just answered can ask again and be in the same batch. */
  private schedule(): void {
    if (this.scheduled || this.underWay === this.lanes.length) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    this.expire();
    for (const lane of this.lanes) {
      if (lane.writing === undefined) this.start(lane);
    }
  }

  private start(lane: Lane): void {
    const batch = this.takeBatch();
    if (batch.length === 0) return;
    for (const { stream } of batch) this.streamsUnderWay.add(stream);
    lane.writing = lane.write(batch).then(() => {
      lane.writing = undefined;
      for (const { stream } of batch) this.streamsUnderWay.delete(stream);
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private takeBatch(): readonly AppendRequest[] {
    const most = this.batchSize();
    const batch: AppendRequest[] = [];
    const left: AppendRequest[] = [];
    const streams = new Set(this.streamsUnderWay);
    let bytes = 0;
    let full = false;
    for (const request of this.waiting) {
      full ||= batch.length >= most;
      full ||= batch.length > 0 && bytes + request.bytes > this.limits.maxBatchBytes;
      if (full || streams.has(request.stream)) {
        left.push(request);
      } else {
        streams.add(request.stream);
        bytes += request.bytes;
        batch.push(request);
      }
    }
    this.waiting = left;
    return batch;
  }

  /** Many are shared out among the writers; behind a batch that is under way only many are worth one of their own. */
  private batchSize(): number {
    const { maxBatchAppends, minBatchBeside } = this.limits;
    const idle = this.lanes.length - this.underWay;
    const many = this.waiting.length >= minBatchBeside * idle;
    if (!many) return this.underWay === 0 ? maxBatchAppends : 0;
    return Math.min(maxBatchAppends, Math.ceil(this.waiting.length / idle));
  }

  /** Behind a store that does not answer nobody waits longer than promised. These were never sent. */
  private expire(): void {
    const oldest = performance.now() - this.limits.appendTimeoutMs;
    this.waiting = this.waiting.filter((request) => {
      if (request.since >= oldest) return true;
      request.reject(new StoreTimeout('append', this.limits.appendTimeoutMs));
      return false;
    });
  }
}
