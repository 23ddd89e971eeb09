import { createHash } from 'node:crypto';

/** Namespace of every id that Kontor derives; fixed for ever, since ids that were derived once must be derived again. */
export const KONTOR_NAMESPACE = '6b1d3c52-7a0e-5c7e-9d55-4b6f6e746f72';

/**
 * UUIDv5 (RFC 9562, SHA-1). Event ids, command ids and many aggregate ids are derived, so this runs several times per
 * command: the bytes are put together here because a library's checks cost more than the hash.
 */
export function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
