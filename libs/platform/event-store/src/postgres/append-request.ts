import { AppendTooLarge, EventTooLarge, InvalidAppend } from '../errors.ts';
import type { AppendReceipt, ExpectedRevision, NewEvent } from '../event-store.ts';
import type { StoreLimits } from './store.config.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_REVISION = 2n ** 62n;

/** What every adapter holds an append to. */
export type AppendLimits = Pick<
  StoreLimits,
  'maxAppendBytes' | 'maxEventBytes' | 'maxEventsPerAppend' | 'maxStreamNameBytes' | 'maxTypeNameBytes'
>;

/** An append that waits for its batch. */
export interface AppendRequest {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
  readonly metadata: readonly Uint8Array[];
  readonly bytes: number;
  readonly since: number;
  readonly resolve: (receipt: AppendReceipt) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Everything that could make the whole batch fail is found here, so that a request fails by itself. Throws InvalidAppend,
 * EventTooLarge and AppendTooLarge. Gives the metadata as bytes and the size as EventStoreDB counts it.
 */
export function measured(
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  limits: AppendLimits,
): { metadata: readonly Uint8Array[]; bytes: number } {
  if (!isName(stream, limits.maxStreamNameBytes)) throw new InvalidAppend(stream, 'not a stream name');
  if (events.length === 0) throw new InvalidAppend(stream, 'no events');
  if (events.length > limits.maxEventsPerAppend) {
    throw new InvalidAppend(stream, `${events.length} events, more than ${limits.maxEventsPerAppend}`);
  }
  if (typeof expected === 'bigint' && (expected < 0n || expected > MAX_REVISION)) {
    throw new InvalidAppend(stream, `not a revision: ${expected}`);
  }
  let bytes = 0;
  const metadata: Uint8Array[] = [];
  for (const event of events) {
    if (!UUID.test(event.id)) throw new InvalidAppend(stream, `not an event id: ${JSON.stringify(event.id)}`);
    if (!isName(event.type, limits.maxTypeNameBytes)) {
      throw new InvalidAppend(stream, `not a type: ${JSON.stringify(event.type)}`);
    }
    const encoded = Buffer.from(JSON.stringify(event.metadata));
    const size = event.data.byteLength + encoded.byteLength + 2 * event.type.length;
    if (size > limits.maxEventBytes) throw new EventTooLarge(stream, event.type, size, limits.maxEventBytes);
    bytes += size;
    metadata.push(encoded);
  }
  if (bytes > limits.maxAppendBytes) throw new AppendTooLarge(stream, bytes, limits.maxAppendBytes);
  return { metadata, bytes };
}

/** A text that every store keeps as it is: not empty, no NUL, no half of a surrogate pair. */
function isName(name: string, maxBytes: number): boolean {
  return name.length > 0 && !name.includes('\u0000') && name.isWellFormed() && Buffer.byteLength(name) <= maxBytes;
}
