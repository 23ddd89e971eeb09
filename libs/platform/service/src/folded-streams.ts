import type { AppendReceipt, DecodedEvent, EventSerializer, EventStore, StoredEvent } from '@kontor/event-store';
import { type Aggregate, type DomainCommand, type DomainEvent, evolve, fold } from '@kontor/kernel';
import { LRUCache } from 'lru-cache';

/** Folded streams kept in memory, and the events that they may stand for together: some 400 bytes each, their commands included. */
const MAX_CACHED_STREAMS = 1_000;
const MAX_CACHED_EVENTS = 100_000;
/** Events decoded at once while a stream is folded: one look at the keys of personal data for each page. */
const FOLD_PAGE = 500;

interface HandledCommand {
  readonly requestHash: string;
  readonly revision: bigint;
  readonly position: bigint;
}

/** A stream folded up to `revision`. `commands` is the memory of what was handled, folded from the metadata. */
export interface FoldedStream {
  /** Which forgetting it comes after: what was folded before one is not kept. */
  readonly generation: number;
  state: unknown;
  /** −1n: nothing was read, or there is nothing to read. */
  revision: bigint;
  position: bigint;
  readonly commands: Map<string, HandledCommand>;
}

/** The states of streams, folded from the store and kept as long as there is room: each look reads only what came since. */
export class FoldedStreams {
  private readonly kept = new LRUCache<string, FoldedStream>({
    max: MAX_CACHED_STREAMS,
    maxSize: MAX_CACHED_EVENTS,
    sizeCalculation: (stream) => Number(stream.revision) + 2,
  });
  private generation = 0;

  constructor(
    private readonly store: EventStore,
    private readonly serializer: EventSerializer,
  ) {}

  /** As it was folded last: another process may have gone on since. */
  known(stream: string): FoldedStream | undefined {
    return this.kept.get(stream);
  }

  /** A stream at which nobody has looked. */
  unread(initial: unknown): FoldedStream {
    return { generation: this.generation, state: initial, revision: -1n, position: 0n, commands: new Map() };
  }

  /** As it is in the store now. */
  async current<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    stream: string,
  ): Promise<FoldedStream> {
    const entry = this.known(stream) ?? this.unread(aggregate.decider.initial);
    try {
      await this.foldTail(aggregate, stream, entry);
    } catch (error) {
      // A fold that stopped half-way has state and revision apart: never use it again.
      this.drop(stream);
      throw error;
    }
    if (entry.revision >= 0n) this.keep(stream, entry);
    return entry;
  }

  /** As it was at a revision, folded from the beginning and not kept. */
  async at<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    stream: string,
    revision: bigint,
  ): Promise<FoldedStream> {
    const entry = this.unread(aggregate.decider.initial);
    if (revision >= 0n) await this.foldTail(aggregate, stream, entry, Number(revision) + 1);
    return entry;
  }

  /** What was just appended to a stream behind `entry`, without reading it back. */
  advance<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    stream: string,
    entry: FoldedStream,
    events: readonly Event[],
    { commandId, requestHash }: { readonly commandId: string; readonly requestHash: string },
    { revision, position }: AppendReceipt,
  ): void {
    entry.state = fold(aggregate.decider, events, entry.state as State);
    entry.revision = revision;
    entry.position = position;
    entry.commands.set(commandId, { requestHash, revision, position });
    this.keep(stream, entry);
  }

  drop(stream: string): void {
    this.kept.delete(stream);
  }

  /** Drops all, those that are being folded at the moment too. */
  forget(): void {
    this.generation += 1;
    this.kept.clear();
  }

  private keep(stream: string, entry: FoldedStream): void {
    if (entry.generation === this.generation) this.kept.set(stream, entry);
  }

  private async foldTail<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    stream: string,
    entry: FoldedStream,
    limit?: number,
  ): Promise<void> {
    const tail = this.store.readStream(stream, {
      from: entry.revision + 1n,
      ...(limit === undefined ? {} : { limit }),
    });
    let page: StoredEvent[] = [];
    for await (const stored of tail) {
      page.push(stored);
      if (page.length < FOLD_PAGE) continue;
      await this.foldPage(aggregate, entry, page);
      page = [];
    }
    await this.foldPage(aggregate, entry, page);
  }

  private async foldPage<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    entry: FoldedStream,
    page: readonly StoredEvent[],
  ): Promise<void> {
    const events = await this.serializer.unsealAll(page.map((stored) => this.serializer.decode(stored)));
    page.forEach((stored, index) => {
      const { type, data } = events[index] as DecodedEvent;
      entry.state = evolve(aggregate.decider, entry.state as State, { type, data } as unknown as Event);
      entry.revision = stored.revision;
      entry.position = stored.position;
      entry.commands.set(stored.metadata.commandId, {
        requestHash: stored.metadata.requestHash,
        revision: stored.revision,
        position: stored.position,
      });
    });
  }
}
