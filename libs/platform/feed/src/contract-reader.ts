import { type CloudEvent, type Codec, PARTITIONS, partitionOf, type StoredData } from '@kontor/kernel';
import type { EventStore, StoredEvent } from '@kontor/event-store';
import { UnknownStoredEvent } from './errors.ts';
import type { Publication } from './publication.ts';

/** A log that can be published: the store, what of it is published, and the codecs that know older versions. */
export interface LogSource {
  readonly store: EventStore;
  readonly publication: Publication;
  readonly codecs: readonly Codec[];
}

interface KnownType {
  readonly type: string;
  /** In order, from the stored version to the current one. */
  readonly upcasts: readonly ((data: StoredData) => StoredData)[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Turns stored events of one read into contracts. It remembers the last record of each partition in this read.
 * `previousposition` of a partition's first record is the position that was read after: whoever reads on from there has
 * seen everything up to it, so a consumer finds no hole where there is none. It is a fact about the read, not about
 * the event, and belongs into no read model.
 */
export class ContractReader {
  readonly #source: LogSource;
  readonly #logId: string;
  readonly #known: ReadonlyMap<string, KnownType>;
  readonly #prefixes: readonly string[];
  readonly #previous: string[];
  readonly #shared: Contracts;
  #last = { stream: '', partition: partitionOf('', PARTITIONS) };

  constructor(source: LogSource, logId: string, after: bigint) {
    this.#source = source;
    this.#shared = sharedOf(source);
    this.#logId = logId;
    this.#known = knownTypes(source.codecs);
    this.#prefixes = [...new Set(source.codecs.map((codec) => `${codec.context}.`))];
    this.#previous = Array.from({ length: PARTITIONS }, () => String(after));
  }

  /**
   * Undefined: this event is not published. `shared`: at the head of a log its consumers get the same events at the same
   * time, so one contract serves them all.
   */
  read(stored: StoredEvent, shared = false): CloudEvent | undefined {
    let event = shared ? this.#shared.get(stored) : undefined;
    if (event === undefined) {
      event = this.#contract(stored);
      if (shared) this.#shared.set(stored, event);
    }
    if (event === null) return undefined;
    const previousposition = this.#previous[event.partition] as string;
    this.#previous[event.partition] = event.position;
    return event.previousposition === previousposition ? event : { ...event, previousposition };
  }

  #contract(stored: StoredEvent): CloudEvent | null {
    const known = this.#known.get(stored.type);
    if (known === undefined) {
      // In a store that several services share, events of others and of the system pass by; our own must be known.
      if (this.#prefixes.some((prefix) => stored.type.startsWith(prefix)))
        throw new UnknownStoredEvent(stored.type, stored.position);
      return null;
    }
    let data = parse(stored.data);
    for (const upcast of known.upcasts) data = upcast(data);
    const contracted = this.#source.publication.publish({ type: known.type, data, stored });
    if (contracted === undefined) return null;

    const partition = this.#partitionOf(stored.stream);
    const { metadata } = stored;
    const event: Mutable<CloudEvent> = {
      specversion: '1.0',
      id: stored.id,
      source: `/kontor/${this.#source.publication.service}`,
      type: contracted.contract,
      subject: stored.stream,
      time: metadata.occurredAt,
      datacontenttype: 'application/json',
      logid: this.#logId,
      position: String(stored.position),
      previousposition: this.#previous[partition] as string,
      partition,
      revision: Number(stored.revision),
      recordedat: stored.recordedAt,
      actor: metadata.actor,
      origin: metadata.origin,
      commandid: metadata.commandId,
      correlationid: metadata.correlationId,
      data: contracted.data,
    };
    if (metadata.businessDate !== undefined) event.businessdate = metadata.businessDate;
    if (metadata.reason !== undefined) event.reason = metadata.reason;
    if (metadata.causationId !== undefined) event.causationid = metadata.causationId;
    if (metadata.traceparent !== undefined) event.traceparent = metadata.traceparent;
    return event;
  }

  /** Events of one append follow each other, and so do those of an import about one thing. */
  #partitionOf(stream: string): number {
    if (stream !== this.#last.stream) this.#last = { stream, partition: partitionOf(stream, PARTITIONS) };
    return this.#last.partition;
  }
}

/** A store that holds the end of its log gives the same object to every follower; null: not published. */
type Contracts = WeakMap<StoredEvent, CloudEvent | null>;

const shared = new WeakMap<LogSource, Contracts>();

function sharedOf(source: LogSource): Contracts {
  let contracts = shared.get(source);
  if (contracts === undefined) shared.set(source, (contracts = new WeakMap()));
  return contracts;
}

const compiled = new WeakMap<readonly Codec[], ReadonlyMap<string, KnownType>>();

/** Every version that was ever stored. Throws TypeError when a codec cannot bring one of them to the present. */
export function knownTypes(codecs: readonly Codec[]): ReadonlyMap<string, KnownType> {
  const cached = compiled.get(codecs);
  if (cached !== undefined) return cached;
  const known = new Map<string, KnownType>();
  for (const codec of codecs) {
    for (const [type, { version, upcasts }] of Object.entries(codec.events)) {
      for (let from = 1; from <= version; from += 1) {
        const steps: ((data: StoredData) => StoredData)[] = [];
        for (let step = from; step < version; step += 1) {
          const upcast = upcasts?.[step];
          if (upcast === undefined) throw new TypeError(`${codec.context}.${type} has no upcast from version ${step}`);
          steps.push(upcast);
        }
        known.set(`${codec.context}.${type}.v${from}`, { type, upcasts: steps });
      }
    }
  }
  compiled.set(codecs, known);
  return known;
}

function parse(data: Uint8Array): StoredData {
  const text = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return JSON.parse(text.toString('utf8')) as StoredData;
}
