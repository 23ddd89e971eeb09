import { setTimeout as delay } from 'node:timers/promises';
import {
  type AppendReceipt,
  type EventMetadata,
  type EventSerializer,
  type EventStore,
  StoreTimeout,
  StoreUnavailable,
  WrongExpectedRevision,
} from '@kontor/event-store';
import { type Aggregate, decide, type DomainCommand, type DomainEvent } from '@kontor/kernel';
import type { CommandEnvelope, Outcome, Receipt } from './command-envelope.ts';
import { CommandContention, IdempotencyKeyReused, OutcomeUnknown, StaleRevision } from './command-faults.ts';
import { type FoldedStream, FoldedStreams } from './folded-streams.ts';
import { uuidV5 } from './ids.ts';
import { KeyedQueue } from './keyed-queue.ts';

/** How often a decision is made again on a stream that others change at the same time. */
const MAX_ATTEMPTS = 25;
/** Longest pause before the n-th attempt is n times this: processes that met once should not meet again. */
const PAUSE_STEP_MS = 2;

export interface Loaded<State> {
  readonly state: State;
  /** −1n: there is no such stream. */
  readonly revision: bigint;
}

/**
 * Runs commands against streams: load, decide, append with the revision that was decided on, and again if somebody else
 * was faster. A repeated command is answered with its first receipt whatever the revision is now. Commands on one
 * stream queue up in the process, so that only other processes can be met in an append.
 */
export class CommandRunner {
  private readonly folded: FoldedStreams;
  private readonly queue = new KeyedQueue();

  constructor(
    private readonly service: string,
    private readonly store: EventStore,
    private readonly serializer: EventSerializer,
    /** Told how many milliseconds each append took. */
    private readonly appended: (ms: number) => void = () => undefined,
  ) {
    this.folded = new FoldedStreams(store, serializer);
  }

  /**
   * `command` may be a function of the current state, where a fact of the stream itself decides what to ask.
   * Throws StaleRevision, IdempotencyKeyReused, CommandContention, OutcomeUnknown and the store's errors.
   */
  execute<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
    command: Command | ((state: State, revision: bigint) => Command),
    envelope: CommandEnvelope,
  ): Promise<Outcome> {
    const stream = `${aggregate.category}-${id}`;
    return this.queue.run(stream, () => this.attempt(aggregate, stream, command, envelope, undefined));
  }

  /**
   * The same for a command that begins a stream: it is decided on the initial state without a look at the store, which says
   * at the append whether the stream is there already. Then, and when it is refused, all goes as in `execute`.
   */
  begin<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
    command: Command,
    envelope: CommandEnvelope,
  ): Promise<Outcome> {
    const stream = `${aggregate.category}-${id}`;
    const unseen = this.folded.unread(aggregate.decider.initial);
    return this.queue.run(stream, () => this.attempt(aggregate, stream, command, envelope, unseen));
  }

  /** The state of a stream as it is in the store now. */
  async load<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
  ): Promise<Loaded<State>> {
    const stream = `${aggregate.category}-${id}`;
    const entry = await this.queue.run(stream, () => this.folded.current(aggregate, stream));
    return { state: entry.state as State, revision: entry.revision };
  }

  /** The state as it was at a revision: for decisions that are made again. */
  async loadAt<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
    revision: bigint,
  ): Promise<State> {
    const { state } = await this.folded.at(aggregate, `${aggregate.category}-${id}`, revision);
    return state as State;
  }

  /** Drops every folded state: personal data that were erased are in some of them, and no one knows in which. */
  forget(): void {
    this.folded.forget();
  }

  private async attempt<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    stream: string,
    command: Command | ((state: State, revision: bigint) => Command),
    envelope: CommandEnvelope,
    unseen: FoldedStream | undefined,
  ): Promise<Outcome> {
    // A cached fold may be behind another process. An append would find that out; a refusal would not.
    const cached = this.folded.known(stream) ?? unseen;
    let entry = cached ?? (await this.folded.current(aggregate, stream));
    let current = cached === undefined;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const repeated = this.alreadyHandled(stream, entry, envelope);
      if (repeated !== undefined) return repeated;
      const stale = envelope.expectedRevision !== undefined && envelope.expectedRevision !== entry.revision;
      if (stale && current) throw new StaleRevision(stream, envelope.expectedRevision, entry.revision);
      if (!stale) {
        const state = entry.state as State;
        const asked = typeof command === 'function' ? command(state, entry.revision) : command;
        const decision = decide(aggregate.decider, asked, state);
        if (decision.kind === 'accepted' && decision.events.length > 0) {
          const receipt = await this.append(aggregate, stream, entry, decision.events, envelope, entry !== unseen);
          if (receipt !== undefined)
            return {
              kind: 'accepted',
              receipt: this.receipt(stream, receipt.revision, receipt.position),
              events: decision.events,
              repeated: receipt.repeated,
            };
        } else if (current) {
          if (decision.kind === 'refused') return decision;
          const receipt = this.receipt(stream, entry.revision, entry.position);
          return { kind: 'accepted', receipt, events: [], repeated: false };
        }
      }
      if (attempt > 2) await delay(Math.random() * PAUSE_STEP_MS * attempt);
      entry = await this.folded.current(aggregate, stream);
      current = true;
    }
    throw new CommandContention(stream, MAX_ATTEMPTS);
  }

  /**
   * Undefined: somebody else was faster, decide again. A repeat is decided again too: whether it asks for the same is known only
   * from what is stored, and what was decided here may not be what is.
   */
  private async append<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    stream: string,
    entry: FoldedStream,
    events: readonly Event[],
    envelope: CommandEnvelope,
    looked: boolean,
  ): Promise<AppendReceipt | undefined> {
    const serialized = await this.serializer.serialize(
      aggregate.codec,
      events.map((event, index) => ({
        id: uuidV5(envelope.commandId, String(index)),
        event,
        metadata: metadataOf(envelope, event),
      })),
    );
    const expected = entry.revision === -1n ? 'none' : entry.revision;
    let receipt: AppendReceipt;
    const begun = performance.now();
    try {
      receipt = await this.store.append(stream, expected, serialized);
      this.appended(performance.now() - begun);
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return undefined;
      if (!(error instanceof StoreTimeout || error instanceof StoreUnavailable)) throw error;
      const resolved = await this.resolve(aggregate, stream, envelope, error);
      return looked ? resolved : undefined;
    }
    if (receipt.repeated) return undefined;
    this.folded.advance(aggregate, stream, entry, events, envelope, receipt);
    return receipt;
  }

  /** The acknowledgement was lost: what happened is read back, never assumed. */
  private async resolve<State, Command extends DomainCommand, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    stream: string,
    envelope: CommandEnvelope,
    cause: Error,
  ): Promise<AppendReceipt | undefined> {
    this.folded.drop(stream);
    let entry: FoldedStream;
    try {
      entry = await this.folded.current(aggregate, stream);
    } catch (error) {
      throw new OutcomeUnknown(stream, { cause: error });
    }
    const handled = entry.commands.get(envelope.commandId);
    if (handled !== undefined) {
      if (handled.requestHash !== envelope.requestHash) throw new IdempotencyKeyReused(envelope.commandId);
      return { ...handled, repeated: true };
    }
    // It is not there now, but an append that timed out may still be on its way: only the caller may repeat it.
    throw cause instanceof StoreTimeout ? new OutcomeUnknown(stream, { cause }) : cause;
  }

  private alreadyHandled(stream: string, entry: FoldedStream, envelope: CommandEnvelope): Outcome | undefined {
    const handled = entry.commands.get(envelope.commandId);
    if (handled === undefined) return undefined;
    if (handled.requestHash !== envelope.requestHash) throw new IdempotencyKeyReused(envelope.commandId);
    return {
      kind: 'accepted',
      receipt: this.receipt(stream, handled.revision, handled.position),
      events: [],
      repeated: true,
    };
  }

  private receipt(stream: string, revision: bigint, position: bigint): Receipt {
    return { stream, revision, position, consistencyToken: `${this.service}:${position}` };
  }
}

function metadataOf(envelope: CommandEnvelope, event: DomainEvent): EventMetadata {
  const businessDate = (event.data as { businessDate?: unknown }).businessDate;
  return {
    occurredAt: envelope.occurredAt,
    actor: envelope.actor,
    origin: envelope.origin,
    commandId: envelope.commandId,
    requestHash: envelope.requestHash,
    correlationId: envelope.correlationId,
    ...(envelope.causationId === undefined ? {} : { causationId: envelope.causationId }),
    ...(envelope.reason === undefined ? {} : { reason: envelope.reason }),
    ...(envelope.traceparent === undefined ? {} : { traceparent: envelope.traceparent }),
    ...(typeof businessDate === 'string' ? { businessDate } : {}),
  };
}
