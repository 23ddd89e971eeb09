import { createHash } from 'node:crypto';

/** What an append demands of its stream: an exact revision (−1: no stream), or a condition. */
export type Expectation = bigint | 'any' | 'exists';

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface Recorded extends Proposed {
  readonly stream: string;
  readonly revision: bigint;
  /** Byte offset of the record; commit and prepare position are the same. */
  readonly position: bigint;
  /** Byte offset behind the record. */
  readonly end: bigint;
  /** 100 ns since 1970, by the server's clock. */
  readonly ticks: bigint;
}

export type AppendOutcome =
  | { readonly kind: 'ok'; readonly revision: bigint; readonly position: bigint | null }
  | { readonly kind: 'wrong-version'; readonly actual: bigint }
  | { readonly kind: 'deleted' };

interface Stream {
  readonly events: Recorded[];
  /** Events below are not readable. At NEVER the stream is soft-deleted. */
  truncatedBefore: bigint;
  tombstoned: boolean;
}

export const NEVER = 9_223_372_036_854_775_807n;
const TICKS_PER_MS = 10_000;
/** What a record holds beside its texts and bytes, and what a real log has in between that nobody can read. */
const RECORD_OVERHEAD_BYTES = 97;
const GAP_BYTES = 61n;

/** The log of one server: records at byte offsets, streams, and the rules of expected versions and repeated appends. */
export class DoubleLog {
  readonly records: Recorded[] = [];
  /** The server's clock, in milliseconds; a test may set it back. */
  now: () => number = () => performance.timeOrigin + performance.now();
  private readonly streams = new Map<string, Stream>();
  private readonly places = new Set<bigint>([0n]);
  /** Ids of recent writes, which `any` and `exists` are compared with. Lost at a restart, as on a real server. */
  private readonly recent = new Map<string, Recorded>();
  private readonly listeners = new Set<() => void>();
  private offset = 0n;

  constructor() {
    this.skip(1_042n);
    for (const [stream, type] of [
      ['$$$settings', '$metadata'],
      ['$users', '$User'],
      ['$user-admin', '$UserCreated'],
      ['$user-ops', '$UserCreated'],
      ['$stats-127.0.0.1:2113', '$statsCollected'],
    ] as const) {
      this.systemEvent(stream, type);
    }
  }

  get end(): bigint {
    return this.offset;
  }

  /** Written by the server itself: statistics, settings, metadata. */
  systemEvent(stream: string, type: string, content: unknown = {}): Recorded {
    const data = Buffer.from(
      JSON.stringify(content, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
    );
    const id = uuidOf(`${this.offset}`);
    const [recorded] = this.write(stream, [{ id, type, isJson: true, data, metadata: Buffer.alloc(0) }]);
    if (recorded === undefined) throw new Error('one event is written as one record');
    this.announce();
    return recorded;
  }

  /** True when a read may start there: a record, the end of one, the beginning, or anything past the end. */
  isPlace(position: bigint): boolean {
    return position >= this.offset || this.places.has(position);
  }

  stream(name: string): { readonly kind: 'missing' | 'tombstoned' | 'there'; readonly events: readonly Recorded[] } {
    const stream = this.streams.get(name);
    if (stream === undefined) return { kind: 'missing', events: [] };
    if (stream.tombstoned) return { kind: 'tombstoned', events: [] };
    if (stream.truncatedBefore === NEVER) return { kind: 'missing', events: [] };
    return { kind: 'there', events: stream.events.slice(Number(stream.truncatedBefore)) };
  }

  /** Expected versions: checked in this order. */
  append(name: string, expected: Expectation, events: readonly Proposed[]): AppendOutcome {
    const stream = this.streams.get(name);
    if (stream?.tombstoned === true) return { kind: 'deleted' };
    const last = BigInt(stream?.events.length ?? 0) - 1n;
    const wrong: AppendOutcome = { kind: 'wrong-version', actual: last };
    const softDeleted = stream?.truncatedBefore === NEVER;

    if (typeof expected === 'bigint') {
      if (expected > last) return wrong;
      if (expected === last) return this.accept(name, events);
      const repeated = this.repeated(stream, expected + 1n, events);
      if (repeated !== null) return repeated;
      const first = stream?.events[Number(expected + 1n)];
      if (softDeleted && expected === -1n && first?.id !== events[0]?.id) return this.accept(name, events);
      return wrong;
    }
    if (expected === 'exists') {
      if (softDeleted) return { kind: 'deleted' };
      if (last < 0n && !this.streams.has(`$$${name}`)) return wrong;
    }
    const [first] = events;
    const known = first === undefined ? undefined : this.recent.get(first.id);
    if (known === undefined) return this.accept(name, events);
    const places = events.map(({ id }) => this.recent.get(id));
    if (places.some((place) => place === undefined)) return wrong;
    if (places.some((place) => place?.stream !== name)) return this.accept(name, events);
    const end = places.at(-1);
    return end === undefined ? wrong : { kind: 'ok', revision: end.revision, position: this.readable(stream, end) };
  }

  /** Soft: the events stay in $all, the numbers go on. */
  delete(name: string, expected: Expectation): AppendOutcome {
    const stream = this.streams.get(name);
    if (stream?.tombstoned === true) return { kind: 'deleted' };
    const last = BigInt(stream?.events.length ?? 0) - 1n;
    if (stream === undefined || (typeof expected === 'bigint' && expected !== last)) {
      return { kind: 'wrong-version', actual: last };
    }
    stream.truncatedBefore = NEVER;
    const { position } = this.systemEvent(`$$${name}`, '$metadata', { $tb: NEVER });
    return { kind: 'ok', revision: last, position };
  }

  tombstone(name: string, expected: Expectation): AppendOutcome {
    const stream = this.streamOf(name);
    if (stream.tombstoned) return { kind: 'deleted' };
    const last = BigInt(stream.events.length) - 1n;
    if (typeof expected === 'bigint' && expected !== last) return { kind: 'wrong-version', actual: last };
    const tombstone = { id: uuidOf(`${this.offset}`), type: '$streamDeleted', isJson: false };
    const { position } = this.record(name, NEVER, { ...tombstone, data: Buffer.alloc(0), metadata: Buffer.alloc(0) });
    stream.tombstoned = true;
    this.announce();
    return { kind: 'ok', revision: NEVER, position };
  }

  /** What a restart loses. */
  forget(): void {
    this.recent.clear();
  }

  onGrowth(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private repeated(stream: Stream | undefined, from: bigint, events: readonly Proposed[]): AppendOutcome | null {
    if (stream === undefined || events.length === 0) return null;
    const stored = stream.events.slice(Number(from), Number(from) + events.length);
    if (stored.length < events.length || stored.some(({ id }, n) => id !== events[n]?.id)) return null;
    const end = stored.at(-1);
    return end === undefined ? null : { kind: 'ok', revision: end.revision, position: this.readable(stream, end) };
  }

  private readable(stream: Stream | undefined, { revision, position }: Recorded): bigint | null {
    return stream !== undefined && revision >= stream.truncatedBefore ? position : null;
  }

  private accept(name: string, events: readonly Proposed[]): AppendOutcome {
    const stream = this.streamOf(name);
    const before = BigInt(stream.events.length);
    const deleted = stream.truncatedBefore === NEVER;
    const written = this.write(name, events);
    const position = written.at(-1)?.position ?? this.offset;
    if (written.length === 0) {
      this.skip(GAP_BYTES);
      if (before === 0n) this.streams.delete(name);
    } else if (deleted) {
      stream.truncatedBefore = before;
      this.systemEvent(`$$${name}`, '$metadata', { $tb: before });
    }
    this.announce();
    return { kind: 'ok', revision: before + BigInt(events.length) - 1n, position };
  }

  private write(name: string, events: readonly Proposed[]): Recorded[] {
    const stream = this.streamOf(name);
    const ticks = this.ticks();
    const written = events.map((event) => {
      const recorded = this.record(name, BigInt(stream.events.length), event, ticks);
      stream.events.push(recorded);
      this.recent.set(event.id, recorded);
      return recorded;
    });
    this.skip(GAP_BYTES);
    return written;
  }

  private record(stream: string, revision: bigint, event: Proposed, ticks = this.ticks()): Recorded {
    const position = this.offset;
    const texts = Buffer.byteLength(stream) + Buffer.byteLength(event.type);
    this.skip(BigInt(RECORD_OVERHEAD_BYTES + texts + event.data.byteLength + event.metadata.byteLength));
    const recorded = { ...event, stream, revision, position, end: this.offset, ticks };
    this.places.add(position);
    this.places.add(this.offset);
    this.records.push(recorded);
    return recorded;
  }

  private ticks(): bigint {
    return BigInt(Math.floor(this.now() * TICKS_PER_MS));
  }

  private skip(bytes: bigint): void {
    this.offset += bytes;
  }

  private streamOf(name: string): Stream {
    let stream = this.streams.get(name);
    if (stream === undefined) {
      stream = { events: [], truncatedBefore: 0n, tombstoned: false };
      this.streams.set(name, stream);
    }
    return stream;
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
