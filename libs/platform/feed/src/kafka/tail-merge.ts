import { type CloudEvent, PARTITIONS } from '@kontor/kernel';
import type { FeedRecord } from './records.ts';

/**
 * taken: new. repeated: at or below what the partition has passed. hole: it names a predecessor that was never seen here.
 * foreign: of another log.
 */
export type Taken = 'taken' | 'repeated' | 'hole' | 'foreign';

export interface MergeStart {
  readonly logId: string;
  readonly position: bigint;
  readonly recordedAt: string | null;
}

export interface Released {
  readonly events: readonly CloudEvent[];
  readonly position: bigint;
  readonly recordedAt: string | null;
}

/**
 * Twelve partitions back into the one order of the log. Within a partition positions only rise; an event is released when
 * every partition has passed its position, by an event or a watermark. So a consumer sees over Kafka what it sees in the
 * log, and a fold of the one is a fold of the other.
 */
export class TailMerge {
  readonly logId: string;
  readonly #passed: bigint[];
  readonly #waiting: CloudEvent[] = [];
  #position: bigint;
  #recordedAt: string | null;
  #watermark: { readonly position: bigint; readonly recordedAt: string | null } | undefined;

  constructor({ logId, position, recordedAt }: MergeStart) {
    this.logId = logId;
    this.#position = position;
    this.#recordedAt = recordedAt;
    this.#passed = Array.from({ length: PARTITIONS }, () => position);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  take(partition: number, record: FeedRecord): Taken {
    const passed = this.#passed[partition];
    if (passed === undefined) throw new RangeError(`there is no partition ${partition}`);
    const { logId, position, previous } =
      record.kind === 'event'
        ? { logId: record.event.logid, position: record.event.position, previous: record.event.previousposition }
        : record.watermark;
    if (logId !== this.logId) return 'foreign';
    // A watermark may repeat a position and still name an event before it that was never seen.
    if (BigInt(previous) > passed) return 'hole';
    if (BigInt(position) <= passed) return 'repeated';
    this.#passed[partition] = BigInt(position);
    if (record.kind === 'event') this.#waiting.push(record.event);
    else this.#watermark = { position: BigInt(position), recordedAt: record.watermark.recordedAt };
    return 'taken';
  }

  /** What every partition has passed, in the order of the log. Undefined: nothing new. */
  release(): Released | undefined {
    const position = this.#passed.reduce((lowest, passed) => (passed < lowest ? passed : lowest));
    if (position <= this.#position) return undefined;
    const ready: { readonly at: bigint; readonly event: CloudEvent }[] = [];
    let kept = 0;
    for (const event of this.#waiting) {
      const at = BigInt(event.position);
      if (at <= position) ready.push({ at, event });
      else {
        this.#waiting[kept] = event;
        kept += 1;
      }
    }
    this.#waiting.length = kept;
    ready.sort((left, right) => (left.at < right.at ? -1 : 1));
    this.#position = position;
    const ofWatermark = this.#watermark?.position === position ? this.#watermark.recordedAt : null;
    this.#recordedAt = ofWatermark ?? ready.at(-1)?.event.recordedat ?? this.#recordedAt;
    return { events: ready.map(({ event }) => event), position, recordedAt: this.#recordedAt };
  }
}
