import { randomUUID } from 'node:crypto';
import { StreamNotFoundError, WrongExpectedVersionError } from '@eventstore/db-client';
import type { ClientSlot } from './client-slot.ts';
import { collect } from './collect.ts';
import type { EventStoreDbLimits } from './eventstoredb.config.ts';
import { NoSuchLog } from './store-errors.ts';

/** Which of a server's events are the log: all conditions hold. */
export interface LogScope {
  /** `orders.`: events whose type begins so. Empty: every type but the server's own. */
  readonly typePrefix: string;
  /** Stream names of the log begin so on the server, and callers know nothing of it. Empty on a server of one installation. */
  readonly streamPrefix: string;
}

export interface LogIdentity {
  readonly logId: string;
  /** Where the log begins: the position of the event that named it. Nothing of the log is at or below. */
  readonly birth: bigint;
}

/** Durable names: the stream that holds a log's id, and its only event. */
const STREAM = 'kontorLog';
const TYPE = 'kontor.LogNamed.v1';

const identityStream = ({ typePrefix, streamPrefix }: LogScope): string =>
  `${streamPrefix}${STREAM}-${typePrefix === '' ? 'all' : typePrefix.replace(/\.$/, '')}`;

/** True for an event of the log, given its names on the server. */
export function belongs(scope: LogScope, stream: string, type: string): boolean {
  return (
    !type.startsWith('$') &&
    type !== TYPE &&
    type.startsWith(scope.typePrefix) &&
    stream.startsWith(scope.streamPrefix) &&
    !stream.startsWith('$')
  );
}

/**
 * The log's id, made by whoever opens the log first: an append that expects no stream, so of many at once one wins and the
 * others read what it wrote. Whoever only reads makes none: throws NoSuchLog.
 */
export async function openLog(
  slot: ClientSlot,
  scope: LogScope,
  limits: EventStoreDbLimits,
  makes: boolean,
): Promise<LogIdentity> {
  const stream = identityStream(scope);
  for (;;) {
    const found = await read(slot, stream, limits);
    if (found !== null) return found;
    if (!makes) throw new NoSuchLog(stream);
    try {
      await slot
        .get()
        .appendToStream(
          stream,
          [{ id: randomUUID(), type: TYPE, contentType: 'application/json', data: {}, metadata: undefined }],
          { ...slot.unary, expectedRevision: 'no_stream', deadline: limits.readTimeoutMs },
        );
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
    }
  }
}

async function read(slot: ClientSlot, stream: string, limits: EventStoreDbLimits): Promise<LogIdentity | null> {
  let found: LogIdentity | null = null;
  try {
    await collect(
      slot,
      () => slot.get().readStream(stream, { maxCount: 1 }),
      limits.readTimeoutMs,
      'open',
      ({ event }) => {
        if (event?.position !== undefined) found = { logId: event.id, birth: event.position.commit };
        return true;
      },
    );
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return found;
}
