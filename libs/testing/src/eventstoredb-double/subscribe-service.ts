import { randomUUID } from 'node:crypto';
import streams, { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { NEVER, type Recorded } from './log.ts';
import type { Served } from './served.ts';
import { eventMessage, fail, failure, type Failure, nameOf, send, streamDeleted } from './wire.ts';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

/** Events of a page, and of the buffer between the log and a live subscription. */
const PAGE = 32;

interface Filter {
  readonly matches: (event: Recorded) => boolean;
  readonly window: number;
  readonly interval: number;
}

interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
}

const isAfter = (one: Place, other: Place): boolean =>
  one.commit > other.commit || (one.commit === other.commit && one.prepare > other.prepare);
const placeOf = ({ position }: Recorded): Place => ({ commit: position, prepare: position });

/** Confirmation, events strictly after the start, a checkpoint if filtered, caught up, then live. */
export async function subscribe(served: Served, call: ReadCall, options: Options): Promise<void> {
  const { log } = served;
  const stream = options.hasStream() ? nameOf(options.getStream()?.getStreamIdentifier()) : null;
  if (stream !== null && log.stream(stream).kind === 'tombstoned') {
    fail(call, streamDeleted(stream));
    return;
  }
  const filter = stream === null && options.hasFilter() ? filterOf(options) : null;
  if (filter instanceof Error) {
    fail(call, failure(status.UNKNOWN, 'Exception was thrown by handler.'));
    return;
  }
  const start = startOf(served, options);
  if ('code' in start) {
    fail(call, start);
    return;
  }
  const confirmation = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID());
  await send(call, new streams.ReadResp().setConfirmation(confirmation));
  await new Subscription(served, call, stream, filter, start).run();
}

interface Start {
  /** Index of the first record that may be sent. */
  readonly index: number;
  readonly place: Place;
  readonly atEnd: boolean;
}

function startOf({ log }: Served, options: Options): Start | Failure {
  const end: Start = { index: log.records.length, place: { commit: log.end, prepare: log.end }, atEnd: true };
  const all = options.getAll();
  if (options.hasAll()) {
    if (all?.hasEnd() === true) return end;
    const given = all?.getPosition();
    if (given === undefined) return { index: 0, place: { commit: 0n, prepare: 0n }, atEnd: false };
    const place = { commit: BigInt(given.getCommitPosition()), prepare: BigInt(given.getPreparePosition()) };
    if (place.commit < place.prepare) return failure(status.UNKNOWN, 'Exception was thrown by handler.');
    if (!log.isPlace(place.commit)) return failure(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');
    const index = log.records.findIndex((record) => isAfter(placeOf(record), place));
    return index < 0 ? { ...end, place } : { index, place, atEnd: false };
  }
  const at = options.getStream();
  if (at?.hasEnd() === true) return end;
  const after = at?.hasRevision() === true ? BigInt(at.getRevision()) : -1n;
  const name = nameOf(at?.getStreamIdentifier());
  const index = log.records.findIndex((record) => record.stream === name && record.revision > after);
  return index < 0 ? end : { index, place: { commit: 0n, prepare: 0n }, atEnd: false };
}

function filterOf(options: Options): Filter | Error {
  const filter = options.getFilter();
  const byName = filter?.hasStreamIdentifier() === true;
  const expression = byName ? filter.getStreamIdentifier() : filter?.getEventType();
  const window = filter?.hasMax() === true ? filter.getMax() : PAGE;
  const multiplier = filter?.getCheckpointintervalmultiplier() ?? 0;
  if (multiplier === 0) return new Error('no interval');
  const text = (event: Recorded): string => (byName ? event.stream : event.type);
  const regex = expression?.getRegex() ?? '';
  const prefixes = expression?.getPrefixList() ?? [];
  try {
    const pattern = regex === '' ? null : new RegExp(regex);
    return {
      matches: (event) =>
        pattern === null ? prefixes.some((prefix) => text(event).startsWith(prefix)) : pattern.test(text(event)),
      window,
      interval: multiplier * window,
    };
  } catch (error) {
    return error instanceof Error ? error : new Error('not a pattern');
  }
}

class Subscription {
  private index: number;
  /** Considered since the last checkpoint. */
  private counted = 0;
  private lastSent: Place | null = null;
  private lastCheckpoint: Place | null = null;
  private pageStart: Place;
  private wake: () => void = () => undefined;
  private over = false;

  constructor(
    private readonly served: Served,
    private readonly call: ReadCall,
    private readonly stream: string | null,
    private readonly filter: Filter | null,
    private readonly start: Start,
  ) {
    this.index = start.index;
    this.pageStart = start.place;
  }

  async run(): Promise<void> {
    const { served, call } = this;
    const forget = served.log.onGrowth(() => {
      this.wake();
    });
    const end = (failed?: Failure): void => {
      if (this.over) return;
      this.over = true;
      served.subscriptions.delete(end);
      forget();
      if (failed === undefined) call.end();
      else fail(call, failed);
      this.wake();
    };
    served.subscriptions.add(end);
    for (const event of ['cancelled', 'close', 'error'] as const) {
      call.on(event, () => {
        this.over = true;
        served.subscriptions.delete(end);
        forget();
        this.wake();
      });
    }
    if (!this.start.atEnd) await this.catchUp();
    await this.send(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
    this.counted = this.start.atEnd ? 0 : this.counted;
    while (!this.over) {
      if (this.index === served.log.records.length || served.faults.mutedSubscriptions) {
        await this.growth();
      } else if (served.log.records.length - this.index > PAGE) {
        // The buffer of a slow reader overflowed: the server reads from the log again and says so at its end.
        await this.catchUp();
        await this.send(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
      } else {
        await this.live();
      }
    }
  }

  private growth(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (this.over) resolve();
    });
  }

  private async catchUp(): Promise<void> {
    const { records } = this.served.log;
    while (!this.over && this.index < records.length) {
      let considered = 0;
      let matched = 0;
      const window = this.filter?.window ?? PAGE;
      while (considered < window && matched < PAGE && this.index < records.length) {
        const record = records[this.index];
        this.index += 1;
        considered += 1;
        if (record === undefined || !this.concerns(record)) continue;
        matched += 1;
        await this.sendEvent(record);
      }
      this.counted += considered;
      const atEnd = this.index === records.length;
      if (this.filter !== null && (atEnd || this.counted >= this.filter.interval)) {
        this.counted %= this.filter.interval;
        const { lastSent, pageStart } = this;
        await this.checkpoint(lastSent === null || isAfter(pageStart, lastSent) ? pageStart : lastSent);
      }
      this.pageStart = { commit: records[this.index - 1]?.end ?? 0n, prepare: 0n };
    }
  }

  private async live(): Promise<void> {
    const record = this.served.log.records[this.index];
    this.index += 1;
    if (record === undefined) return;
    this.counted += 1;
    if (this.concerns(record)) await this.sendEvent(record);
    if (this.filter !== null && this.counted >= this.filter.interval) {
      this.counted %= this.filter.interval;
      await this.checkpoint(placeOf(record));
    }
  }

  private concerns(record: Recorded): boolean {
    if (this.stream !== null) return record.stream === this.stream;
    return this.filter === null || this.filter.matches(record);
  }

  private async sendEvent(record: Recorded): Promise<void> {
    this.lastSent = placeOf(record);
    await this.send(eventMessage(record));
    if (this.stream !== null && record.revision === NEVER && !this.over) {
      this.over = true;
      fail(this.call, streamDeleted(this.stream));
    }
  }

  /** Never two equal or falling ones. */
  private async checkpoint(place: Place): Promise<void> {
    if (this.lastCheckpoint !== null && !isAfter(place, this.lastCheckpoint)) return;
    this.lastCheckpoint = place;
    const message = new streams.ReadResp.Checkpoint()
      .setCommitPosition(`${place.commit}`)
      .setPreparePosition(`${place.prepare}`);
    await this.send(new streams.ReadResp().setCheckpoint(message));
  }

  private async send(message: ReadResp): Promise<void> {
    if (!this.over) await send(this.call, message);
  }
}
