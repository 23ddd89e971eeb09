import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusMessages from '@eventstore/db-client/generated/status_pb.js';
import streams, { type BatchAppendReq, type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import google from 'google-protobuf/google/protobuf/empty_pb.js';
import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import { changesReading } from './append-service.ts';
import type { Order } from './faults.ts';
import type { AppendOutcome, Expectation, Proposed } from './log.ts';
import type { Served } from './served.ts';
import { bytesOf, fail, identifierOf, nameOf, proposedOf, uuid, uuidOf } from './wire.ts';

interface Gathering {
  readonly stream: string;
  readonly expected: Expectation;
  readonly order: Order | undefined;
  readonly deadline: NodeJS.Timeout;
  readonly events: Proposed[];
  bytes: number;
}

interface Detail {
  serializeBinary(): Uint8Array;
}

const MAX_WRITE_TIMEOUT_MS = 2_000;

/** One long-lived stream per channel; every append answered exactly once, in the order of completion. */
export function batchAppend(served: Served, call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void {
  const pending = new Map<string, Gathering>();
  /** Ids that were answered while more of them may still come. */
  const ignored = new Set<string>();
  let ended = false;

  const end = (): void => {
    ended = true;
    for (const { deadline } of pending.values()) clearTimeout(deadline);
    pending.clear();
  };
  const write = (id: string, stream: string, response: BatchAppendResp): void => {
    if (ended) return;
    call.write(response.setCorrelationId(uuid(id)).setStreamIdentifier(identifierOf(stream)));
  };
  const error = (id: string, stream: string, code: number, name: string, detail: Detail): void => {
    const packed = new any.Any();
    packed.pack(detail.serializeBinary(), `event_store.client.${name}`);
    const grpcStatus = new statusMessages.Status().setCode(code).setMessage(name).setDetails(packed);
    write(id, stream, new streams.BatchAppendResp().setError(grpcStatus));
  };
  const timedOut = (id: string, stream: string): void => {
    pending.delete(id);
    ignored.add(id);
    error(id, stream, status.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout());
  };

  call.on('data', (request: BatchAppendReq) => {
    const id = uuidOf(request.getCorrelationId());
    if (ended || ignored.has(id)) return;
    let gathering = pending.get(id);
    if (gathering === undefined) {
      const options = request.getOptions();
      if (options === undefined) return;
      const stream = nameOf(options.getStreamIdentifier());
      const order = served.arrived('batchAppend', call);
      if (order !== undefined && order.when === 'before' && order.answer !== 'silence') {
        end();
        fail(call, order.answer);
        return;
      }
      const until = options.getDeadline();
      const leftMs =
        until === undefined ? MAX_WRITE_TIMEOUT_MS : until.getSeconds() * 1_000 + until.getNanos() / 1e6 - Date.now();
      if (leftMs <= 0) {
        timedOut(id, stream);
        return;
      }
      const deadline = setTimeout(
        () => {
          timedOut(id, stream);
        },
        Math.min(leftMs, MAX_WRITE_TIMEOUT_MS),
      );
      gathering = { stream, expected: expectationOf(options), order, deadline, events: [], bytes: 0 };
      pending.set(id, gathering);
    }
    for (const message of request.getProposedMessagesList()) {
      const event = proposedOf(message);
      if (event === null) {
        // The real server answers, keeps the append registered, and lets its timer answer again: a fault to choose.
        error(id, gathering.stream, status.INVALID_ARGUMENT, 'BadRequest', new shared.BadRequest());
        if (served.faults.lateTimeouts) return;
        settle(id, gathering);
        return;
      }
      gathering.bytes += bytesOf(event);
      gathering.events.push(event);
    }
    if (gathering.bytes > served.maxAppendBytes) {
      const detail = new shared.MaximumAppendSizeExceeded().setMaxappendsize(served.maxAppendBytes);
      error(id, gathering.stream, status.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', detail);
      settle(id, gathering);
      if (!request.getIsFinal()) ignored.add(id);
      return;
    }
    if (request.getIsFinal()) {
      settle(id, gathering);
      finish(id, gathering);
    }
  });
  call.on('end', () => {
    end();
    call.end();
  });
  call.on('cancelled', end);
  call.on('error', end);

  function settle(id: string, gathering: Gathering): void {
    clearTimeout(gathering.deadline);
    pending.delete(id);
  }

  function finish(id: string, { stream, expected, events, order }: Gathering): void {
    if (order?.when === 'before') return;
    if (events.some(changesReading)) {
      error(id, stream, status.UNKNOWN, 'Unknown', new shared.Unknown());
      return;
    }
    const outcome = served.log.append(stream, expected, events);
    if (order === undefined) {
      answer(id, stream, expected, outcome);
    } else if (order.answer !== 'silence') {
      end();
      fail(call, order.answer);
    }
  }

  function answer(id: string, stream: string, expected: Expectation, outcome: AppendOutcome): void {
    if (outcome.kind === 'deleted') {
      error(id, stream, status.NOT_FOUND, 'StreamDeleted', new shared.StreamDeleted());
    } else if (outcome.kind === 'wrong-version') {
      const detail = wrongVersion(expected, outcome.actual);
      error(id, stream, status.ALREADY_EXISTS, 'WrongExpectedVersion', detail);
    } else {
      const success = new streams.BatchAppendResp.Success();
      if (outcome.revision < 0n) success.setNoStream(new google.Empty());
      else success.setCurrentRevision(`${outcome.revision}`);
      if (outcome.position === null) success.setNoPosition(new google.Empty());
      else {
        const at = `${outcome.position}`;
        success.setPosition(new shared.AllStreamPosition().setCommitPosition(at).setPreparePosition(at));
      }
      write(id, stream, new streams.BatchAppendResp().setSuccess(success));
    }
  }

  // The stream itself can be ended cleanly by a fault: OK trailers, appends pending.
  served.batchStreams.add(() => {
    end();
    call.end();
  });
}

function expectationOf(options: BatchAppendReq.Options): Expectation {
  if (options.hasStreamPosition()) return BigInt(options.getStreamPosition());
  if (options.hasNoStream()) return -1n;
  return options.hasStreamExists() ? 'exists' : 'any';
}

function wrongVersion(expected: Expectation, actual: bigint): Detail {
  const message = new shared.WrongExpectedVersion();
  if (actual < 0n) message.setCurrentNoStream(new google.Empty());
  else message.setCurrentStreamRevision(`${actual}`);
  if (expected === 'any') message.setExpectedAny(new google.Empty());
  else if (expected === 'exists') message.setExpectedStreamExists(new google.Empty());
  else if (expected < 0n) message.setExpectedNoStream(new google.Empty());
  else message.setExpectedStreamPosition(`${expected}`);
  return message;
}
