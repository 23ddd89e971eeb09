/**
 * PostgreSQL arrays in their binary form. The driver would write an array as text, every byte of event data as two
 * hexadecimal digits behind two escapes; a Buffer it sends as it is, and the server reads it without parsing.
 * Layout: dimensions, "has nulls", element type, length, lower bound, then each element behind its length.
 */
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const OID = { bytea: 17, int8: 20, int4: 23, text: 25, uuid: 2950 } as const;
const UUID_BYTES = 16;

function array(oid: number, count: number, payloadBytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + count * LENGTH_BYTES + payloadBytes);
  buffer.writeInt32BE(count === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(0, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(count, 12);
  buffer.writeInt32BE(1, 16);
  // An empty array has no dimension, so its header ends before length and bound.
  return count === 0 ? buffer.subarray(0, 12) : buffer;
}

export function bigintArray(values: readonly bigint[]): Buffer {
  const buffer = array(OID.int8, values.length, values.length * 8);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(8, at);
    at = buffer.writeBigInt64BE(value, at);
  }
  return buffer;
}

export function intArray(values: readonly number[]): Buffer {
  const buffer = array(OID.int4, values.length, values.length * 4);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(4, at);
    at = buffer.writeInt32BE(value, at);
  }
  return buffer;
}

export function textArray(values: readonly string[]): Buffer {
  return byteArrays(
    OID.text,
    values.map((value) => Buffer.from(value)),
  );
}

/** Ids in their canonical form, checked before. */
export function uuidArray(values: readonly string[]): Buffer {
  const buffer = array(OID.uuid, values.length, values.length * UUID_BYTES);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(UUID_BYTES, at);
    at += buffer.write(value.replaceAll('-', ''), at, 'hex');
  }
  return buffer;
}

export function byteaArray(values: readonly Uint8Array[]): Buffer {
  return byteArrays(OID.bytea, values);
}

function byteArrays(oid: number, values: readonly Uint8Array[]): Buffer {
  let total = 0;
  for (const value of values) total += value.byteLength;
  const buffer = array(oid, values.length, total);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value.byteLength, at);
    buffer.set(value, at);
    at += value.byteLength;
  }
  return buffer;
}
