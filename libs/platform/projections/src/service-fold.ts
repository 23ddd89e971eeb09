import {
  type Checkpoint,
  type Checkpoints,
  concerning,
  type FeedBatch,
  inTransaction,
  isDataFault,
  lowestPosition,
  passed,
  sameCheckpoint,
  unseen,
  type Watch,
  type Watermark,
} from '@kontor/feed';
import { withoutEffects } from '@kontor/event-store';
import type { CloudEvent } from '@kontor/kernel';
import type pg from 'pg';
import { BatchFold, type Parked } from './batch-fold.ts';
import { Fenced, RowRejected } from './errors.ts';
import { contractTypesOf, erasedSubject, isErasure, type PersonalCopies } from './personal-copies.ts';
import type { ParkedSince, ParkedStreams } from './parked-streams.ts';
import { endOf } from './parts.ts';
import type { Projection } from './projection.ts';
import { IDLE_LOOK_MS, WATERMARK_WRITE_MS } from './projections.config.ts';
import { servicesOf } from './schema.ts';
import type { TableWriter } from './table-writer.ts';

/**
 * A crash of the server may take the last commits back, rows and checkpoint together; they are folded again.
 * Everything here goes by keys. The plans are made once for each connection, often while the tables are still empty; such
 * a plan would read a table of millions from end to end for every batch, if it were allowed to.
 */
const BEGIN = `begin; set local synchronous_commit = off; set local enable_seqscan = off;
  set local enable_hashjoin = off; set local enable_mergejoin = off`;

export interface FoldParts {
  readonly pool: pg.Pool;
  readonly projection: Projection;
  readonly consumer: string;
  readonly writers: ReadonlyMap<string, TableWriter>;
  readonly checkpoints: Checkpoints;
  readonly parkedStreams: ParkedStreams;
  readonly copies: PersonalCopies;
  /** Drops a key from memory: it was destroyed, perhaps by another process. */
  readonly forget: (subject: string) => void;
  /** Drops the keys that another process destroyed: whoever folded before may have seen the erasure, and this one not. */
  readonly lookForDestroyedKeys: () => Promise<void>;
  readonly unseal: (events: readonly CloudEvent[]) => Promise<readonly CloudEvent[]>;
  /** Stands around each fold of events. */
  readonly watch: Watch | undefined;
}

/** Folds the batches of one service into the tables, each batch in one transaction with its checkpoint. */
export class ServiceFold {
  readonly #parts: FoldParts;
  readonly #service: string;
  readonly #onParked: (parked: Parked) => void;
  readonly #concerns: (type: string) => boolean;
  /** What the checkpoint rows say, as far as this process knows; anything else found there fences it. */
  #persisted: Checkpoint | undefined;
  #parked: ParkedSince = new Map();
  #watermarkWrittenAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: FoldParts, service: string, onParked: (parked: Parked) => void) {
    this.#parts = parts;
    this.#service = service;
    this.#onParked = onParked;
    this.#concerns = concerning(contractTypesOf(parts.projection), parts.projection.on);
  }

  async load(): Promise<Checkpoint> {
    const { pool, checkpoints, parkedStreams } = this.#parts;
    // The checkpoint before the list: a retry in between changes the epoch, which the next batch finds out.
    this.#persisted = await checkpoints.read(pool, this.#service);
    this.#parked = await parkedStreams.read(pool, this.#service);
    await this.#parts.lookForDestroyedKeys();
    return this.#persisted;
  }

  /** `persist`: write the watermark even when nothing was folded and the last write was a moment ago. */
  async apply(batch: FeedBatch, checkpoint: Checkpoint, persist: boolean): Promise<Checkpoint> {
    const events = unseen(batch, checkpoint).filter(({ type }) => this.#concerns(type));
    if (events.length === 0) {
      // A consumer that none of the events concern would otherwise write as often as everybody else together.
      if (!this.#isUnwritten(batch.watermark)) {
        await this.#stillThere();
        return checkpoint;
      }
      if (!persist && performance.now() - this.#watermarkWrittenAt < WATERMARK_WRITE_MS)
        return passed(checkpoint, batch.logId, batch.watermark);
    }
    const { watch, consumer } = this.#parts;
    const fold = () => this.#inParts(events, batch.logId, batch.watermark);
    return watch === undefined || events.length === 0 ? fold() : watch({ consumer, events }, fold);
  }

  /**
   * A crash of the server may have taken the last folds back while nothing new comes, and no statement would ever fail:
   * idle, the checkpoint is looked at from time to time. Throws Fenced.
   */
  async #stillThere(): Promise<void> {
    if (performance.now() - this.#lookedAt < IDLE_LOOK_MS) return;
    const { pool, checkpoints, consumer } = this.#parts;
    const found = await checkpoints.read(pool, this.#service);
    if (this.#persisted === undefined || !sameCheckpoint(found, this.#persisted)) throw new Fenced(consumer);
    this.#lookedAt = performance.now();
  }

  /** An erasure ends a part: what comes after it in the batch is not touched by it. */
  async #inParts(events: readonly CloudEvent[], logId: string, watermark: Watermark): Promise<Checkpoint> {
    let rest = events;
    for (;;) {
      const end = rest.findIndex((event) => isErasure(this.#parts.projection, event)) + 1;
      if (end === 0 || end === rest.length) return this.#bisect(rest, logId, watermark);
      await this.#bisect(rest.slice(0, end), logId, endOf(rest[end - 1] as CloudEvent));
      rest = rest.slice(end);
    }
  }

  /**
   * Batches of other services that are in hand were unsealed when the key was still there. Those that write already are
   * waited for; the others find another epoch, and are read and unsealed again.
   */
  async #erase(client: pg.ClientBase, subject: string): Promise<void> {
    const { checkpoints, projection, copies } = this.#parts;
    for (const service of servicesOf(contractTypesOf(projection))) {
      if (service === this.#service) continue;
      await checkpoints.lock(client, service);
      await checkpoints.newEpoch(client, service);
    }
    await copies.empty(client, subject);
  }

  #isUnwritten(watermark: Watermark): boolean {
    return this.#persisted === undefined || watermark.position > lowestPosition(this.#persisted);
  }

  /**
   * What the database refuses is found by halving: each half is a transaction of its own, the checkpoint between them
   * lies at the last event of the first, until the one event is alone that cannot be written.
   */
  async #bisect(
    events: readonly CloudEvent[],
    logId: string,
    watermark: Watermark,
    safely = false,
  ): Promise<Checkpoint> {
    try {
      return await this.#fold(events, logId, watermark, undefined, safely);
    } catch (error) {
      if (!safely && this.#missed(error)) return this.#bisect(events, logId, watermark, true);
      const [first] = events;
      if (first === undefined || !(isDataFault(error) || error instanceof RowRejected)) throw error;
      if (events.length === 1) return this.#fold([], logId, watermark, { event: first, error });
      const middle = events.length >> 1;
      const left = events.slice(0, middle);
      const last = left.at(-1) as CloudEvent;
      await this.#bisect(left, logId, endOf(last));
      return this.#bisect(events.slice(middle), logId, watermark);
    }
  }

  /** Whether a row was there that a writer had taken for a new one. */
  #missed(error: unknown): boolean {
    for (const writer of this.#parts.writers.values()) if (writer.missed(error)) return true;
    return false;
  }

  async #fold(
    events: readonly CloudEvent[],
    logId: string,
    watermark: Watermark,
    poison: Parked | undefined,
    safely = false,
  ): Promise<Checkpoint> {
    const { pool, checkpoints, parkedStreams } = this.#parts;
    const fold = new BatchFold(this.#parts.projection, (event) => isParkedIn(this.#parked, event));
    const erased = events.filter((event) => isErasure(this.#parts.projection, event)).map(erasedSubject);
    for (const subject of erased) this.#parts.forget(subject);
    const seen = await this.#parts.unseal(events);
    withoutEffects(this.#parts.consumer, () => {
      events.forEach((event, index) => {
        fold.plan(event, seen[index]);
      });
    });
    if (poison !== undefined) fold.fail(poison.event, poison.error);
    const advanced = await inTransaction(pool, BEGIN, async (client) => {
      const locked = await checkpoints.lock(client, this.#service);
      if (this.#persisted === undefined || !sameCheckpoint(locked, this.#persisted))
        throw new Fenced(this.#parts.consumer);
      await writeFold(client, fold, this.#parts.consumer, this.#parts.writers, safely);
      for (const subject of erased) await this.#erase(client, subject);
      await parkedStreams.add(client, this.#service, fold.parked);
      return checkpoints.advance(client, this.#service, logId, watermark, locked);
    });
    this.#persisted = advanced;
    this.#watermarkWrittenAt = performance.now();
    this.#parked = withParked(this.#parked, fold.parked);
    for (const parked of fold.parked) if (parked.error !== null) this.#onParked(parked);
    return advanced;
  }
}

/** Brings the rows that changes need, applies the batch in memory, and writes each table once; `safely` as in TableWriter. */
export async function writeFold(
  client: pg.ClientBase,
  fold: BatchFold,
  consumer: string,
  writers: ReadonlyMap<string, TableWriter>,
  safely = false,
): Promise<void> {
  for (const [table, keys] of fold.needed()) {
    const writer = writers.get(table);
    if (writer !== undefined) fold.load(table, await writer.read(client, keys));
  }
  withoutEffects(consumer, () => fold.apply());
  for (const [table, writer] of writers) await writer.write(client, fold.changes(table), safely);
}

export function isParkedIn(parked: ParkedSince, event: CloudEvent): boolean {
  const since = parked.get(event.subject);
  return since !== undefined && BigInt(event.position) >= since;
}

function withParked(before: ParkedSince, parked: readonly Parked[]): ParkedSince {
  const failed = parked.filter(({ error }) => error !== null);
  if (failed.length === 0) return before;
  const after = new Map(before);
  for (const { event } of failed) after.set(event.subject, BigInt(event.position));
  return after;
}
