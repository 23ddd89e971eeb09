import { createHash } from 'node:crypto';
import type { StoredEvent } from '../event-store.ts';

const SEAL_BYTES = 32;
/** What the first event of a stream, and the first of a log, is chained to. */
export const NO_SEAL = Buffer.alloc(SEAL_BYTES);

/**
 * SHA-256 over the seal of the stream's event before, and everything of this one: stream, revision, position, id, type,
 * recorded time, metadata (as JSON, as they were written) and the data's bytes. Each part stands behind its length in bytes
 * (32 bits, big-endian), so that nothing can be moved from one part to the next.
 */
export function sealOf(previous: Uint8Array, event: StoredEvent): Buffer {
  const hash = createHash('sha256').update(previous);
  const parts = [
    event.stream,
    event.revision.toString(),
    event.position.toString(),
    event.id,
    event.type,
    event.recordedAt,
    JSON.stringify(event.metadata),
    event.data,
  ];
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    hash.update(length).update(bytes);
  }
  return hash.digest();
}

/** Over all events of a log in the order of their positions: what a root signs. */
export function runningOver(running: Uint8Array, seal: Uint8Array): Buffer {
  return createHash('sha256').update(running).update(seal).digest();
}
