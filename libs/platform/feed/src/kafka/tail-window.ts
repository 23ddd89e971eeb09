import type { FeedHead } from '../feed.ts';
import { pause } from '../retry.ts';
import type { FeedRecord } from './records.ts';
import { TailBuffer } from './tail-buffer.ts';
import { type Taken, TailMerge } from './tail-merge.ts';

/** What this process holds of a topic, and who waits for more of it. Merge and buffer always begin at the same head. */
export class TailWindow {
  readonly #capacity: number;
  readonly #changes = new Set<() => void>();
  #merge: TailMerge | undefined;
  #buffer: TailBuffer | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** What consumers read; undefined while it is closed. Every beginning makes another one. */
  get buffer(): TailBuffer | undefined {
    return this.#buffer;
  }

  /** Events that other partitions have not passed. */
  get waiting(): number {
    return this.#merge?.waiting ?? 0;
  }

  /** Opens it at a head, empty; undefined closes it. */
  begin(head: FeedHead | undefined): void {
    this.#merge = head === undefined ? undefined : new TailMerge(head);
    this.#buffer = head === undefined ? undefined : new TailBuffer(head, this.#capacity);
    this.#changed();
  }

  /** Undefined: it is closed, and the record is for history to bring. */
  take(partition: number, record: FeedRecord): Taken | undefined {
    return this.#merge?.take(partition, record);
  }

  /** Moves what every partition has passed to where consumers read it. */
  release(): void {
    const released = this.#merge?.release();
    if (released === undefined) return;
    this.#buffer?.add(released);
    this.#changed();
  }

  /** Resolves at the next change, after this time, or when aborted: true for a change. */
  async change(withinMs: number, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    let changed = false;
    const wake = () => {
      changed = true;
      over.abort();
    };
    this.#changes.add(wake);
    await pause(withinMs, AbortSignal.any([signal, over.signal]));
    this.#changes.delete(wake);
    return changed;
  }

  #changed(): void {
    for (const wake of [...this.#changes]) wake();
  }
}
