/** Kafka's murmur2 over the UTF-8 bytes of a key, so that a record's partition is the same on every transport. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(utf8(key)) & 0x7fffffff) % partitions;
}

function murmur2(data: readonly number[]): number {
  const multiplier = 0x5bd1e995;
  const length = data.length;
  let hash = 0x9747b28c ^ length;
  const at = (index: number) => data[index] ?? 0;
  for (let block = 0; block + 4 <= length; block += 4) {
    let k = at(block) | (at(block + 1) << 8) | (at(block + 2) << 16) | (at(block + 3) << 24);
    k = Math.imul(k, multiplier);
    k ^= k >>> 24;
    k = Math.imul(k, multiplier);
    hash = Math.imul(hash, multiplier) ^ k;
  }
  const tail = length & ~3;
  const rest = length & 3;
  if (rest === 3) hash ^= at(tail + 2) << 16;
  if (rest >= 2) hash ^= at(tail + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ at(tail), multiplier);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}

function utf8(key: string): number[] {
  const bytes: number[] = [];
  for (const character of key) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}
