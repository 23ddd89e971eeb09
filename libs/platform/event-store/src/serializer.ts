import type { Codec, DomainEvent, EventCodec, SealedText, StoredData } from '@kontor/kernel';
import { UnknownEventType } from './errors.ts';
import type { EventMetadata, NewEvent, StoredEvent } from './event-store.ts';
import type { KeyVault } from './vault.ts';

/** What is given to be stored: a domain event with the id and the metadata it gets. */
export interface EventToStore {
  readonly event: DomainEvent;
  readonly id: string;
  readonly metadata: EventMetadata;
}

/** A stored event in its current shape: `type` without context and version, personal fields still sealed. */
export interface DecodedEvent {
  readonly context: string;
  readonly type: string;
  readonly data: StoredData;
}

const STORED_TYPE = /^([A-Za-z][A-Za-z0-9_-]*)\.([A-Za-z][A-Za-z0-9_]*)\.v([1-9][0-9]{0,5})$/;

interface KnownType {
  readonly context: string;
  readonly type: string;
  readonly version: number;
  readonly entry: EventCodec;
}

/** The names under which events may lie in a store, by the codecs that read them. */
export class KnownTypes {
  private readonly entries = new Map<string, EventCodec>();

  /** Throws when a codec lacks a step between an old version and the current one: better at the start than at the event. */
  constructor(codecs: readonly Codec[]) {
    for (const codec of codecs) {
      for (const [type, entry] of Object.entries(codec.events)) {
        const name = `${codec.context}.${type}`;
        if (this.entries.has(name)) throw new Error(`${name} has two codecs`);
        for (let version = 1; version < entry.version; version += 1) {
          if (entry.upcasts?.[version] === undefined) throw new Error(`${name} has no upcast from v${version}`);
        }
        this.entries.set(name, entry);
      }
    }
  }

  /** Throws UnknownEventType when no codec knows the name, or when it is of a newer version. */
  find(storedType: string): KnownType {
    const [, context = '', type = '', digits = ''] = STORED_TYPE.exec(storedType) ?? [];
    const entry = this.entries.get(`${context}.${type}`);
    if (entry === undefined) throw new UnknownEventType(storedType, 'no codec knows it');
    const version = Number(digits);
    if (version > entry.version)
      throw new UnknownEventType(storedType, `this program knows versions up to ${entry.version}`);
    return { context, type, version, entry };
  }
}

/**
 * Between domain events and the bytes in the store. Stored names are `<context>.<Event>.v<N>`; old versions are raised step by
 * step to the current shape. Personal fields lie in the store as `{"sealed": …, "subject": …}`, from the first event on.
 */
export class EventSerializer {
  private readonly known: KnownTypes;

  /** Throws what KnownTypes throws. */
  constructor(
    codecs: readonly Codec[],
    private readonly vault: KeyVault,
  ) {
    this.known = new KnownTypes(codecs);
  }

  /** The events of one append, with one look at the keys. */
  async serialize(codec: Codec, events: readonly EventToStore[]): Promise<readonly NewEvent[]> {
    const drafts = events.map((draft) => {
      const entry = codec.events[draft.event.type];
      const type = `${codec.context}.${draft.event.type}`;
      if (entry === undefined) throw new UnknownEventType(type, 'its codec does not name it');
      const data = draft.event.data as StoredData;
      return { ...draft, type: `${type}.v${entry.version}`, data, sealing: sealingOf(type, entry, data) };
    });
    const subjects = drafts.flatMap(({ sealing }) => (sealing === null ? [] : [sealing.subject]));
    if (subjects.length > 0) await this.vault.prepare(subjects, 'seal');
    return drafts.map(({ id, type, data, metadata, sealing }) => ({
      id,
      type,
      data: Buffer.from(JSON.stringify(sealing === null ? data : { ...data, ...this.sealed(sealing) })),
      metadata: sealing === null ? metadata : { ...metadata, subjects: [sealing.subject] },
    }));
  }

  /** Throws UnknownEventType when no codec knows the name, or when it is of a newer version. */
  decode(stored: Pick<StoredEvent, 'type' | 'data'>): DecodedEvent {
    const { context, type, version, entry } = this.known.find(stored.type);
    let data = JSON.parse(Buffer.from(stored.data).toString('utf8')) as StoredData;
    for (let from = version; from < entry.version; from += 1) data = entry.upcasts?.[from]?.(data) ?? data;
    return { context, type, data };
  }

  /** The domain event: decoded and unsealed. For a page of events, `decode` each and `unsealAll` together is cheaper. */
  async read(stored: Pick<StoredEvent, 'type' | 'data'>): Promise<DomainEvent<string, StoredData>> {
    const { type, data } = this.decode(stored);
    return { type, data: await this.unseal(data) };
  }

  /** The same data with every sealed text in plain; null where the key was destroyed. Works on contracts too. */
  async unseal<Data>(data: Data): Promise<Data> {
    const [plain] = await this.unsealAll([data]);
    return plain as Data;
  }

  /** Many with one look at the keys; give it a page, not event by event. */
  async unsealAll<Data>(list: readonly Data[]): Promise<readonly Data[]> {
    const subjects = new Set<string>();
    for (const data of list) collectSubjects(data, subjects);
    if (subjects.size === 0) return list;
    await this.vault.prepare([...subjects], 'unseal');
    return list.map((data) => this.opened(data) as Data);
  }

  private sealed({ subject, fields }: Sealing): StoredData {
    return Object.fromEntries(
      Object.entries(fields).map(([name, plain]) => [name, { sealed: this.vault.seal(subject, plain), subject }]),
    );
  }

  private opened(value: unknown): unknown {
    if (isSealed(value)) return this.vault.unseal(value.subject, value.sealed);
    if (Array.isArray(value)) return value.map((item) => this.opened(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.opened(item)]));
  }
}

interface Sealing {
  readonly subject: string;
  readonly fields: { readonly [name: string]: string };
}

/** What of these data is to be sealed: null when no personal field holds anything. */
function sealingOf(type: string, { personal }: EventCodec, data: StoredData): Sealing | null {
  if (personal === undefined) return null;
  const fields: { [name: string]: string } = {};
  for (const name of personal.fields) {
    const value = data[name];
    if (value === null || value === undefined) continue;
    if (typeof value !== 'string') throw new TypeError(`${type}.${name}: only texts are sealed`);
    fields[name] = value;
  }
  if (Object.keys(fields).length === 0) return null;
  const subject = data[personal.subject];
  if (typeof subject !== 'string' || subject === '')
    throw new TypeError(`${type}.${personal.subject}: no subject to seal for`);
  return { subject, fields };
}

function isSealed(value: unknown): value is SealedText {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sealed' in value &&
    'subject' in value &&
    typeof value.sealed === 'string' &&
    typeof value.subject === 'string'
  );
}

function collectSubjects(value: unknown, subjects: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (isSealed(value)) subjects.add(value.subject);
  else for (const item of Object.values(value)) collectSubjects(item, subjects);
}
