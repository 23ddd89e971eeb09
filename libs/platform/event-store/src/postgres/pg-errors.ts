import { StoreTimeout, StoreUnavailable } from '../errors.ts';

/** Error classes in which the server says that it cannot work now: connection, resources, operator, system. */
const OUTAGE_CLASSES = ['08', '53', '57', '58'];
const UNAVAILABLE_CLASSES = [...OUTAGE_CLASSES, 'F0', 'XX'];
const STATEMENT_TIMEOUT = '57014';
const LOCK_TIMEOUT = '55P03';
const CONNECTION_CLASS = '08';
/** The server ends this connection, or does not open it: shutdown, crash, database dropped, starting up, idle too long. */
const ENDED = new Set(['57P01', '57P02', '57P03', '57P04', '57P05']);
/** Node's names for a peer that went, and the driver's sentences for it. */
const NETWORK_CODE = /^(E(CONN|PIPE|NOTFOUND|HOST|NET|ADDR|TIMEDOUT|AI_AGAIN)|UND_|ERR_STREAM)/;
const DRIVER_SENTENCE =
  /(connection terminated|connection error|not queryable|connection was closed|timeout expired|timeout exceeded|cannot use a pool)/i;

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** True when the connection went away: a statement under way may have been committed or not. */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error);
  if (ENDED.has(code) || code.startsWith(CONNECTION_CLASS) || NETWORK_CODE.test(code)) return true;
  return error instanceof Error && DRIVER_SENTENCE.test(error.message);
}

/** The server refused because it could not write a file; for a limit of the file system it has no better code than this. */
const INTERNAL = 'XX000';
const FILE_SENTENCE = /^could not (write|extend|open|create|fsync|read|seek)/;
/** Deadlocks and serialization failures: the same again succeeds. */
const ROLLBACK_CLASS = '40';

/** True when database or network is at fault, not the statement: waiting helps, and whoever asked is not to blame. */
export function isDatabaseOutage(error: unknown): boolean {
  const code = codeOf(error);
  if (code === INTERNAL) return error instanceof Error && FILE_SENTENCE.test(error.message);
  if (code === LOCK_TIMEOUT || code.startsWith(ROLLBACK_CLASS)) return true;
  return OUTAGE_CLASSES.includes(code.slice(0, 2)) || isConnectionLoss(error);
}

/** A driver's error in the port's terms; what is a fault of ours stays as it is. */
export function storeError(operation: string, error: unknown, timeoutMs: number): unknown {
  if (error instanceof StoreTimeout || error instanceof StoreUnavailable) return error;
  const code = codeOf(error);
  if (code === STATEMENT_TIMEOUT || code === LOCK_TIMEOUT) return new StoreTimeout(operation, timeoutMs);
  if (error instanceof Error && /query read timeout/i.test(error.message)) {
    return new StoreTimeout(operation, timeoutMs);
  }
  const unavailable = UNAVAILABLE_CLASSES.includes(code.slice(0, 2)) || isConnectionLoss(error);
  return unavailable ? new StoreUnavailable(operation, { cause: error }) : error;
}
