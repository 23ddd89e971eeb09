import streams, { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Recorded } from './log.ts';
import type { Served } from './served.ts';
import { subscribe } from './subscribe-service.ts';
import { eventMessage, fail, failure, type Failure, identifierOf, nameOf, send, streamDeleted } from './wire.ts';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

const INVALID_POSITION = 'Unexpected ReadAllResult: InvalidPosition';

/** Read serves both reads and subscriptions; which is in the options. */
export async function read(served: Served, call: ReadCall): Promise<void> {
  const options = call.request.getOptions();
  const order = served.arrived(options?.hasSubscription() === true ? 'subscribe' : 'read', call);
  if (order !== undefined) {
    if (order.answer !== 'silence') fail(call, order.answer);
    return;
  }
  if (options === undefined) {
    fail(call, failure(status.UNKNOWN, 'Exception was thrown by handler.'));
  } else if (options.getResolveLinks()) {
    fail(call, failure(status.UNIMPLEMENTED, 'The double has no links.'));
  } else if (options.hasSubscription()) {
    await subscribe(served, call, options);
  } else {
    const found = options.hasStream() ? eventsOfStream(served, options) : eventsOfAll(served, options);
    if ('missing' in found) {
      const missing = new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(found.missing));
      await send(call, new streams.ReadResp().setStreamNotFound(missing));
      call.end();
    } else if ('events' in found) {
      for (const event of found.events) {
        if (call.cancelled) return;
        await send(call, eventMessage(event));
      }
      call.end();
    } else {
      fail(call, found);
    }
  }
}

type Found = { readonly events: Iterable<Recorded> } | { readonly missing: string } | Failure;

function* limited(events: Iterable<Recorded>, count: number): Generator<Recorded> {
  let left = count;
  for (const event of events) {
    yield event;
    left -= 1;
    if (left <= 0) return;
  }
}

function eventsOfStream(served: Served, options: ReadReq.Options): Found {
  const at = options.getStream();
  const name = nameOf(at?.getStreamIdentifier());
  const stream = served.log.stream(name);
  if (stream.kind === 'tombstoned') return streamDeleted(name);
  if (stream.kind === 'missing') return { missing: name };
  const count = Number(options.getCount());
  if (count <= 0) return failure(status.UNKNOWN, 'Unexpected ReadStreamResult: Error');
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  if (backwards) {
    const from = at?.hasRevision() === true ? BigInt(at.getRevision()) : null;
    const events = stream.events.filter(({ revision }) => from === null || revision <= from).reverse();
    return { events: limited(events, count) };
  }
  if (at?.hasEnd() === true) return failure(status.UNKNOWN, 'Unexpected ReadStreamResult: Error');
  const from = at?.hasRevision() === true ? BigInt(at.getRevision()) : 0n;
  const first = stream.events.findIndex(({ revision }) => revision >= from);
  return { events: first < 0 ? [] : limited(stream.events.slice(first, first + count), count) };
}

function eventsOfAll(served: Served, options: ReadReq.Options): Found {
  const all = options.getAll();
  const { log } = served;
  const count = Number(options.getCount());
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const given = all?.hasPosition() === true ? all.getPosition() : undefined;
  const commit = BigInt(given?.getCommitPosition() ?? 0);
  const prepare = BigInt(given?.getPreparePosition() ?? 0);
  if (commit < prepare || !log.isPlace(commit)) return failure(status.UNKNOWN, INVALID_POSITION);
  if (backwards) {
    const until = given === undefined ? log.records.length : indexAt(log.records, commit);
    return { events: limited(downwards(log.records, all?.hasStart() === true ? 0 : until), count) };
  }
  if (all?.hasEnd() === true) return { events: [] };
  return { events: limited(upwards(log.records, indexAt(log.records, commit)), count) };
}

function* upwards(records: readonly Recorded[], from: number): Generator<Recorded> {
  // What was there when the read began; a record that comes meanwhile is the next read's.
  const { length } = records;
  for (let at = from; at < length; at += 1) {
    const record = records[at];
    if (record !== undefined) yield record;
  }
}

function* downwards(records: readonly Recorded[], until: number): Generator<Recorded> {
  for (let at = until - 1; at >= 0; at -= 1) {
    const record = records[at];
    if (record !== undefined) yield record;
  }
}

/** Index of the first record at or above the position. */
function indexAt(records: readonly Recorded[], position: bigint): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records[middle]?.position ?? position) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
