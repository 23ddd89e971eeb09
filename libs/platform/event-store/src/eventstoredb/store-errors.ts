import {
  AccessDeniedError,
  DeadlineExceededError,
  InvalidArgumentError,
  StreamDeletedError,
  TimeoutError,
  UnknownError,
} from '@eventstore/db-client';
import { StoreTimeout, StoreUnavailable } from '../errors.ts';

/** Somebody outside the product deleted a stream. What it held can no longer be read by its name. */
export class StreamDeletedByStranger extends Error {
  constructor(readonly stream: string) {
    super(`${stream}: the stream was deleted by somebody outside the product`);
    this.name = 'StreamDeletedByStranger';
  }
}

/** The server has no event there: the position belongs to another log, or to none. */
export class NotAPosition extends Error {
  constructor(readonly position: bigint) {
    super(`${position} is not a position of this log`);
    this.name = 'NotAPosition';
  }
}

/** Nobody has opened this log on that server yet, and whoever asks only wants to read it. */
export class NoSuchLog extends Error {
  constructor(readonly stream: string) {
    super(`there is no log on this server: ${stream} is not there`);
    this.name = 'NoSuchLog';
  }
}

const INVALID_POSITION = /InvalidPosition|invalid position/;

const isOurs = (error: unknown): error is Error =>
  error instanceof StoreTimeout ||
  error instanceof StoreUnavailable ||
  error instanceof StreamDeletedByStranger ||
  error instanceof NotAPosition ||
  error instanceof NoSuchLog;

/** No answer in time, by the client's clock or by the server's own: whatever was asked may have happened. */
export const isNoAnswer = (error: unknown): boolean =>
  error instanceof DeadlineExceededError || error instanceof TimeoutError || error instanceof StoreTimeout;

/** The client's errors as the port's. Everything that is not known otherwise is a store that is not available. */
export function storeError(
  operation: string,
  error: unknown,
  timeoutMs: number,
  of: { readonly stream?: string; readonly position?: bigint; readonly outcome?: 'nothing-written' | 'unknown' } = {},
): Error {
  if (isOurs(error)) return error;
  if (isNoAnswer(error)) return new StoreTimeout(operation, timeoutMs);
  if (error instanceof StreamDeletedError) return new StreamDeletedByStranger(of.stream ?? '');
  if (
    of.position !== undefined &&
    (error instanceof UnknownError || error instanceof InvalidArgumentError) &&
    INVALID_POSITION.test(error.message)
  ) {
    return new NotAPosition(of.position);
  }
  return new StoreUnavailable(operation, { cause: error, outcome: of.outcome ?? 'nothing-written' });
}

/** Asking again has no chance: the answer would be the same. */
export const isFinal = (error: unknown): boolean =>
  error instanceof AccessDeniedError || error instanceof StreamDeletedError || isOurs(error);
