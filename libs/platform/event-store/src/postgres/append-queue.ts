import { StoreTimeout, StoreUnavailable } from '../errors.ts';
import type { AppendRequest } from './append-request.ts';
import type { StoreLimits } from './store.config.ts';

/** Writes one batch and settles every request of it. Never rejects. */
export type WriteBatch = (batch: readonly AppendRequest[]) => Promise<void>;

/**
 * Gathers the appends of this process into batches, one under way at a time. While one is written the next gathers, so
 * batches grow with the load and an idle store answers at once.
 * A batch has every stream once: the second append to a stream must see the first one's revision.
 */
export class AppendQueue {
  private waiting: AppendRequest[] = [];
  private writing: Promise<void> | undefined;
  private scheduled = false;
  private closed = false;

  constructor(
    private readonly write: WriteBatch,
    private readonly limits: StoreLimits,
  ) {}

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
    while (this.waiting.length > 0 || this.writing !== undefined) {
      this.flush();
      await this.writing;
    }
  }

  /** One turn of the event loop, so that everybody who was just answered can ask again and be in the same batch. */
  private schedule(): void {
    if (this.scheduled || this.writing !== undefined) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.writing !== undefined) return;
    this.expire();
    const batch = this.takeBatch();
    if (batch.length === 0) return;
    this.writing = this.write(batch).then(() => {
      this.writing = undefined;
      if (this.waiting.length > 0) this.schedule();
    });
  }

  private takeBatch(): readonly AppendRequest[] {
    const batch: AppendRequest[] = [];
    const left: AppendRequest[] = [];
    const streams = new Set<string>();
    let bytes = 0;
    let full = false;
    for (const request of this.waiting) {
      full ||= batch.length === this.limits.maxBatchAppends;
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
