import type { CloudEvent } from '@kontor/kernel';
import type { MergeStart, Released } from './tail-merge.ts';

export interface TailPage {
  readonly logId: string;
  readonly events: readonly CloudEvent[];
  readonly position: bigint;
  readonly recordedAt: string | null;
  readonly atEnd: boolean;
  /** The position lies beyond the end: the topic has not brought yet what the consumer knows from history. */
  readonly ahead: boolean;
}

/** The last events of a topic, shared by all consumers of a process. Who is further behind reads history. */
export class TailBuffer {
  readonly logId: string;
  readonly #capacity: number;
  #events: CloudEvent[] = [];
  #positions: bigint[] = [];
  /** Everything above it, up to the end, is here. */
  #start: bigint;
  #end: bigint;
  #recordedAt: string | null;

  constructor({ logId, position, recordedAt }: MergeStart, capacity: number) {
    this.logId = logId;
    this.#capacity = capacity;
    this.#start = position;
    this.#end = position;
    this.#recordedAt = recordedAt;
  }

  get end(): bigint {
    return this.#end;
  }

  add({ events, position, recordedAt }: Released): void {
    for (const event of events) {
      this.#events.push(event);
      this.#positions.push(BigInt(event.position));
    }
    this.#end = position;
    this.#recordedAt = recordedAt;
    // In large steps: dropping from the front of an array costs its length.
    if (this.#events.length <= this.#capacity * 1.5) return;
    const dropped = this.#events.length - this.#capacity;
    this.#start = this.#positions[dropped - 1] as bigint;
    this.#events = this.#events.slice(dropped);
    this.#positions = this.#positions.slice(dropped);
  }

  /** Undefined: what comes after this position is not here. */
  after(position: bigint, limit: number): TailPage | undefined {
    if (position < this.#start) return undefined;
    if (position > this.#end)
      return { logId: this.logId, events: [], position, recordedAt: null, atEnd: true, ahead: true };
    const from = this.#firstAbove(position);
    const events = this.#events.slice(from, from + limit);
    const atEnd = from + events.length === this.#events.length;
    const last = events.at(-1);
    return {
      logId: this.logId,
      events,
      position: atEnd || last === undefined ? this.#end : BigInt(last.position),
      recordedAt: atEnd || last === undefined ? this.#recordedAt : last.recordedat,
      atEnd,
      ahead: false,
    };
  }

  #firstAbove(position: bigint): number {
    let low = 0;
    let high = this.#positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#positions[middle] as bigint) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
