import streams, {
  type AppendReq,
  type AppendResp,
  type DeleteReq,
  type DeleteResp,
  type TombstoneReq,
  type TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import {
  type sendUnaryData,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { AppendOutcome, Expectation, Proposed } from './log.ts';
import type { Served } from './served.ts';
import { bytesOf, Empty, failure, type Failure, nameOf, proposedOf, streamDeleted } from './wire.ts';

/** The server says 2^64 − 1. The generated class takes numbers, of which this is the next below; the client ignores it. */
const NO_STREAM_20_6_0 = 2 ** 64 - 2 ** 11;

interface ExpectationOptions {
  hasRevision(): boolean;
  getRevision(): string;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

function expectationOf(options: ExpectationOptions | undefined): Expectation {
  if (options?.hasRevision() === true) return BigInt(options.getRevision());
  if (options?.hasNoStream() === true) return -1n;
  return options?.hasStreamExists() === true ? 'exists' : 'any';
}

const refuse = (error: Failure): Partial<ServiceError> => error;

/** Metadata that change what a stream shows are not part of the double. */
export const changesReading = ({ type, isJson, data }: Proposed): boolean =>
  type === '$metadata' && isJson && /"\$(maxCount|tb|maxAge)"/.test(Buffer.from(data).toString());

/** The unary append: options, then events, then the end. */
export function append(
  served: Served,
  call: ServerReadableStream<AppendReq, AppendResp>,
  answer: sendUnaryData<AppendResp>,
): void {
  const order = served.arrived('append', call);
  let options: AppendReq.Options | undefined;
  const events: Proposed[] = [];
  let bytes = 0;
  let refused = false;
  const refuseOnce = (error: Failure): void => {
    if (!refused) answer(refuse(error));
    refused = true;
  };
  if (order?.when === 'before' && order.answer !== 'silence') refuseOnce(order.answer);
  call.on('data', (request: AppendReq) => {
    if (options === undefined) {
      options = request.getOptions();
      if (options === undefined) refuseOnce(failure(status.UNKNOWN, 'Exception was thrown by handler.'));
      return;
    }
    const message = request.getProposedMessage();
    const event = message === undefined ? null : proposedOf(message);
    if (event === null) {
      refuseOnce(
        failure(status.INVALID_ARGUMENT, 'Required Metadata Property Missing', {
          exception: 'missing-required-metadata-property',
          'required-metadata-properties': 'type,content-type',
        }),
      );
      return;
    }
    bytes += bytesOf(event);
    events.push(event);
    if (bytes > served.maxAppendBytes) {
      refuseOnce(
        failure(status.INVALID_ARGUMENT, `Maximum Append Size of ${served.maxAppendBytes} Exceeded.`, {
          exception: 'maximum-append-size-exceeded',
          'maximum-append-size': `${served.maxAppendBytes}`,
        }),
      );
    }
  });
  const carryOut = (): void => {
    if (refused || call.cancelled || (order?.when === 'before' && order.answer === 'silence')) return;
    const stream = nameOf(options?.getStreamIdentifier());
    if (stream === '' || stream === '$$') {
      refuseOnce(failure(status.UNKNOWN, 'Exception was thrown by handler.'));
    } else if (events.some(changesReading)) {
      refuseOnce(failure(status.UNIMPLEMENTED, 'The double has no $maxCount, $tb and $maxAge.'));
    } else {
      const expected = expectationOf(options);
      const outcome = served.log.append(stream, expected, events);
      if (order === undefined) reply(stream, expected, outcome, answer);
      else if (order.answer !== 'silence') refuseOnce(order.answer);
    }
  };
  // A connection that is cut in the middle looks like an end too, until its close is noticed a turn later. What came of such a
  // request is not an append: a real server writes all events of a request or none.
  call.on('end', () => {
    setImmediate(() => setImmediate(carryOut));
  });
  // The client went away in the middle: nothing is written, nobody is answered.
  call.on('error', () => {
    refused = true;
  });
}

function reply(stream: string, expected: Expectation, outcome: AppendOutcome, answer: sendUnaryData<AppendResp>): void {
  if (outcome.kind === 'deleted') {
    answer(refuse(streamDeleted(stream)));
  } else if (outcome.kind === 'wrong-version') {
    answer(null, new streams.AppendResp().setWrongExpectedVersion(wrongVersion(expected, outcome.actual)));
  } else {
    const success = new streams.AppendResp.Success();
    if (outcome.revision < 0n) success.setNoStream(new Empty());
    else success.setCurrentRevision(`${outcome.revision}`);
    if (outcome.position === null) success.setNoPosition(new Empty());
    else {
      const position = `${outcome.position}`;
      success.setPosition(new streams.AppendResp.Position().setCommitPosition(position).setPreparePosition(position));
    }
    answer(null, new streams.AppendResp().setSuccess(success));
  }
}

function wrongVersion(expected: Expectation, actual: bigint): AppendResp.WrongExpectedVersion {
  const message = new streams.AppendResp.WrongExpectedVersion();
  if (actual < 0n) message.setCurrentNoStream(new Empty()).setNoStream2060(new Empty());
  else message.setCurrentRevision(`${actual}`).setCurrentRevision2060(Number(actual));
  if (expected === 'any') message.setExpectedAny(new Empty()).setAny2060(new Empty());
  else if (expected === 'exists') message.setExpectedStreamExists(new Empty()).setStreamExists2060(new Empty());
  else if (expected < 0n) message.setExpectedNoStream(new Empty()).setExpectedRevision2060(NO_STREAM_20_6_0);
  else message.setExpectedRevision(`${expected}`).setExpectedRevision2060(Number(expected));
  return message;
}

/** Errors of deletions are errors of the call, with the versions in its trailers. */
function refusedDeletion(stream: string, expected: Expectation, outcome: AppendOutcome): Failure | null {
  if (outcome.kind === 'ok') return null;
  if (outcome.kind === 'deleted') return streamDeleted(stream);
  const text = expected === 'any' ? '-2' : expected === 'exists' ? '-4' : `${expected}`;
  return failure(status.FAILED_PRECONDITION, `Append failed due to WrongExpectedVersion. Stream: ${stream}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': text,
    'actual-version': `${outcome.actual}`,
  });
}

export function softDelete(
  served: Served,
  call: ServerUnaryCall<DeleteReq, DeleteResp>,
  answer: sendUnaryData<DeleteResp>,
): void {
  if (served.refusedBefore('delete', call, answer)) return;
  const options = call.request.getOptions();
  const stream = nameOf(options?.getStreamIdentifier());
  const expected = expectationOf(options);
  const outcome = served.log.delete(stream, expected);
  const refused = refusedDeletion(stream, expected, outcome);
  if (refused !== null) answer(refuse(refused));
  else answer(null, new streams.DeleteResp().setPosition(positionOf(new streams.DeleteResp.Position(), outcome)));
}

export function tombstone(
  served: Served,
  call: ServerUnaryCall<TombstoneReq, TombstoneResp>,
  answer: sendUnaryData<TombstoneResp>,
): void {
  if (served.refusedBefore('tombstone', call, answer)) return;
  const options = call.request.getOptions();
  const stream = nameOf(options?.getStreamIdentifier());
  const expected = expectationOf(options);
  const outcome = served.log.tombstone(stream, expected);
  const refused = refusedDeletion(stream, expected, outcome);
  if (refused !== null) answer(refuse(refused));
  else answer(null, new streams.TombstoneResp().setPosition(positionOf(new streams.TombstoneResp.Position(), outcome)));
}

function positionOf<
  Position extends { setCommitPosition(value: string): Position; setPreparePosition(value: string): Position },
>(message: Position, outcome: AppendOutcome): Position {
  const position = outcome.kind === 'ok' ? `${outcome.position ?? 0n}` : '0';
  return message.setCommitPosition(position).setPreparePosition(position);
}
